const UNITS = [
  [86_400, "d"],
  [3_600, "h"],
  [60, "min"],
  [1, "s"],
];

/** Seconds in the two largest units that say something: 45 s, 8 min 12 s, 3 h 59 min, 6 d 23 h. */
export function duration(seconds) {
  let rest = Math.max(0, Math.ceil(seconds));
  const first = Math.max(0, UNITS.findIndex(([size]) => rest >= size));
  const [size, unit] = rest > 0 ? UNITS[first] : [1, "s"];
  const next = rest > 0 ? UNITS[first + 1] : undefined;
  const whole = `${Math.floor(rest / size)} ${unit}`;
  rest %= size;
  return next ? `${whole} ${Math.floor(rest / next[0])} ${next[1]}` : whole;
}
