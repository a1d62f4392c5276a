// Records the stage's canvas, and the microphone where it was allowed, into one blob in memory.

const TYPES = ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp8", "video/webm", "video/mp4"];
const BITS_PER_SECOND = 2_500_000;

/** The first container and codecs that this browser can write, or null. */
export function supportedType() {
  if (!("MediaRecorder" in window)) return null;
  return TYPES.find((type) => MediaRecorder.isTypeSupported(type)) ?? null;
}

export class Recorder {
  #recorder;
  #parts = [];
  #started;

  /** `picture` is the canvas's stream; the sound track of `device`, where it has one, goes with it. */
  constructor(picture, device) {
    const stream = new MediaStream([...picture.getVideoTracks(), ...device.getAudioTracks()]);
    this.#recorder = new MediaRecorder(stream, { mimeType: supportedType(), videoBitsPerSecond: BITS_PER_SECOND });
    this.#recorder.addEventListener("dataavailable", (event) => this.#parts.push(event.data));
    this.#started = new Promise((done) => {
      this.#recorder.addEventListener("start", () => done(performance.now()), { once: true });
    });
  }

  start() {
    this.#recorder.start();
  }

  /** When recording began, on performance.now()'s clock. */
  get started() {
    return this.#started;
  }

  /** End, and hand over the blob. */
  async stop() {
    const stopped = new Promise((done) => this.#recorder.addEventListener("stop", done, { once: true }));
    this.#recorder.stop();
    await stopped;
    return new Blob(this.#parts, { type: this.#recorder.mimeType.split(";")[0] });
  }

  /** End, and keep nothing. */
  throwAway() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#parts.length = 0;
  }
}
