// A wider view on the case page: asking for it, following how it stands, and its one look of at most a minute.
// Everything else is decided by the server; this page only shows what it is told and lets go of pixels in time.
import { post, refusalOf } from "./post.js";
import { Viewer } from "./viewer.js";
import { duration } from "./words.js";

const NAMES = { 1: "Face and neck", 2: "Whole stored frame" };
const LOST = "The console did not answer. Nothing was changed; try again.";

const root = document.querySelector("[data-wider]");
const act = root?.querySelector("[data-wider-act]");

/** What the one button does in each state, and what it says; a state without an act has the button closed. */
const ACTS = {
  none: ["Ask for a wider view", showAsking],
  asked: ["Withdraw the request", () => open("wider-withdraw")],
  approved: ["Withdraw the request", () => open("wider-withdraw")],
  ready: ["Open the wider view now", look],
  seen: ["Seen", null],
  ended: ["Ask again", showAsking],
};
const NEWS = {
  asked: "Your request waits for an answer.",
  approved: "Your request was agreed to. The picture is being drawn.",
  ready: "The wider view is ready for a minute. Press V to open it.",
};

let state = "none";
let busy = false;
let closed = false;

const part = (name) => root.querySelector(`[data-wider-${name}]`);

function open(id) {
  const dialog = document.getElementById(id);
  if (!dialog.open && !closed) dialog.showModal();
  return dialog;
}

// Following ----------------------------------------------------------------------------------------------------------

function follow(told) {
  if (!told) return;
  part("state").textContent = told.sentence;
  if (told.state === state) return;
  state = told.state;
  root.dataset.state = state;
  part("news").textContent = NEWS[state] ?? told.sentence;
  const [word, does] = ACTS[state];
  part("word").textContent = word;
  act.disabled = !does;
  act.classList.toggle("primary", state === "ready");
  if (state === "ended") letGo(told.sentence);
  if (state !== "asked" && state !== "approved") document.getElementById("wider-withdraw").close();
}

// Asking -------------------------------------------------------------------------------------------------------------

function problem(sentence) {
  part("problem").textContent = sentence;
  part("problem").hidden = sentence === "";
}

function showAsking() {
  problem("");
  const dialog = open("wider-ask");
  const allowed = [...dialog.querySelectorAll("input[name=tier]:enabled")];
  if (allowed.length === 1) allowed[0].checked = true;
  (dialog.querySelector("input[name=tier]:checked") ?? allowed[0])?.focus();
}

/** Another part of the page offers the view and knows why: the reason is filled in, the sentence and Enter remain. */
function askBecause(reason) {
  if (state !== "none" && state !== "ended") return;
  act.click();
  const fields = part("form").elements;
  fields.reason.value = reason;
  if (fields.tier.value) fields.sentence.focus();
}

/** Send once at a time. Answers the JSON, or null after saying why not. */
async function send(url, fields, refused) {
  if (busy) return null;
  busy = true;
  try {
    const answer = await post(url, fields);
    if (answer.ok) return await answer.json();
    refused(answer.status >= 500 ? LOST : await refusalOf(answer));
  } catch {
    refused(LOST);
  } finally {
    busy = false;
  }
  return null;
}

async function ask(form) {
  const told = await send(root.dataset.askUrl, [...new FormData(form)], problem);
  if (!told) return;
  form.closest("dialog").close();
  form.reset();
  follow(told.wider);
}

async function withdraw(form) {
  const told = await send(root.dataset.withdrawUrl, {}, (sentence) => (part("state").textContent = sentence));
  form.closest("dialog").close();
  if (told) follow(told.wider);
}

// The one look -------------------------------------------------------------------------------------------------------

const frame = root?.querySelector("[data-wider-frame]");
let viewer = null;
let canvas = null;
let endsAt = 0;
let timer = null;

async function look() {
  const dialog = open("wider-view");
  say("Opening …");
  const told = await send(root.dataset.ticketUrl, {}, say);
  if (!told) return;
  part("tier").textContent = NAMES[told.wider.tier];
  endsAt = Date.now() + told.wider.seconds_left * 1000;
  countDown();
  clearInterval(timer);
  timer = setInterval(countDown, 250);
  try {
    const answer = await post(root.dataset.lookUrl, { ticket: told.ticket }, 15_000);
    if (!answer.ok) return letGo(await refusalOf(answer));
    const picture = await createImageBitmap(await answer.blob());
    try {
      if (dialog.open && Date.now() < endsAt) draw(picture);
    } finally {
      picture.close();
    }
  } catch {
    letGo("The picture did not arrive. If its minute is not over, close this and open it again.");
  }
}

function draw(picture) {
  canvas = document.createElement("canvas");
  canvas.dataset.media = "wider";
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", part("tier").textContent);
  // The shape is known only now; the style sheet fits it into the dialogue.
  canvas.style.setProperty("--ratio", picture.width / picture.height);
  canvas.style.setProperty("--wide", `${picture.width}px`);
  frame.append(canvas);
  viewer = new Viewer(frame, tones(), () => null);
  viewer.show(canvas, picture);
  canvas.dataset.drawn = "";
  part("word-in-frame").hidden = true;
  showTones();
}

/** The reader's own tones, as the tools of the page have them now. */
function tones() {
  const pressed = (name) => document.querySelector(`[data-tool="${name}"]`)?.getAttribute("aria-pressed") === "true";
  const level = (name) => Number(document.querySelector(`[data-tone="${name}"]`)?.value ?? 100);
  return { greyscale: pressed("greyscale"), blur: pressed("blur"), brightness: level("brightness"), contrast: level("contrast") };
}

function showTones() {
  for (const name of ["greyscale", "blur"]) {
    root.querySelector(`[data-wider-tool="${name}"]`).setAttribute("aria-pressed", String(viewer.looks[name]));
  }
}

const TOOLS = {
  in: () => viewer.zoomBy(1),
  out: () => viewer.zoomBy(-1),
  greyscale: () => viewer.tone({ greyscale: !viewer.looks.greyscale }),
  blur: () => viewer.tone({ blur: !viewer.looks.blur }),
};
const KEYS = { "+": "in", "=": "in", "-": "out", g: "greyscale", b: "blur" };

function use(tool) {
  if (!viewer) return;
  TOOLS[tool]();
  showTones();
}

function countDown() {
  const left = (endsAt - Date.now()) / 1000;
  part("clock").textContent = duration(left);
  if (left <= 0) letGo("Gone. Its minute is over, and no copy of it exists any more.");
}

function say(sentence) {
  part("word-in-frame").textContent = sentence;
  part("word-in-frame").hidden = false;
}

/** Take the pixels out of memory, not only out of sight, and say so. */
function letGo(sentence) {
  clearInterval(timer);
  endsAt = 0;
  part("clock").textContent = duration(0);
  viewer?.clear();
  viewer = null;
  if (canvas) {
    canvas.width = 0;
    canvas.height = 0;
    canvas.remove();
    canvas = null;
  }
  say(sentence);
}

function close() {
  closed = true;
  letGo("");
}

if (act) {
  act.addEventListener("click", () => !closed && ACTS[state][1]?.());
  root.addEventListener("click", (event) => {
    event.target.closest("[data-wider-close]")?.closest("dialog").close();
    const tool = event.target.closest("[data-wider-tool]");
    if (tool) use(tool.dataset.widerTool);
  });
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("[data-wider-form]")) ask(event.target);
    else withdraw(event.target);
  });
  // Enter asks, as the button says; a sentence has no second line.
  part("form").elements.sentence.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    part("form").requestSubmit();
  });
  const dialog = document.getElementById("wider-view");
  dialog.addEventListener("close", () => letGo("Closed. It is not shown a second time."));
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const tool = KEYS[event.key.toLowerCase()];
    if (tool) use(tool);
  });
  document.addEventListener("case-pulse", (event) => follow(event.detail.wider));
  document.addEventListener("wider-open", (event) => askBecause(event.detail.reason));
  document.addEventListener("case-over", close);
  window.addEventListener("pagehide", close);
}
