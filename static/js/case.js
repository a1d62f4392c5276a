// One case under a claim: open the pictures, keep the claim alive, and close the pictures the moment it ends.
import { lookAhead } from "./ahead.js";
import { onKeys } from "./keys.js";
import { clearPictures, openPictures, Refused } from "./pixels.js";
import { post, refusalOf } from "./post.js";
import { Questions } from "./questions.js";
import { bindTools } from "./tools.js";
import { duration } from "./words.js";

const PULSE_EVERY = 1000;
// The server gives a case away after 60 s of silence; the page closes its pictures before that.
const SILENCE = 55_000;
const SHORT = 60;

const root = document.querySelector("[data-case]");
const clock = root.querySelector("[data-clock]");
const form = root.querySelector("[data-decision]");
const note = form.elements.note;

let over = false;
let endsAt = Date.now() + Number(root.dataset.secondsLeft) * 1000;
let heardAt = Date.now();
let asking = false;

const questions = new Questions(form, showMissing);
const tools = bindTools(root, { closed: () => over, refused: endWith });

/** Everything that was open is closed, and what was typed is handed back to whoever typed it. */
function end(sentence) {
  if (over) return;
  over = true;
  clearInterval(timer);
  clearPictures(root, tools.viewer);
  const typed = note.value.trim();
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  root.querySelector("[data-open]").remove();
  root.querySelector(".claim").hidden = true;
  const panel = root.querySelector("[data-over]");
  panel.hidden = false;
  panel.querySelector("[data-over-sentence]").textContent = sentence;
  if (typed) {
    panel.querySelector("[data-over-kept]").textContent = "Nothing was recorded. Your note is kept on this page alone.";
    panel.querySelector("[data-over-note]").hidden = false;
    panel.querySelector("#kept-note").value = typed;
  }
  document.dispatchEvent(new CustomEvent("case-over"));
  panel.focus();
}

function endWith(error) {
  end(error instanceof Refused ? error.message : "The pictures could not be opened. Reload the page to try again.");
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
    // Whatever else a pulse tells is for the parts of the page that asked for it.
    document.dispatchEvent(new CustomEvent("case-pulse", { detail: state }));
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

function showMissing() {
  const wanted = questions?.missing ?? [];
  form.querySelector("[data-record]").disabled = wanted.length > 0;
  form.querySelector("[data-missing-words]").textContent = wanted.length > 0 ? `Still needed: ${wanted.join(", ")}.` : "";
}

let sent = false;
let reached = false;

function record() {
  if (!over && !sent && questions.missing.length === 0) form.requestSubmit();
}

// A form that cannot be delivered takes its page along, and the note with it. So first it is seen that somebody is there.
form.addEventListener("submit", async (event) => {
  if (reached) return;
  event.preventDefault();
  // A second press while the first is on its way would only be told that it came second.
  if (sent) return;
  sent = true;
  form.querySelector("[data-record]").disabled = true;
  reached = await post(root.dataset.pulseUrl, {}, 5000).then((answer) => answer.status < 500, () => false);
  if (over) return;
  if (reached) return form.requestSubmit();
  sent = false;
  showMissing();
  form.querySelector("[data-missing-words]").textContent = "The console could not be reached. Nothing was sent; record it again in a moment.";
});

form.elements.then.addEventListener("change", () => tools.keep({ next_by_itself: form.elements.then.checked }));

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens-dialog]");
  if (opener && !over) document.getElementById(opener.dataset.opensDialog).showModal();
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

const digits = [..."1234567890"].map((digit) => [digit, () => !over && questions.digit(digit)]);

onKeys(
  new Map([
    ...digits,
    ...tools.keys,
    ["ArrowDown", () => !tools.pan(0, 1) && !over && questions.move(1)],
    ["ArrowUp", () => !tools.pan(0, -1) && !over && questions.move(-1)],
    ["ArrowLeft", () => tools.pan(-1, 0) || tools.step(-1)],
    ["ArrowRight", () => tools.pan(1, 0) || tools.step(1)],
    ["Backspace", () => !over && questions.move(-1)],
    ["Enter", record],
    ["t", () => !over && note.focus()],
    ["n", () => over && root.querySelector("[data-over] a").click()],
  ]),
);

// Leaving in any way closes the pictures, so that no browser can bring them back from its memory.
window.addEventListener("pagehide", () => end("You left the page."));
window.addEventListener("offline", pulse);

const timer = setInterval(tick, PULSE_EVERY);
showMissing();
openPictures(root, [...root.querySelectorAll("[data-pictures] canvas[data-media]")], tools.viewer)
  .then(() => lookAhead(root, () => over))
  .catch(endWith);
