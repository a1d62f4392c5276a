// The page after sending: asks for the state every 2 s, then less and less often, and stops when nothing more happens.
import { tell } from "./embed.js";

const FIRST = 2000;
const SLOWEST = 20_000;
const CLOSED = new Set(["passed", "decided", "decided_held", "unresolved", "unresolved_held", "other_way", "erased"]);

const root = document.querySelector("[data-status-page]");
const stale = root.querySelector("[data-stale]");
const updates = root.querySelector("[data-updates]");

let wait = FIRST;
let shown = root.dataset.status;

// `state` is the status, with what keeps the video where the end of the check does not destroy it.
function show({ status, state }) {
  if (state === shown) return;
  shown = state;
  wait = FIRST;
  for (const line of root.querySelectorAll("[data-for]")) {
    line.hidden = !line.dataset.for.split(" ").includes(state);
  }
  tell(status);
}

async function ask() {
  try {
    const answer = await fetch(root.dataset.url, { cache: "no-store", signal: AbortSignal.timeout(8000) });
    // The session is over or erased: the server has a page that says so.
    if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) return window.location.reload();
    if (!answer.ok) throw new Error(String(answer.status));
    show(await answer.json());
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
  wait = Math.min(wait * 1.4, SLOWEST);
  later();
}

function later() {
  updates.hidden = CLOSED.has(shown);
  if (!CLOSED.has(shown)) setTimeout(ask, wait);
}

later();
