// POST with the session's CSRF token. Never follows a redirect: that is what a session that has ended answers with.

const token = document.querySelector("meta[name=csrf]")?.content ?? "";

/** `fields` is an object, or pairs where a name repeats. Resolves to the Response, whatever its status; rejects when nothing came back within `milliseconds`. */
export function post(url, fields = {}, milliseconds = 8000) {
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams(fields),
    headers: { "X-CSRFToken": token, Accept: "application/json" },
    cache: "no-store",
    credentials: "same-origin",
    redirect: "manual",
    // What a page sends as it is left still arrives.
    keepalive: true,
    signal: AbortSignal.timeout(milliseconds),
  });
}

/** Why an answer was a refusal, in a sentence for the reader. */
export async function refusalOf(response) {
  if (response.type === "opaqueredirect") return "You are signed out. Sign in to go on.";
  try {
    return (await response.json()).sentence;
  } catch {
    return "The console could not answer.";
  }
}
