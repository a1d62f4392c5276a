// “Worried about this person”: W opens it, a digit says what worries, Enter raises it. The case goes on underneath.
//
// Afterwards the page offers a wider view of face and neck. It asks for it with an event, which whoever shows wider
// views may listen to: document, "wider-open", detail { reason: "welfare" }. Where nobody offers one, neither does this.
import { post, refusalOf } from "./post.js";

const LOST = "The console did not answer, so it may not have been raised. What you wrote is still here; press Enter again.";

const root = document.querySelector("[data-worried]");
const dialog = document.getElementById("worried");
const form = root.querySelector("[data-worry-form]");
const problem = root.querySelector("[data-worry-problem]");
const said = root.querySelector("[data-worry-said]");
const wider = root.querySelector("[data-worry-wider]");
const time = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

// Whether somebody is at it. A claim that runs out meanwhile closes every dialogue, but loses nobody's worry.
let wanted = false;
let sending = false;

function open() {
  wanted = true;
  say("");
  if (!dialog.open) dialog.showModal();
  (form.querySelector("input[name=kind]:checked") ?? form.querySelector("input[name=kind]")).focus();
}

function close() {
  wanted = false;
  dialog.close();
}

function say(sentence) {
  problem.textContent = sentence;
  problem.hidden = sentence === "";
}

async function raise() {
  if (sending) return;
  if (!new FormData(form).get("kind")) return say("Say what worries you: 1 to 5.");
  sending = true;
  form.querySelector("[data-worry-send]").disabled = true;
  try {
    const answer = await post(root.dataset.url, Object.fromEntries(new FormData(form)));
    if (answer.ok) raised(await answer.json());
    else say(answer.status >= 500 ? LOST : await refusalOf(answer));
  } catch {
    say(LOST);
  } finally {
    sending = false;
    form.querySelector("[data-worry-send]").disabled = false;
  }
}

function raised({ at, sentence }) {
  close();
  form.reset();
  said.hidden = false;
  said.querySelector("[role=status]").textContent = `Raised at ${time.format(new Date(at))}. ${sentence}`;
  offerWider(document.querySelector("[data-open] [data-wider-act]:enabled") !== null);
}

/** While it is offered here, V means this offer: it knows the reason already. */
function offerWider(offered) {
  wider.hidden = !offered;
  if (offered) wider.dataset.key = "v";
  else delete wider.dataset.key;
}

function digit(key) {
  const choice = form.querySelectorAll("input[name=kind]")[Number(key) - 1];
  if (!choice) return false;
  choice.checked = true;
  choice.focus();
  say("");
  return true;
}

root.querySelector("[data-worry-open]").addEventListener("click", open);
root.querySelector("[data-worry-close]").addEventListener("click", close);
dialog.addEventListener("cancel", () => (wanted = false));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  raise();
});

dialog.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
  const typing = event.target === form.elements.sentence;
  const pressed = event.key.toLowerCase();
  const acted =
    (!typing && digit(pressed)) ||
    (!typing && pressed === "t" && (form.elements.sentence.focus(), true)) ||
    (event.key === "Enter" && !event.target.closest("button") && (raise(), true));
  if (acted) event.preventDefault();
});

wider.addEventListener("click", () => {
  offerWider(false);
  document.dispatchEvent(new CustomEvent("wider-open", { detail: { reason: "welfare" } }));
});
document.addEventListener("case-over", () => {
  offerWider(false);
  if (wanted && !dialog.open) dialog.showModal();
});
