// What to tell the person about how they sit in the picture. One thing at a time, the most important first. Pure.

const LEAST_HEIGHT = 0.28;
const MOST_HEIGHT = 0.52;
const LEAST_LIGHT = 60;
const LEAST_SURE = 0.75;
const MOST_TURN = 0.28;
const MOST_ROLL = 0.36;
const MOST_OUTSIDE = 0.12;
// A face half as high as the person's own is somebody behind them, not a picture on the wall far away.
const BYSTANDER = 0.5;

/** The name of a sentence. `frame` is the camera's {width, height}; `circle` is what would be sent, in its pixels. */
export function advise({ faces, light }, frame, circle) {
  const [face] = faces;
  if (!face) return "no_face";
  if (inCircle(faces, circle) > 1) return "one_person";
  if (face.height < LEAST_HEIGHT * frame.height) return "closer";
  if (face.height > MOST_HEIGHT * frame.height) return "farther";
  if (outside(face, frame) > MOST_OUTSIDE) return "centre";
  if (light < LEAST_LIGHT) return "lighter";
  if (!isStraight(face.points)) return "straight";
  return face.score < LEAST_SURE ? "uncovered" : "good";
}

/** How many people would be in what is sent. */
export function inCircle(faces, circle) {
  return faces.filter((face) => {
    const across = (face.x + face.width / 2 - circle.x) / (circle.width / 2);
    const down = (face.y + face.height / 2 - circle.y) / (circle.height / 2);
    return across * across + down * down < 1 && face.height > BYSTANDER * faces[0].height;
  }).length;
}

/** The share of a face's own height by which it comes too near to the camera's edge. */
function outside(face, frame) {
  const room = Math.min(face.x, face.y, frame.width - face.x - face.width, frame.height - face.y - face.height);
  return Math.max(0, -room) / face.height + (room < 0.08 * face.height ? MOST_OUTSIDE : 0);
}

function isStraight([right, left, nose]) {
  const apart = Math.hypot(left.x - right.x, left.y - right.y);
  const roll = Math.atan2(left.y - right.y, left.x - right.x);
  const turn = (nose.x - (left.x + right.x) / 2) / apart;
  return Math.abs(roll) < MOST_ROLL && Math.abs(turn - Math.sin(roll) * -0.5) < MOST_TURN;
}
