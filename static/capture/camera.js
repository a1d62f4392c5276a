// The camera page, from the first picture to the recording's arrival. One attempt at a time; nothing is kept between.
import { draw, NoChallenge, play, until } from "./challenge.js";
import { describe, NoDevice, openCamera } from "./device.js";
import { loadFraming } from "./framing.js";
import { Recorder, supportedType } from "./recorder.js";
import { Stage } from "./stage.js";
import { NotSent, upload } from "./upload.js";
import { View } from "./view.js";
import { Watch } from "./watch.js";
import { words } from "./words.js";

const READY = 1200;
// Nobody has to wait longer than this for the help with framing to load.
const PATIENCE = 8000;
// After these the session is over, and no other attempt can help.
const FINAL = new Set(["no_tries", "ended"]);

// The server's words for why a recording was not taken, and the sentence for each. All others share one sentence.
const REFUSALS = new Map([
  ["too_late", "late"],
  ["no_attempts_left", "no_tries"],
  ...["captured", "other_way", "expired", "withdrawn", "erased", "ended", "no_consent"].map((code) => [code, "ended"]),
]);

const root = document.querySelector("[data-camera]");
const { challengeUrl, uploadUrl, statusUrl, region, asksVoice, runtimeUrl, wasmUrl, modelUrl } = root.dataset;
const view = new View(root);
const stage = new Stage(root.querySelector("[data-picture]"), region);

// Begins while the person still answers the browser's question about the camera.
const loading = loadFraming({ runtimeUrl, wasmUrl, modelUrl }).catch(() => null);

let attemptsLeft = Number(root.dataset.attemptsLeft);
let device = null;
let watch = null;
let attempt = null;
let kept = null;

async function begin() {
  if (attemptsLeft < 1) return fail("no_tries");
  if (!supportedType()) return fail("no_recorder");
  view.say(words("allow"));
  try {
    device = await openCamera(asksVoice === "true");
  } catch (error) {
    return fail(error instanceof NoDevice ? error.key : "no_camera");
  }
  device.getVideoTracks()[0].addEventListener("ended", () => fail("lost_camera"));
  await stage.show(device);
  root.dataset.firstPicture = String(Math.round(performance.now()));
  view.tries(attemptsLeft, root.dataset.seconds);
  await frame();
}

/** Help with the framing where this browser can; elsewhere the circle stays in the middle and the person starts. */
async function frame() {
  view.framing(false, false);
  view.advise("loading");
  const patience = setTimeout(() => device && !attempt && !watch && view.framing(false, true), PATIENCE);
  const framing = await loading;
  clearTimeout(patience);
  if (!device || attempt || watch) return;
  if (!framing) {
    view.advise("guide");
    return view.framing(true, false);
  }
  watch = new Watch(stage, framing, { advice: advised, crowd: () => attempt?.abort("two_people") });
  watch.start();
}

function advised(advice, ready, anyway) {
  view.looked();
  if (attempt) return;
  view.advise(advice);
  view.framing(ready, anyway);
}

async function record() {
  if (attempt || !device) return;
  attempt = new AbortController();
  const { signal } = attempt;
  let recorder = null;
  watch?.yield();
  view.recording();
  view.say(words("ready"));
  try {
    const picture = stage.stream();
    await until(performance.now() + READY, signal);
    recorder = new Recorder(picture, device);
    const challenge = await draw(challengeUrl, describe(device));
    const began = performance.now();
    attemptsLeft -= 1;
    recorder.start();
    const on = { show: (words) => view.say(words), progress: (share) => view.progress(share), signal };
    const shown = await play(challenge, began, on);
    const timings = { recorder_started_ms: Math.round((await recorder.started) - began), shown };
    kept = { nonce: challenge.nonce, clip: await recorder.stop(), timings };
  } catch (error) {
    recorder?.throwAway();
    return fail(reasonOf(error));
  }
  attempt = null;
  close();
  await send();
}

function reasonOf(error) {
  if (typeof error === "string") return error;
  return error instanceof NoChallenge ? error.key : "not_usable";
}

async function send() {
  view.say(words("sending"));
  view.sending(0);
  const lost = () => view.say(words("reconnecting"));
  try {
    await upload(uploadUrl, kept, { progress: (share) => view.sending(share), lost });
  } catch (error) {
    if (error instanceof NotSent) return view.problem("not_sent", "sendAgain");
    kept = null;
    return fail(REFUSALS.get(error.code) ?? (error.code?.startsWith("clip_") ? "not_usable" : "refused"));
  }
  kept = null;
  view.say(words("sent"));
  window.location.assign(statusUrl);
}

/** Stop everything, keep nothing, and say why. */
function fail(name) {
  attempt?.abort(name);
  attempt = null;
  close();
  view.problem(attemptsLeft < 1 && !FINAL.has(name) ? "no_tries" : name, attemptsLeft < 1 || FINAL.has(name) ? null : "again");
}

/** The camera's light goes out. */
function close() {
  watch?.stop();
  watch = null;
  device?.getTracks().forEach((track) => track.stop());
  device = null;
  stage.clear();
}

view.on("start", record);
view.on("again", begin);
view.on("sendAgain", send);
document.addEventListener("visibilitychange", () => document.hidden && attempt?.abort("hidden"));
window.addEventListener("pagehide", close);
begin();
