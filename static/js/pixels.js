// Pixels live in canvases and nowhere else: no image element, no address, nothing a cache could keep.
import { post, refusalOf } from "./post.js";

export class Refused extends Error {}

/** Fetch the crop of each canvas with its own one-time ticket and give it to the viewer. Raises Refused. */
export async function openPictures(root, canvases, viewer) {
  if (canvases.length === 0) return;
  const answer = await post(root.dataset.ticketsUrl, canvases.map((canvas) => ["media", canvas.dataset.media]));
  if (!answer.ok) throw new Refused(await refusalOf(answer));
  const { tickets } = await answer.json();
  await Promise.all(canvases.map((canvas) => draw(root.dataset.lookUrl, canvas, tickets[canvas.dataset.media], viewer)));
}

async function draw(url, canvas, ticket, viewer) {
  const answer = await post(url, { ticket });
  if (!answer.ok) throw new Refused(await refusalOf(answer));
  const picture = await createImageBitmap(await answer.blob());
  try {
    // A claim that ended while the bytes were on their way has taken the canvas out of the page.
    if (!canvas.isConnected) return;
    viewer.show(canvas, picture);
    canvas.dataset.drawn = "";
    canvas.parentElement.querySelector("[data-frame-word]").hidden = true;
  } finally {
    picture.close();
  }
}

/** Take the pixels out of memory, not only out of sight. */
export function clearPictures(root, viewer) {
  viewer.clear();
  for (const canvas of root.querySelectorAll("canvas")) {
    canvas.width = 0;
    canvas.height = 0;
    canvas.remove();
  }
}
