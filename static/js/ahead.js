// What comes next, in a line under the form: its kind, its programme and when it is due. Never an id and never a pixel, and
// nothing is taken by asking.
import { duration } from "./words.js";

const EVERY = 20_000;

function words({ waiting, next }) {
  if (!next) return waiting > 0 ? "Nothing else waits for you just now." : "Nothing else waits just now.";
  // A due time hours away needs no minutes.
  const left = next.due_in_seconds < 7200 ? duration(next.due_in_seconds) : `${Math.floor(next.due_in_seconds / 3600)} h`;
  const due = next.due_in_seconds < 0 ? "overdue" : `due in ${left}`;
  const care = next.with_care ? ", to be looked at with care" : "";
  return `Next: ${next.kind} · ${next.programme}, ${due}${care}.`;
}

/** Keep the line of the case page true until `closed()`. */
export function lookAhead(root, closed) {
  const line = root.querySelector("[data-ahead]");
  async function ask() {
    if (closed()) return;
    const answer = await fetch(root.dataset.aheadUrl, { cache: "no-store", redirect: "manual", headers: { Accept: "application/json" } }).catch(() => null);
    // Without an answer the line says what it said: it is a help, and no promise.
    if (answer?.ok) line.textContent = words(await answer.json());
    setTimeout(ask, EVERY);
  }
  ask();
}
