// Looks at the person's place in the picture again and again, lets the circle follow, and says when it is good.
import { advise, inCircle } from "./advice.js";

const BETWEEN_LOOKS = 1000 / 24;
// While recording, the circle has only to follow; the camera's pictures and their encoder come first.
const BETWEEN_LOOKS_RECORDING = 100;
// So many good looks in a row before the person may start, so that a passing moment does not count.
const STEADY = 4;
// After this long anybody may start: a detector that fails to see a face must not lock its owner out.
const PATIENCE = 8000;
// So many looks in a row with somebody else in the circle end a recording.
const INTRUDED = 8;

export class Watch {
  #stage;
  #framing;
  #on;
  #timer = 0;
  #good = 0;
  #crowd = 0;
  #since = performance.now();
  #between = BETWEEN_LOOKS;

  /** `on.advice(name, ready, anyway)` after each look, `on.crowd()` when somebody else stays in the circle. */
  constructor(stage, framing, on) {
    this.#stage = stage;
    this.#framing = framing;
    this.#on = on;
  }

  start() {
    this.#since = performance.now();
    this.#good = 0;
    this.#look();
  }

  /** Look less often from now on. */
  yield() {
    this.#between = BETWEEN_LOOKS_RECORDING;
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  async #look() {
    const began = performance.now();
    const seen = await this.#framing.look(this.#stage.video);
    if (this.#timer === null) return;
    this.#stage.follow(seen.faces[0]);
    this.#judge(seen);
    // On a slow device at least a third of the time is left to drawing and recording.
    const took = performance.now() - began;
    this.#timer = setTimeout(() => this.#look(), Math.max(took / 2, this.#between - took));
  }

  #judge(seen) {
    const { circle, frame } = this.#stage;
    const advice = advise(seen, frame, circle);
    this.#good = advice === "good" ? this.#good + 1 : 0;
    this.#crowd = inCircle(seen.faces, circle) > 1 ? this.#crowd + 1 : 0;
    const anyway = performance.now() - this.#since > PATIENCE && advice !== "one_person";
    this.#on.advice(advice, this.#good >= STEADY, anyway);
    if (this.#crowd >= INTRUDED) this.#on.crowd();
  }
}
