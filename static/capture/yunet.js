// The arithmetic around the face detector: a picture to its numbers, and its numbers to faces. Pure.

export const SIDE = 224;
const STRIDES = [8, 16, 32];
const SCORE = 0.6;
const OVERLAP = 0.3;

/** RGBA pixels (SIDE × SIDE) into the planes that the network wants: blue, green, red, each 0..255. */
export function planes(pixels, into) {
  const plane = SIDE * SIDE;
  for (let index = 0, at = 0; index < plane; index += 1, at += 4) {
    into[index] = pixels[at + 2];
    into[index + plane] = pixels[at + 1];
    into[index + 2 * plane] = pixels[at];
  }
}

/**
 * The network's outputs as faces, best first: {x, y, width, height, score, points}, in pixels of its input.
 * Points: right eye (on the image's left), left eye, nose, right and left corner of the mouth.
 */
export function faces(outputs) {
  const found = STRIDES.flatMap((stride) => [...facesAt(outputs, stride)]);
  found.sort((one, other) => other.score - one.score);
  const kept = [];
  for (const face of found) {
    if (kept.every((better) => overlap(face, better) < OVERLAP)) kept.push(face);
  }
  return kept;
}

function* facesAt(outputs, stride) {
  const [classes, objects, boxes, points] = ["cls", "obj", "bbox", "kps"].map((name) => outputs[`${name}_${stride}`].data);
  const columns = SIDE / stride;
  for (let cell = 0; cell < classes.length; cell += 1) {
    const score = Math.sqrt(within(classes[cell]) * within(objects[cell]));
    if (score < SCORE) continue;
    const column = cell % columns;
    const row = Math.floor(cell / columns);
    const width = Math.exp(boxes[cell * 4 + 2]) * stride;
    const height = Math.exp(boxes[cell * 4 + 3]) * stride;
    yield {
      x: (column + boxes[cell * 4]) * stride - width / 2,
      y: (row + boxes[cell * 4 + 1]) * stride - height / 2,
      width,
      height,
      score,
      points: [0, 1, 2, 3, 4].map((point) => ({
        x: (column + points[cell * 10 + point * 2]) * stride,
        y: (row + points[cell * 10 + point * 2 + 1]) * stride,
      })),
    };
  }
}

function within(value) {
  return Math.min(1, Math.max(0, value));
}

function overlap(one, other) {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (one.width * one.height + other.width * other.height - shared);
}
