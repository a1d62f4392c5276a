// The sentences of the page in the person's language, as the server wrote them into the page.
const sentences = JSON.parse(document.getElementById("sentences").textContent);

/** The sentence of that name, with `n` in its place. */
export function words(name, n = "") {
  return (sentences[name] ?? sentences.refused).replace("{n}", String(n));
}

export function has(name) {
  return name in sentences;
}
