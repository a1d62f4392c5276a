// What is seen and what is sent are one canvas: the head in a circle on black. Nothing around it is ever drawn there.

const SHAPES = {
  face: { width: 480, height: 480, wide: 2.0, down: -0.06 },
  face_and_neck: { width: 480, height: 600, wide: 2.0, down: 0.2 },
};
// Of the way to where the face is now: high follows at once and trembles, low lags behind.
const FOLLOW = 0.28;
const BREATHE = 0.12;

export class Stage {
  #video = document.createElement("video");
  #canvas;
  #context;
  #shape;
  #circle = null;
  #target = null;
  #drawn = 0;

  constructor(canvas, region) {
    this.#shape = SHAPES[region] ?? SHAPES.face;
    this.#canvas = canvas;
    canvas.width = this.#shape.width;
    canvas.height = this.#shape.height;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.#video.muted = true;
    this.#video.playsInline = true;
  }

  get video() {
    return this.#video;
  }

  get frame() {
    return { width: this.#video.videoWidth, height: this.#video.videoHeight };
  }

  /** The middle and the size of what is drawn, in the camera's pixels. */
  get circle() {
    return this.#circle ?? this.#guide();
  }

  /** Show the camera; resolves when its first picture is drawn. */
  async show(stream) {
    this.#video.srcObject = stream;
    await this.#video.play();
    this.#circle = null;
    this.#target = null;
    const first = this.#drawn;
    this.#next();
    while (this.#drawn === first) await new Promise((done) => setTimeout(done, 15));
  }

  /** Let the circle follow this face; with none it stays where it is. */
  follow(face) {
    if (!face) return;
    const { width, height, wide, down } = this.#shape;
    this.#target = {
      x: face.x + face.width / 2,
      y: face.y + face.height / 2 + face.height * down,
      width: face.height * wide,
      height: (face.height * wide * height) / width,
    };
  }

  /** The canvas, and nothing else, as something that can be recorded. */
  stream() {
    return this.#canvas.captureStream(30);
  }

  /** Forget the last picture. */
  clear() {
    this.#video.srcObject = null;
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
  }

  #next() {
    const draw = () => {
      if (!this.#video.srcObject) return;
      this.#draw();
      this.#next();
    };
    if ("requestVideoFrameCallback" in this.#video) this.#video.requestVideoFrameCallback(draw);
    else requestAnimationFrame(draw);
  }

  #draw() {
    this.#move();
    const { width, height } = this.#canvas;
    const context = this.#context;
    const { x, y, width: wide, height: high } = this.circle;
    context.fillStyle = "#000";
    context.fillRect(0, 0, width, height);
    context.save();
    context.beginPath();
    context.ellipse(width / 2, height / 2, width / 2 - 1, height / 2 - 1, 0, 0, 2 * Math.PI);
    context.clip();
    context.drawImage(this.#video, x - wide / 2, y - high / 2, wide, high, 0, 0, width, height);
    context.restore();
    this.#drawn += 1;
  }

  #move() {
    if (!this.#target) return;
    const from = this.#circle ?? this.#target;
    const part = (name, share) => from[name] + (this.#target[name] - from[name]) * share;
    this.#circle = {
      x: part("x", FOLLOW),
      y: part("y", FOLLOW),
      width: part("width", BREATHE),
      height: part("height", BREATHE),
    };
  }

  /** Before a face is found, and where none can be looked for: the middle of the picture. */
  #guide() {
    const { width, height } = this.frame;
    const { width: across, height: down } = this.#shape;
    const high = 0.9 * Math.min(height, (width * down) / across);
    return { x: width / 2, y: height / 2, width: (high * across) / down, height: high };
  }
}
