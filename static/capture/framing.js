// Where the face is, many times a second, found on the person's own device. Nothing of it is sent or kept.
import { faces, planes, SIDE } from "./yunet.js";

/** Load the runtime and the detector. Rejects where WebAssembly or the files are missing: then the guide stays fixed. */
export async function loadFraming({ runtimeUrl, wasmUrl, modelUrl }) {
  const ort = await import(runtimeUrl);
  ort.env.logLevel = "error";
  // One thread: a second one would need shared memory, and the page's headers do not grant it.
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, window.location.href).href };
  const session = await ort.InferenceSession.create(modelUrl, { executionProviders: ["wasm"] });
  const framing = new Framing(ort, session);
  await framing.warmUp();
  return framing;
}

class Framing {
  #ort;
  #session;
  #input = new Float32Array(3 * SIDE * SIDE);
  #context;

  constructor(ort, session) {
    this.#ort = ort;
    this.#session = session;
    const canvas = document.createElement("canvas");
    canvas.width = SIDE;
    canvas.height = SIDE;
    this.#context = canvas.getContext("2d", { willReadFrequently: true, alpha: false });
  }

  /** The first run allocates; better now than under the person's eyes. */
  async warmUp() {
    await this.#run();
  }

  /** {faces, light}: the faces in the video's own pixels, and the mean brightness (0..255) of the best of them. */
  async look(video) {
    const scale = SIDE / Math.max(video.videoWidth, video.videoHeight);
    this.#context.drawImage(video, 0, 0, video.videoWidth * scale, video.videoHeight * scale);
    const { data } = this.#context.getImageData(0, 0, SIDE, SIDE);
    planes(data, this.#input);
    const found = faces(await this.#run());
    return { faces: found.map((face) => enlarged(face, 1 / scale)), light: found[0] ? brightness(data, found[0]) : null };
  }

  async #run() {
    const input = new this.#ort.Tensor("float32", this.#input, [1, 3, SIDE, SIDE]);
    return this.#session.run({ input });
  }
}

function enlarged(face, by) {
  const { x, y, width, height, score, points } = face;
  return {
    x: x * by,
    y: y * by,
    width: width * by,
    height: height * by,
    score,
    points: points.map((point) => ({ x: point.x * by, y: point.y * by })),
  };
}

function brightness(pixels, face) {
  const clamp = (value) => Math.min(SIDE - 1, Math.max(0, Math.round(value)));
  let sum = 0;
  let count = 0;
  for (let y = clamp(face.y); y <= clamp(face.y + face.height); y += 2) {
    for (let x = clamp(face.x); x <= clamp(face.x + face.width); x += 2) {
      const at = (y * SIDE + x) * 4;
      sum += 0.299 * pixels[at] + 0.587 * pixels[at + 1] + 0.114 * pixels[at + 2];
      count += 1;
    }
  }
  return count ? sum / count : 0;
}
