// The camera, and the microphone only where the programme asks for it and the person agreed.

const KEYS = new Map([
  ["NotAllowedError", "no_permission"],
  ["SecurityError", "no_permission"],
  ["NotFoundError", "no_camera"],
  ["OverconstrainedError", "no_camera"],
  ["NotReadableError", "in_use"],
  ["AbortError", "in_use"],
]);
const VIRTUAL = /virtual|obs|manycam|xsplit|snap camera|droidcam|iriun|ndi|screen capture|fake/i;

/** Why there is no camera; `key` names the sentence for the person. */
export class NoDevice extends Error {
  constructor(key) {
    super(key);
    this.key = key;
  }
}

/** A MediaStream of 640×480 from the front camera. Raises NoDevice. */
export async function openCamera(withVoice) {
  if (!navigator.mediaDevices?.getUserMedia) throw new NoDevice("no_camera");
  const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { ideal: 30 }, facingMode: "user" };
  try {
    return await navigator.mediaDevices.getUserMedia({ video, audio: withVoice });
  } catch (error) {
    throw new NoDevice(await keyOf(error, withVoice));
  }
}

async function keyOf(error, withVoice) {
  const key = KEYS.get(error.name) ?? "in_use";
  if (!withVoice || key === "in_use") return key;
  // With two devices asked for, the browser does not say which of them is missing.
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const camera = devices.some((device) => device.kind === "videoinput");
  const microphone = devices.some((device) => device.kind === "audioinput");
  return camera && !microphone ? "no_microphone" : key;
}

/** What the device says of itself, for the server. The label stays here; only whether it names a virtual camera goes. */
export function describe(stream) {
  const track = stream.getVideoTracks()[0];
  const { width, height, frameRate } = track.getSettings();
  return {
    label_is_virtual: VIRTUAL.test(track.label),
    width: width ?? 0,
    height: height ?? 0,
    frame_rate: Math.round(frameRate ?? 0),
  };
}
