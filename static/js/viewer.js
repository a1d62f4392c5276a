// Two faces under one glass. Zoom, pan, flip, tone and blur act on every picture alike and are drawn together, so that
// nothing comes off by looking closer: a blurred face is blurred at every zoom. Only redacted crops ever come here.

const MOST = 6;
const STEP = 1.35;
// Half a second for each picture: a difference jumps to the eye, and no screen flashes three times a second.
const FLICKER_EVERY = 500;
const PAN = 0.12;

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));

/** `onChange(looks)` is told the tone that its reader keeps: greyscale, blur, brightness, contrast. */
export class Viewer {
  constructor(root, looks, onChange) {
    this.root = root;
    this.looks = looks;
    this.onChange = onChange;
    this.sources = new Map();
    this.shown = new Map();
    this.view = { scale: 1, x: 0.5, y: 0.5, flipped: false };
    this.phase = null;
    this.timer = null;
    this.resized = new ResizeObserver(() => this.draw());
    root.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    root.addEventListener("pointerdown", (event) => this.#drag(event));
    root.addEventListener("dblclick", (event) => event.target.closest("canvas") && this.zoomTo(this.view.scale > 1 ? 1 : 2.5));
  }

  /** Keep a copy of `picture` for `canvas`, and show it there. */
  show(canvas, picture) {
    const copy = document.createElement("canvas");
    copy.width = picture.width;
    copy.height = picture.height;
    copy.getContext("2d").drawImage(picture, 0, 0);
    this.sources.set(canvas.dataset.media, copy);
    this.shown.set(canvas, canvas.dataset.media);
    this.resized.observe(canvas);
    this.#drawOne(canvas);
  }

  /** Show another of the kept pictures on `canvas`. */
  put(canvas, media) {
    if (!this.sources.has(media)) return false;
    this.shown.set(canvas, media);
    this.#drawOne(canvas);
    return true;
  }

  /** Take every pixel out of memory: a canvas of no size has none. */
  clear() {
    clearInterval(this.timer);
    this.resized.disconnect();
    for (const canvas of [...this.sources.values(), ...this.shown.keys()]) {
      canvas.width = 0;
      canvas.height = 0;
    }
    this.sources.clear();
    this.shown.clear();
  }

  zoomTo(scale, at = null) {
    const next = clamp(scale, 1, MOST);
    if (at) {
      // The point under the pointer stays under it.
      const share = 1 / this.view.scale - 1 / next;
      this.view.x += (at.x - 0.5) * share * (this.view.flipped ? -1 : 1);
      this.view.y += (at.y - 0.5) * share;
    }
    this.view.scale = next;
    this.#settle();
  }

  zoomBy(steps) {
    this.zoomTo(this.view.scale * STEP ** steps);
  }

  pan(x, y) {
    this.view.x += (x * PAN * (this.view.flipped ? -1 : 1)) / this.view.scale;
    this.view.y += (y * PAN) / this.view.scale;
    this.#settle();
  }

  get zoomed() {
    return this.view.scale > 1.01;
  }

  flip() {
    this.view.flipped = !this.view.flipped;
    this.draw();
    return this.view.flipped;
  }

  /** Change the tone and tell whoever keeps it. */
  tone(changes) {
    Object.assign(this.looks, changes);
    this.draw();
    this.onChange(this.looks);
  }

  /** One frame that shows both in turn; with reduced motion the reader turns them over. Answers whether it is on. */
  flicker(onPhase) {
    clearInterval(this.timer);
    if (this.phase !== null) {
      this.phase = null;
      this.draw();
      return false;
    }
    this.phase = 0;
    this.onPhase = onPhase;
    if (!matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.timer = setInterval(() => this.turnOver(), FLICKER_EVERY);
    }
    this.draw();
    return true;
  }

  turnOver() {
    if (this.phase === null) return;
    this.phase = 1 - this.phase;
    this.onPhase(this.phase);
    this.draw();
  }

  draw() {
    for (const canvas of this.shown.keys()) this.#drawOne(canvas);
  }

  #drawOne(canvas) {
    const source = this.sources.get(this.#mediaFor(canvas));
    if (!source || !canvas.isConnected) return;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(canvas.clientWidth * ratio));
    const height = Math.max(1, Math.round((width * source.height) / source.width));
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d");
    const { scale, x, y, flipped } = this.view;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    context.translate(width / 2, height / 2);
    context.scale(scale * (flipped ? -1 : 1), scale);
    context.imageSmoothingQuality = "high";
    context.drawImage(source, -x * width, -y * height, width, height);
    // Set on the element's own style object: it holds for whatever the canvas draws, at every zoom.
    canvas.style.filter = this.#filter(width / ratio);
  }

  #mediaFor(canvas) {
    if (this.phase === null || canvas !== this.shown.keys().next().value) return this.shown.get(canvas);
    return [...this.shown.values()][this.phase];
  }

  #filter(width) {
    const { greyscale, blur, brightness, contrast } = this.looks;
    const parts = [`brightness(${brightness}%)`, `contrast(${contrast}%)`];
    if (greyscale) parts.push("grayscale(1)");
    // As strong on a large face as on a small one, and stronger the closer one looks.
    if (blur) parts.push(`blur(${((width / 90) * this.view.scale).toFixed(1)}px)`);
    return parts.join(" ");
  }

  #settle() {
    const half = 0.5 / this.view.scale;
    this.view.x = clamp(this.view.x, half, 1 - half);
    this.view.y = clamp(this.view.y, half, 1 - half);
    this.root.classList.toggle("zoomed", this.zoomed);
    this.draw();
  }

  #wheel(event) {
    const canvas = event.target.closest("canvas");
    if (!canvas || !(event.ctrlKey || this.zoomed)) return;
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    const at = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
    this.zoomTo(this.view.scale * STEP ** -Math.sign(event.deltaY), at);
  }

  #drag(event) {
    const canvas = event.target.closest("canvas");
    if (!canvas || !this.zoomed || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const share = 1 / (canvas.clientWidth * this.view.scale);
      this.view.x -= moved.movementX * share * (this.view.flipped ? -1 : 1);
      this.view.y -= (moved.movementY * share * canvas.clientWidth) / canvas.clientHeight;
      this.#settle();
    };
    canvas.addEventListener("pointermove", move);
    canvas.addEventListener("pointerup", () => canvas.removeEventListener("pointermove", move), { once: true });
    canvas.addEventListener("pointercancel", () => canvas.removeEventListener("pointermove", move), { once: true });
  }
}
