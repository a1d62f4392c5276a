// Sends one recording. A dropped connection loses nothing: the blob stays here and goes again under the same nonce.

const WAITS = [1000, 3000];
const PATIENCE = 60_000;

/** The server did not take the recording; `code` is its own word for why. */
export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/** Nothing came back, though it was tried again twice. */
export class NotSent extends Error {}

/** Resolves when the server has it. Raises Refused or NotSent. `lost` is called before each new try. */
export async function upload(url, recording, { progress, lost }) {
  for (const wait of [...WAITS, null]) {
    const answer = await send(url, recording, progress);
    if (answer.status >= 200 && answer.status < 300) return;
    if (isFinal(answer)) throw new Refused(codeOf(answer));
    if (wait === null) break;
    lost();
    await new Promise((done) => setTimeout(done, wait));
  }
  throw new NotSent();
}

function send(url, { nonce, clip, timings }, progress) {
  const form = new FormData();
  form.append("nonce", nonce);
  form.append("timings", JSON.stringify(timings));
  form.append("clip", clip, clip.type === "video/mp4" ? "clip.mp4" : "clip.webm");
  // XMLHttpRequest, because fetch cannot say how much has been sent.
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.timeout = PATIENCE;
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
    request.addEventListener("loadend", () => done(request));
    request.send(form);
  });
}

/** Whether trying again cannot help. A body that arrived in part is worth another try. */
function isFinal(answer) {
  return answer.status >= 400 && answer.status < 500 && answer.status !== 429 && codeOf(answer) !== "upload_unreadable";
}

function codeOf(answer) {
  try {
    return JSON.parse(answer.responseText).code;
  } catch {
    return "refused";
  }
}
