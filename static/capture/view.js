// Everything that the camera's script changes on the page. Each state of the page is one method.
import { has, words } from "./words.js";

const CALM = 900;

export class View {
  #root;
  #pieces;
  #calm = 0;
  #steadyMotion = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  constructor(root) {
    this.#root = root;
    const names = ["prompt", "said", "ring", "problem", "start", "again", "sendAgain", "sending", "tries"];
    this.#pieces = Object.fromEntries(names.map((name) => [name, root.querySelector(`[data-${hyphened(name)}]`)]));
  }

  on(button, action) {
    this.#pieces[button].addEventListener("click", action);
  }

  /** Words that change often: spoken only once they have stood for a moment. */
  advise(name) {
    const sentence = words(name);
    if (this.#pieces.prompt.textContent === sentence) return;
    this.#pieces.prompt.textContent = sentence;
    clearTimeout(this.#calm);
    this.#calm = setTimeout(() => (this.#pieces.said.textContent = sentence), CALM);
  }

  /** Words that must be heard now. */
  say(sentence) {
    clearTimeout(this.#calm);
    this.#pieces.prompt.textContent = sentence;
    this.#pieces.said.textContent = sentence;
  }

  framing(ready, anyway) {
    this.#root.dataset.state = "framing";
    this.#only("start");
    this.#pieces.start.disabled = !ready && !anyway;
    const label = words(anyway && !ready ? "start_anyway" : "start");
    if (this.#pieces.start.textContent !== label) this.#pieces.start.textContent = label;
  }

  /** Start keeps its place, so that a second tap meets nothing else that has moved there. */
  recording() {
    this.#root.dataset.state = "recording";
    this.#only("start");
    this.#pieces.start.disabled = true;
  }

  sending(share) {
    this.#root.dataset.state = "sending";
    this.#only("sending");
    this.#pieces.sending.querySelector("progress").value = Math.round(share * 100);
  }

  /** `share` 0..1 of the ring. A still ring where the person asked for less motion. */
  progress(share) {
    const part = this.#steadyMotion ? Math.floor(share * 6) / 6 : share;
    this.#pieces.ring.style.strokeDasharray = `${part * 100} 100`;
  }

  /** What went wrong, and the one thing to do: "again", "sendAgain" or nothing. */
  problem(name, button) {
    clearTimeout(this.#calm);
    this.#root.dataset.state = "problem";
    this.progress(0);
    this.#pieces.prompt.textContent = "";
    this.#pieces.said.textContent = "";
    this.#only("problem", button);
    this.#pieces.problem.textContent = words(has(name) ? name : "refused");
    if (button) this.#pieces[button].focus();
  }

  tries(left, seconds) {
    const sentence = words("what_comes", seconds);
    this.#pieces.tries.textContent = left < 3 ? `${sentence} ${words("tries_left", left)}` : sentence;
  }

  looked() {
    this.#root.dataset.looks = Number(this.#root.dataset.looks ?? 0) + 1;
  }

  #only(...names) {
    for (const name of ["start", "again", "sendAgain", "sending", "problem"]) {
      this.#pieces[name].hidden = !names.includes(name);
    }
  }
}

function hyphened(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
