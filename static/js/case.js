// One case under a claim: open the pictures, keep the claim alive, and close the pictures the moment it ends.
import { onKeys } from "./keys.js";
import { clearPictures, openPictures, Refused } from "./pixels.js";
import { post, refusalOf } from "./post.js";
import { duration } from "./words.js";

const PULSE_EVERY = 1000;
// The server gives a case away after 60 s of silence; the page closes its pictures before that.
const SILENCE = 55_000;
const SHORT = 60;

const root = document.querySelector("[data-case]");
const clock = root.querySelector("[data-clock]");
const form = root.querySelector("[data-decision]");
const release = document.getElementById("release");

let over = false;
let endsAt = Date.now() + Number(root.dataset.secondsLeft) * 1000;
let heardAt = Date.now();
let asking = false;

function end(sentence) {
  if (over) return;
  over = true;
  clearPictures(root);
  clearInterval(timer);
  if (release.open) release.close();
  root.querySelector("[data-open]").remove();
  root.querySelector(".claim").hidden = true;
  const panel = root.querySelector("[data-over]");
  panel.hidden = false;
  panel.querySelector("[data-over-sentence]").textContent = sentence;
  panel.focus();
}

async function pulse() {
  if (asking) return;
  asking = true;
  try {
    const answer = await post(root.dataset.pulseUrl, {}, 5000);
    if (over) return;
    if (answer.status >= 500) return;
    if (!answer.ok) return end(await refusalOf(answer));
    const state = await answer.json();
    if (!state.open) return end(state.sentence);
    heardAt = Date.now();
    endsAt = heardAt + state.seconds_left * 1000;
  } catch {
    // No answer: the countdown and the silence limit go on without one.
  } finally {
    asking = false;
  }
}

function tick() {
  const now = Date.now();
  const left = (endsAt - now) / 1000;
  if (left <= 0) return end("Your time with this case is over. It waits for the next reviewer.");
  if (now - heardAt > SILENCE) return end("The console could not be reached for a minute, so the case goes back to the queue.");
  clock.textContent = duration(left);
  root.classList.toggle("short", left < SHORT);
  pulse();
}

function missing() {
  const answers = new FormData(form);
  return [
    answers.has("same_person") ? null : "same person",
    answers.has("alive") ? null : "alive",
    answers.has("reasons") ? null : "a reason",
  ].filter(Boolean);
}

function showMissing() {
  const wanted = missing();
  form.querySelector("[data-record]").disabled = wanted.length > 0;
  form.querySelector("[data-missing]").textContent = wanted.length > 0 ? `Still needed: ${wanted.join(", ")}.` : "";
}

function record() {
  if (!over && missing().length === 0) form.requestSubmit();
}

const TOOLS = { zoom: "zoomed", flip: "flipped", swap: "swapped" };

root.addEventListener("click", (event) => {
  const tool = event.target.closest("[data-tool]");
  if (tool) {
    const on = root.querySelector("[data-pictures]").classList.toggle(TOOLS[tool.dataset.tool]);
    tool.setAttribute("aria-pressed", String(on));
  }
  if (event.target.closest("[data-release]")) release.showModal();
});

form.addEventListener("change", showMissing);
form.addEventListener("submit", () => {
  form.querySelector("[data-record]").disabled = true;
});

// Extending in place keeps what has been chosen, and costs no second look.
root.querySelector("[data-extend]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.target.querySelector("button");
  button.disabled = true;
  const answer = await post(event.target.action).catch(() => null);
  if (answer?.ok) button.textContent = "Extended";
  else if (answer && answer.status < 500) end(await refusalOf(answer));
  else button.disabled = false;
  pulse();
});

onKeys(
  new Map([
    ["Enter", record],
    ["t", () => !over && form.elements.note.focus()],
    ["n", () => over && root.querySelector("[data-over] a").click()],
  ]),
);

// Leaving in any way closes the pictures, so that no browser can bring them back from its memory.
window.addEventListener("pagehide", () => end("You left the page."));
window.addEventListener("offline", pulse);

const timer = setInterval(tick, PULSE_EVERY);
showMissing();
openPictures(root).catch((error) => {
  end(error instanceof Refused ? error.message : "The pictures could not be opened. Reload the page to try again.");
});
