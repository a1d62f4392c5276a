// The buttons and keys of the picture tools, and what of them is kept for the next case.
import { openPictures } from "./pixels.js";
import { post } from "./post.js";
import { Viewer } from "./viewer.js";

const SAVE_AFTER = 600;
const TONES = { "[": ["brightness", -10], "]": ["brightness", 10], "{": ["contrast", -10], "}": ["contrast", 10] };
const PLAIN = { greyscale: false, blur: false, brightness: 100, contrast: 100 };

/** Bind the tools of a case page. `closed()` says whether its pictures are closed; `refused(error)` closes them. */
export function bindTools(root, { closed, refused }) {
  const pictures = root.querySelector("[data-pictures]");
  const kept = pictures?.dataset ?? {};
  const viewer = new Viewer(
    pictures ?? root,
    {
      greyscale: kept.greyscale === "yes",
      blur: kept.blur === "yes",
      brightness: Number(kept.brightness ?? 100),
      contrast: Number(kept.contrast ?? 100),
    },
    (looks) => keep(looks),
  );
  let wanted = {};
  let saving = null;

  /** Keep a choice for the next case. What is lost when the network fails is a convenience, so nobody is told. */
  function keep(changes) {
    wanted = { ...wanted, ...changes };
    clearTimeout(saving);
    saving = setTimeout(save, SAVE_AFTER);
  }

  function save() {
    clearTimeout(saving);
    if (Object.keys(wanted).length === 0) return;
    post(root.dataset.viewingUrl, { viewing: JSON.stringify(wanted) }).catch(() => null);
    wanted = {};
  }

  // Whoever goes on at once has chosen all the same.
  root.addEventListener("submit", save);
  window.addEventListener("pagehide", save);

  const button = (name) => root.querySelector(`[data-tool="${name}"]`);
  const press = (name, on) => button(name)?.setAttribute("aria-pressed", String(on));

  function showLooks() {
    press("greyscale", viewer.looks.greyscale);
    press("blur", viewer.looks.blur);
    for (const slider of root.querySelectorAll("[data-tone]")) slider.value = viewer.looks[slider.dataset.tone];
  }

  function tone(changes) {
    viewer.tone(changes);
    showLooks();
  }

  function caption(name) {
    root.querySelector("[data-caption]").textContent = name;
  }

  function flicker() {
    const names = [...root.querySelectorAll("[data-caption]")].map((word) => word.dataset.name);
    const on = viewer.flicker((phase) => caption(names[phase]));
    pictures.classList.toggle("flickering", on);
    press("flicker", on);
    caption(names[0]);
    requestAnimationFrame(() => viewer.draw());
  }

  async function openStrip() {
    const strip = root.querySelector("#strip");
    if (!strip) return;
    strip.hidden = !strip.hidden;
    button("strip").setAttribute("aria-expanded", String(!strip.hidden));
    const unopened = [...strip.querySelectorAll("canvas:not([data-asked])")];
    for (const canvas of unopened) canvas.dataset.asked = "";
    if (!strip.hidden) await openPictures(root, unopened, viewer).catch(refused);
  }

  function choose(frame) {
    const live = pictures.querySelector('canvas[data-media="crop-live"]');
    const media = frame.querySelector("canvas").dataset.media;
    const back = frame.getAttribute("aria-pressed") === "true";
    if (!live || !viewer.put(live, back ? "crop-live" : media)) return;
    for (const other of root.querySelectorAll(".strip-frame")) other.setAttribute("aria-pressed", String(other === frame && !back));
    const word = live.closest("figure").querySelector("[data-caption]");
    word.textContent = back ? word.dataset.name : `${word.dataset.name}: ${frame.dataset.shows}`;
  }

  const acts = {
    zoom: () => viewer.zoomTo(viewer.zoomed ? 1 : 2.5),
    in: () => viewer.zoomBy(1),
    out: () => viewer.zoomBy(-1),
    flip: () => press("flip", viewer.flip()),
    flicker,
    greyscale: () => tone({ greyscale: !viewer.looks.greyscale }),
    blur: () => tone({ blur: !viewer.looks.blur }),
    plain: () => {
      viewer.zoomTo(1);
      tone(PLAIN);
    },
    strip: openStrip,
  };

  function act(name) {
    if (closed() || !pictures) return;
    acts[name]();
    press("zoom", viewer.zoomed);
  }

  root.addEventListener("click", (event) => {
    const tool = event.target.closest("[data-tool]");
    if (tool) act(tool.dataset.tool);
    const frame = event.target.closest(".strip-frame");
    if (frame && !closed()) choose(frame);
  });
  root.addEventListener("input", (event) => {
    const { tone: name } = event.target.dataset;
    if (name) tone({ [name]: Number(event.target.value) });
  });

  const change = ([name, by]) => () => {
    if (!closed()) tone({ [name]: Math.min(200, Math.max(50, viewer.looks[name] + by)) });
  };

  return {
    viewer,
    keep,
    /** Whether the arrow moved the pictures; it does while they are zoomed. */
    pan(x, y) {
      if (closed() || !viewer.zoomed) return false;
      viewer.pan(x, y);
      return true;
    },
    /** Show the next or the last picture of an open filmstrip. */
    step(by) {
      const frames = [...root.querySelectorAll("#strip:not([hidden]) .strip-frame")];
      if (closed() || frames.length === 0) return;
      const at = frames.findIndex((frame) => frame.getAttribute("aria-pressed") === "true");
      choose(frames[Math.min(frames.length - 1, Math.max(0, at + by))]);
    },
    keys: [
      ["+", () => act("in")],
      ["=", () => act("in")],
      ["-", () => act("out")],
      [" ", () => viewer.turnOver()],
      ...Object.entries(TONES).map(([key, what]) => [key, change(what)]),
    ],
  };
}
