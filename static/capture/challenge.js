// The server's challenge: asked for at the last moment, then shown step by step in the windows that it set.
import { words } from "./words.js";

/** Why there is no challenge; `key` names the sentence for the person. */
export class NoChallenge extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/** {nonce, steps, total_ms, …}. Raises NoChallenge. */
export async function draw(url, device) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ device }),
    cache: "no-store",
    signal: AbortSignal.timeout(10_000),
  }).catch(() => {
    throw new NoChallenge("no_answer");
  });
  if (answer.ok) return answer.json();
  if (answer.status >= 500) throw new NoChallenge("no_answer");
  const { code } = await answer.json().catch(() => ({}));
  throw new NoChallenge(code === "no_attempts_left" ? "no_tries" : "ended");
}

/**
 * Show each step when its window opens, until the challenge's end. Resolves to when each was shown, in milliseconds
 * from `began`; rejects with the reason when `signal` aborts.
 */
export async function play({ steps, total_ms: total }, began, { show, progress, signal }) {
  const shown = [];
  const ring = setInterval(() => progress(Math.min(1, (performance.now() - began) / total)), 50);
  try {
    for (const { step, from_ms: from, digits } of steps) {
      await until(began + from, signal);
      shown.push({ step, at_ms: Math.round(performance.now() - began) });
      show(words(step, digits ? [...digits].join(" ") : ""));
    }
    await until(began + total, signal);
  } finally {
    clearInterval(ring);
  }
  return shown;
}

/** Wait for a moment on performance.now()'s clock. */
export function until(moment, signal) {
  return new Promise((done, stopped) => {
    if (signal.aborted) return stopped(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      stopped(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      done();
    }, Math.max(0, moment - performance.now()));
    signal.addEventListener("abort", stop, { once: true });
  });
}
