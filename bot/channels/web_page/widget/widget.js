// <clinic-chat>: the clinic's chat as one element. The script's own tag may carry its settings.

import { Api } from "./api.js";
import { Conversation } from "./conversation.js";
import { Panel } from "./panel.js";

const SETTINGS = ["language", "color", "position", "title", "theme", "open"];
const SCRIPT = document.currentScript;
const BASE = new URL(".", SCRIPT.src).href;
const LONGEST_PAUSE = 30000; // milliseconds between two tries to get the words

class ClinicChat extends HTMLElement {
  connectedCallback() {
    if (this.conversation) return; // only moved to another place in the page
    if (!this.shadowRoot) this.prepare();
    this.texts = new Map(); // language -> its words, as asked for
    this.conversation = new Conversation(new Api(BASE));
    this.begin(this.conversation);
  }

  disconnectedCallback() {
    setTimeout(() => {
      if (this.isConnected || !this.conversation) return;
      this.conversation.close();
      this.conversation = null;
      this.shadowRoot.replaceChildren();
    });
  }

  prepare() {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    if (this.getAttribute("color")) paint(this, this.getAttribute("color"));
    this.heading = this.getAttribute("title");
    this.removeAttribute("title"); // or it would pop up over every part of the chat
  }

  async begin(conversation) {
    const resumed = conversation.resume();
    const wished = conversation.language || this.getAttribute("language");
    const page = document.documentElement.lang || navigator.language || "en";
    const texts = await this.load(wished || page);
    if (this.conversation !== conversation) return; // taken off the page meanwhile
    conversation.language ||= texts.language;

    this.panel = new Panel(this, conversation, (language) => this.choose(language));
    this.shadowRoot.append(this.panel.launcher, this.panel.dialog);
    this.panel.redraw(texts);
    const on = (type, listener) =>
      conversation.addEventListener(type, (event) => listener(event.detail));
    on("entry", (detail) => this.show(detail));
    on("reset", () => this.speak(conversation.language || this.panel.texts.language));
    on("busy", (isBusy) => this.panel.busy(isBusy));
    on("connection", (state) => this.panel.connection(state));
    if (resumed ? conversation.isOpen : this.hasAttribute("open")) this.panel.open(false);
    if (resumed) conversation.catchUp();
    this.setAttribute("ready", "");
    performance.mark("clinic-chat ready");
  }

  // The words of a language, tried until they come: without words there is nothing to show.
  async load(language) {
    for (let pause = 1000; !this.texts.has(language); pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        const path = "strings/" + encodeURIComponent(language);
        this.texts.set(language, await this.conversation.api.call("GET", path));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    return this.texts.get(language);
  }

  async show(detail) {
    const { entry, isNew } = detail;
    const language = entry.answer && entry.answer.language;
    // The window follows the language of the conversation.
    if (isNew && language && language !== this.panel.texts.language) await this.speak(language);
    else this.panel.show(detail);
  }

  async speak(language) {
    this.conversation.language = language;
    const texts = await this.load(language);
    if (this.conversation.language === language) this.panel.redraw(texts);
    this.conversation.save();
  }

  // The patient's choice in the menu: the window changes at once, the bot is told.
  async choose(language) {
    this.conversation.choose(language);
    const { languages } = this.panel.texts;
    if (this.conversation.entries.some((entry) => entry.from === "bot")) {
      const { name, payload } = languages.find(({ code }) => code === language);
      this.panel.press(name, payload);
    }
    await this.speak(language);
  }
}

// A clinic's colour, with black or white on it, whichever reads better.
function paint(host, color) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = color;
  const [red, green, blue] = canvas.fillStyle.match(/[0-9a-f]{2}/g).map((part) => {
    const share = parseInt(part, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  host.style.setProperty("--clinic-chat-accent", canvas.fillStyle);
  host.style.setProperty("--clinic-chat-on-accent", light > 0.179 ? "#000" : "#fff");
}

function start() {
  customElements.define("clinic-chat", ClinicChat);
  if (document.querySelector("clinic-chat")) return;
  const chat = document.createElement("clinic-chat");
  for (const key of SETTINGS) {
    if (key in SCRIPT.dataset) chat.setAttribute(key, SCRIPT.dataset[key]);
  }
  document.body.append(chat);
}

if (customElements.get("clinic-chat")) {
  // The script stands on the page twice: once is enough.
} else if (document.body && document.readyState !== "loading") {
  start();
} else {
  document.addEventListener("DOMContentLoaded", start);
}
