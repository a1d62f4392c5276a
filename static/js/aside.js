// Putting a case aside, handing it over, skipping it: sent in place, so that a refusal costs neither a second look at the
// pictures nor anything that was chosen. Used with `review/parts/setting_aside.html`.
import { post, refusalOf } from "./post.js";

async function send(form, submitter) {
  const problem = form.querySelector("[data-aside-problem]");
  submitter.disabled = true;
  const answer = await post(form.action, new FormData(form)).catch(() => null);
  if (answer?.ok) return window.location.assign((await answer.json()).next);
  problem.textContent = answer ? await refusalOf(answer) : "The console could not be reached. The case is still yours.";
  problem.hidden = false;
  submitter.disabled = false;
}

for (const form of document.querySelectorAll("form[data-aside]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.getAttribute("formmethod") === "dialog") return;
    event.preventDefault();
    send(form, event.submitter ?? form.querySelector(".primary"));
  });
  // A list takes Enter for itself; here it sends, as the button says.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName !== "SELECT") return;
    event.preventDefault();
    form.requestSubmit();
  });
}
