// A vote that can still be taken back: count down, and when it counts, let go of the button or open what was found.
import { post } from "./post.js";

const EVERY = 1000;

for (const panel of document.querySelectorAll("[data-vote-url]")) {
  const clock = panel.querySelector("[data-undo-clock]");
  const endsAt = Date.now() + Number(panel.dataset.secondsLeft) * 1000;

  const timer = setInterval(async () => {
    const left = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    clock.textContent = String(left);
    if (left > 0) return;
    const answer = await post(panel.dataset.voteUrl).catch(() => null);
    // No answer: the vote counts without this page, and the next second asks again.
    if (!answer?.ok) return;
    const { state } = await answer.json();
    if (state === "pending") return;
    clearInterval(timer);
    if (panel.hasAttribute("data-recorded")) window.location.reload();
    else panel.remove();
  }, EVERY);
}
