// The chat window: heading, conversation, choices and the field to write in.

import { Composer } from "./composer.js";
import { el, icon } from "./dom.js";
import { Frame } from "./frame.js";
import { drawEntry, drawGreeting } from "./message.js";

const SOON = 250; // milliseconds after which waiting deserves a sign
const TELLING = 4000; // milliseconds that a short notice stays

export class Panel extends Frame {
  constructor(host, conversation, choose) {
    super();
    this.host = host;
    this.conversation = conversation;
    this.troubled = null; // "offline", "unreachable", "busy": why messages wait
    this.drawn = new Map(); // id -> node
    this.composer = new Composer((text) => this.say(text));
    const round = (shape, click) =>
      el("button", { type: "button", class: "round", click }, icon(shape));
    this.launcher = el("button", { type: "button", class: "launcher", click: () => this.open() });
    this.heading = el("h2", { id: "title" });
    this.languages = el("select", { change: () => choose(this.languages.value) });
    this.more = round("more", () => this.toggleOptions());
    this.more.classList.add("more");
    this.shut = round("close", () => this.close());
    this.options = el("div", { class: "options", id: "options", hidden: true });
    this.banner = el("p", { class: "banner", role: "status" });
    this.log = el("div", { class: "log", role: "log" });
    this.typing = el("div", { class: "typing", "aria-hidden": "true", hidden: true });
    this.typing.append(el("i"), el("i"), el("i"));
    this.heard = el("p", { class: "hidden", role: "status" });
    this.choices = el("div", { class: "choices", role: "group" });
    const read = [this.log, this.typing, this.choices];
    this.scroll = el("div", { class: "scroll", role: "region", tabindex: 0 }, ...read);
    this.newest = round("newest", () => this.toEnd());
    this.newest.classList.add("newest");
    this.scroll.addEventListener("scroll", () => this.mark(), { passive: true });
    const head = el("div", { class: "head" }, this.heading, this.languages, this.more, this.shut);
    const middle = el("div", { class: "middle" }, this.scroll, this.newest, this.options);
    this.dialog = el(
      "dialog",
      { "aria-labelledby": "title", keydown: (event) => this.key(event) },
      head,
      this.banner,
      middle,
      this.heard,
      this.composer.form,
    );
    // Escape closes step by step, below; the browser's own way would skip the options.
    this.dialog.addEventListener("cancel", (event) => event.preventDefault());
    this.more.setAttribute("aria-controls", "options");
  }

  // Everything anew, in the language of the moment.
  redraw(texts) {
    this.texts = texts;
    const { strings, languages, language, dir } = texts;
    this.title = this.host.heading || strings.title;
    for (const node of [this.dialog, this.launcher]) {
      node.lang = language;
      node.dir = dir;
    }
    this.launcher.replaceChildren(icon("chat"), el("span", {}, this.title));
    this.heading.textContent = this.title;
    this.languages.replaceChildren(
      ...languages.map(({ code, name }) => el("option", { value: code, lang: code }, name)),
    );
    this.languages.value = language;
    label(this.launcher, `${this.title}: ${strings.open}`);
    label(this.languages, strings.language);
    label(this.more, strings.more);
    label(this.shut, strings.close);
    label(this.newest, strings.newest);
    label(this.log, strings.conversation);
    label(this.scroll, strings.conversation);
    this.composer.redraw(texts);
    this.closeOptions();
    this.log.setAttribute("aria-live", "off"); // nothing of what follows is news
    this.log.replaceChildren(drawGreeting(this));
    this.drawn.clear();
    for (const entry of this.conversation.entries) this.draw(entry);
    clearTimeout(this.live);
    this.live = setTimeout(() => this.log.setAttribute("aria-live", "polite"), 50);
    this.offer();
    this.toEnd("auto");
  }

  draw(entry) {
    const node = drawEntry(entry, this);
    const old = this.drawn.get(entry.id);
    const question = this.drawn.get(entry.reply_to);
    const next = this.drawn.get(entry.before);
    if (old) old.replaceWith(node);
    else if (question) question.after(node);
    else if (next) next.before(node);
    else this.log.append(node);
    this.drawn.set(entry.id, node);
    return node;
  }

  show({ entry, isNew }) {
    // A verdict is shown where it is given: drawing anew would take the focus away.
    if (!isNew && entry.from === "bot") return;
    const node = this.draw(entry);
    if (!isNew) return;
    this.offer();
    if (entry.from !== "bot" || node.offsetHeight < this.scroll.clientHeight * 0.7) this.toEnd();
    else this.scroll.scrollTo({ top: node.offsetTop - 12, behavior: this.motion() });
  }

  // Buttons stand under the newest answer only; before it, the treatments and ways on.
  offer() {
    const { entries } = this.conversation;
    const last = [...entries].reverse().find((entry) => entry.from !== "note");
    const { treatments, menu, language } = this.texts;
    const answered = last && last.from === "bot";
    const ways = last ? [] : menu;
    const buttons = last ? (answered && last.buttons) || [] : treatments;
    this.choices.lang = (answered && last.answer && last.answer.language) || language;
    const draw = (kind) => ({ title, payload }) =>
      el("button", { type: "button", class: kind, click: () => this.press(title, payload) }, title);
    this.choices.replaceChildren(...buttons.map(draw(null)), ...ways.map(draw("way")));
  }

  press(title, payload) {
    this.closeOptions();
    this.scroll.focus({ preventScroll: true }); // the button goes away
    this.conversation.keep();
    this.conversation.say(title, payload);
  }

  say(text) {
    this.conversation.keep();
    this.conversation.say(text);
  }

  retry(entry) {
    this.conversation.again(entry);
  }

  judge(entry, value, reason) {
    return this.conversation.feedback(entry, value, reason);
  }

  busy(isBusy) {
    clearTimeout(this.soon);
    const { strings } = this.texts;
    if (!isBusy) {
      this.typing.hidden = true;
      this.heard.textContent = "";
      return;
    }
    this.soon = setTimeout(() => {
      this.typing.hidden = false;
      this.heard.textContent = strings.typing;
      this.toEnd();
    }, SOON);
  }

  connection(state) {
    const { strings } = this.texts;
    const trouble = { offline: "offline", unreachable: "unreachable", busy: "error.rate_limited" };
    const was = this.troubled;
    this.troubled = state in trouble ? state : null;
    if (was === this.troubled) return;
    if (this.troubled) this.banner.textContent = strings[trouble[state]];
    else if (was === "busy") this.banner.textContent = "";
    else this.announce("online");
    for (const entry of this.conversation.entries) {
      if (entry.state === "waiting") this.draw(entry);
    }
  }

  // A short notice that leaves by itself.
  announce(key) {
    this.banner.textContent = this.texts.strings[key];
    clearTimeout(this.notice);
    this.notice = setTimeout(() => {
      if (!this.troubled) this.banner.textContent = "";
    }, TELLING);
  }

  toEnd(behavior = this.motion()) {
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior });
    this.mark();
  }

  motion() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  }

  mark() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroll;
    this.newest.hidden = scrollHeight - scrollTop - clientHeight < 120;
  }
}

function label(node, text) {
  node.setAttribute("aria-label", text);
  if (node.localName === "button") node.title = text;
}
