// Keeps an open page true: every two seconds it asks how many notices wait, and whether what the page shows has changed.
//
// Why it asks again and again, and is not told by a stream of server-sent events: the console is served by threads
// (gunicorn's gthread, 16 of them), and a stream holds one for as long as its page is open. Sixteen reviewers with a
// second tab each would leave none for anybody's pictures. A question costs a few milliseconds of one thread, nothing
// at all while the page is out of sight, and needs no way back after a lost connection: the next question is the way.
//
// The contract for a page:
//
//   <section id="queue" data-live-region="queue" data-live-version="{{ versions.queue }}"> … </section>
//
// - `data-live-region` names a topic of `verification/web/live.py`; several regions may share one.
// - `data-live-version` comes from `live.versions(person, "queue")`, asked for before the view reads what it shows.
// - `id` is the region's own and stays the same from one rendering to the next.
// - When the version changes, the page's own address is fetched again, with the header `X-By-Itself`, and the region is
//   exchanged for its counterpart. That GET is no sign of life for the session and takes no messages; a view that does
//   more than read (one that logs that a report was read, say) must not stand behind a live region.
// - A form in a region works: its keys (`data-key`) and times go on working, and the focus stays on the same control.
//   While somebody has typed in the region, or has a <details> or <dialog> in it open, it waits with the exchange.
// - Pixels never stand in a live region.
import { post } from "./post.js";
import { localTimes } from "./times.js";

const ASK_EVERY = 2000;
const LOST_AFTER = 10_000;

const bar = document.querySelector("[data-live-url]");
const counts = document.querySelector("[data-notice-count]");
const state = document.querySelector("[data-live-state]");

let asking = false;
let heardAt = Date.now();
let over = false;

const regions = () => [...document.querySelectorAll("[data-live-region]")];
const topics = () => [...new Set(regions().map((region) => region.dataset.liveRegion))];

async function ask() {
  if (asking || over || document.hidden) return;
  asking = true;
  try {
    const answer = await post(bar.dataset.liveUrl, topics().map((topic) => ["topic", topic]), 5000);
    if (answer.type === "opaqueredirect" || answer.status === 403) return end("Signed out");
    if (!answer.ok) return;
    heard();
    const news = await answer.json();
    count(news.notices);
    const stale = regions().filter((region) => changed(region, news.versions) && !inUse(region));
    if (stale.length > 0) await exchange(stale);
  } catch {
    // No answer: the next question may have one.
  } finally {
    asking = false;
    if (!over && Date.now() - heardAt > LOST_AFTER) say("Not connected");
  }
}

function heard() {
  heardAt = Date.now();
  say("");
}

function say(word) {
  state.hidden = word === "";
  if (state.textContent !== word) state.textContent = word;
}

function end(word) {
  over = true;
  say(word);
}

function count(open) {
  if (counts.dataset.noticeCount === String(open)) return;
  counts.dataset.noticeCount = String(open);
  counts.hidden = open === 0;
  counts.querySelector("[data-number]").textContent = open;
}

function changed(region, versions) {
  const version = versions[region.dataset.liveRegion];
  return version !== undefined && version !== region.dataset.liveVersion;
}

function inUse(region) {
  if (region.querySelector("dialog[open], details[open]")) return true;
  return [...region.querySelectorAll("input, textarea, select")].some(touched);
}

function touched(field) {
  if (field.type === "hidden") return false;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

async function exchange(stale) {
  const answer = await fetch(window.location.href, {
    headers: { "X-By-Itself": "1" },
    cache: "no-store",
    credentials: "same-origin",
    redirect: "manual",
    signal: AbortSignal.timeout(8000),
  });
  // What the page showed is closed to this person now, or gone: the page itself says why.
  if (answer.status >= 400 && answer.status < 500) return window.location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const region of stale) {
    const next = fresh.getElementById(region.id);
    if (next && region.isConnected && !inUse(region)) swap(region, document.importNode(next, true));
  }
}

function swap(region, next) {
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const sought = focused && focused !== region ? mark(region, focused) : null;
  localTimes(next);
  region.replaceWith(next);
  if (focused) (find(next, sought) ?? next).focus({ preventScroll: true });
}

// The same control in the next rendering: by its id, else by what it is, what it says, and which of those it is.
const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]";

function alike(region, one) {
  return [...region.querySelectorAll(CONTROLS)].filter((other) => other.tagName === one.tagName && other.textContent === one.textContent);
}

function mark(region, control) {
  return { control, place: alike(region, control).indexOf(control) };
}

function find(region, sought) {
  if (!region.hasAttribute("tabindex")) region.tabIndex = -1;
  if (!sought) return null;
  if (sought.control.id) return region.querySelector(`#${CSS.escape(sought.control.id)}`);
  return alike(region, sought.control)[sought.place] ?? null;
}

document.addEventListener("visibilitychange", () => {
  // While it was out of sight nothing was asked, so nothing was missed.
  heardAt = Date.now();
  ask();
});
window.addEventListener("online", ask);
setInterval(ask, ASK_EVERY);
