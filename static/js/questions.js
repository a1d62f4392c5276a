// One question is being asked at a time, and the digits answer it. What is answered moves the asking on; the arrows go
// to any other question, and the pointer may answer in any order. Nothing is chosen beforehand.

export class Questions {
  constructor(form, onChange) {
    this.all = [...form.querySelectorAll("[data-question]")];
    this.form = form;
    this.onChange = onChange;
    form.addEventListener("change", (event) => {
      const question = event.target.closest("[data-question]");
      if (question) this.#answered(question);
      onChange();
    });
    form.addEventListener("focusin", (event) => {
      const question = event.target.closest("[data-question]");
      if (question) this.ask(question);
    });
    this.ask(this.all.find((question) => !this.#isAnswered(question)) ?? this.all[0]);
  }

  get asked() {
    return this.all.find((question) => question.hasAttribute("aria-current"));
  }

  ask(question) {
    for (const other of this.all) {
      if (other === question) other.setAttribute("aria-current", "step");
      else other.removeAttribute("aria-current");
    }
  }

  /** Names of what is still to be answered, as the page calls them. */
  get missing() {
    return this.all.filter((question) => !this.#isAnswered(question)).map((question) => question.dataset.missing);
  }

  digit(digit) {
    const choices = [...this.asked.querySelectorAll("input")];
    const choice = choices[(Number(digit) + 9) % 10];
    if (!choice) return;
    choice.checked = choice.type === "radio" || !choice.checked;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  }

  move(by) {
    this.ask(this.all[Math.min(this.all.length - 1, Math.max(0, this.all.indexOf(this.asked) + by))]);
  }

  #answered(question) {
    if (question.dataset.question === "many") return this.ask(question);
    const rest = [...this.all.slice(this.all.indexOf(question) + 1), ...this.all];
    this.ask(rest.find((other) => !this.#isAnswered(other)) ?? this.all.at(-1));
  }

  #isAnswered(question) {
    return question.querySelector("input:checked") !== null;
  }
}
