// Pixels live in two canvases and nowhere else: no image element, no address, nothing a cache could keep.
import { post, refusalOf } from "./post.js";

export class Refused extends Error {}

/** Fetch each crop with its own one-time ticket and draw it on the canvas named for it. Raises Refused. */
export async function openPictures(root) {
  const canvases = [...root.querySelectorAll("canvas[data-media]")];
  if (canvases.length === 0) return;
  const answer = await post(root.dataset.ticketsUrl);
  if (!answer.ok) throw new Refused(await refusalOf(answer));
  const { tickets } = await answer.json();
  await Promise.all(canvases.map((canvas) => draw(root.dataset.lookUrl, canvas, tickets[canvas.dataset.media])));
}

async function draw(url, canvas, ticket) {
  const answer = await post(url, { ticket });
  if (!answer.ok) throw new Refused(await refusalOf(answer));
  const picture = await createImageBitmap(await answer.blob());
  try {
    // A claim that ended while the bytes were on their way has taken the canvas out of the page.
    if (!canvas.isConnected) return;
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext("2d").drawImage(picture, 0, 0);
    canvas.dataset.drawn = "";
    canvas.parentElement.querySelector("[data-frame-word]").hidden = true;
  } finally {
    picture.close();
  }
}

/** Take the pixels out of memory, not only out of sight: a canvas of no size has no pixels. */
export function clearPictures(root) {
  for (const canvas of root.querySelectorAll("canvas[data-media]")) {
    canvas.width = 0;
    canvas.height = 0;
    canvas.remove();
  }
}
