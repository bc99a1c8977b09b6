// Where the patient types: grows with the text, counts down to the limit, sends on Enter.

import { el, fill, icon } from "./dom.js";

const WARN = 100; // characters left from which on the count is shown

export class Composer {
  constructor(send) {
    this.send = send;
    this.field = el("textarea", {
      id: "field",
      rows: 1,
      dir: "auto",
      enterkeyhint: "send",
      autocomplete: "off",
      "aria-describedby": "left",
      input: () => this.changed(),
      keydown: (event) => {
        // Enter also confirms a word in Chinese and Bengali input methods.
        const composing = event.isComposing || event.keyCode === 229; // 229: Safari's sign of it
        if (event.key !== "Enter" || event.shiftKey || composing) return;
        event.preventDefault();
        this.submit();
      },
    });
    this.label = el("label", { for: "field", class: "hidden" });
    this.left = el("p", { class: "left", id: "left", role: "status" });
    this.button = el("button", { type: "submit", class: "round strong" }, icon("send"));
    const row = el("div", { class: "row" }, this.field, this.button);
    this.form = el("form", { class: "write" }, this.label, this.left, row);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
  }

  redraw(texts) {
    this.texts = texts;
    this.label.textContent = texts.strings.input;
    this.field.placeholder = texts.strings.placeholder;
    this.button.title = texts.strings.send;
    this.button.setAttribute("aria-label", texts.strings.send);
    this.changed();
  }

  changed() {
    const { longest, language, strings } = this.texts;
    this.field.style.height = "auto";
    this.field.style.height = this.field.scrollHeight + 2 + "px";
    const left = longest - [...this.field.value].length;
    const count = new Intl.NumberFormat(language).format(left);
    this.left.textContent = left <= WARN ? fill(strings.left, { count }) : "";
    this.left.classList.toggle("failed", left < 0);
    this.field.setAttribute("aria-invalid", String(left < 0));
  }

  submit() {
    const text = this.field.value.trim();
    if (!text) return;
    if ([...text].length > this.texts.longest) {
      this.left.textContent = this.texts.strings["error.message_too_long"];
      return;
    }
    this.field.value = "";
    this.changed();
    this.send(text);
  }
}
