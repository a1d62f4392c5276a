// <span data-seconds-left="288">: counts down in text from when it came into the page, also in a region that was exchanged.
import { duration } from "./words.js";

const ends = new WeakMap();

function tick() {
  for (const element of document.querySelectorAll("[data-seconds-left]")) {
    if (!ends.has(element)) ends.set(element, Date.now() + Number(element.dataset.secondsLeft) * 1000);
    element.textContent = duration((ends.get(element) - Date.now()) / 1000);
  }
}

setInterval(tick, 1000);
