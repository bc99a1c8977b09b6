// The menu behind the three dots: ways on, and what a patient may do with the conversation.

import { el } from "./dom.js";
import { asText } from "./message.js";

export function drawOptions(chat) {
  const { strings, menu, treatments } = chat.texts;
  const say = ({ title, payload }) =>
    el("li", {}, el("button", { type: "button", click: () => chat.press(title, payload) }, title));
  const act = (key, action) =>
    el("li", {}, el("button", { type: "button", click: action }, strings[key]));
  return [
    el("ul", {}, ...treatments.map(say)),
    el("ul", {}, ...menu.map(say)),
    el(
      "ul",
      {},
      act("copy", () => copy(chat)),
      act("print", () => printOut(chat)),
      act("restart", () => ask(chat, "restart", () => chat.conversation.restart())),
      act("forget", () => ask(chat, "forget", () => forget(chat))),
    ),
  ];
}

// Ask before something is lost; the answer that changes nothing has the focus.
function ask(chat, key, action) {
  const { strings } = chat.texts;
  const no = el("button", { type: "button", click: () => chat.closeOptions() }, strings.cancel);
  const yes = el(
    "button",
    {
      type: "button",
      class: "strong",
      click: () => {
        chat.closeOptions();
        action();
      },
    },
    strings["confirm_" + key],
  );
  const question = el("p", { id: "question" }, strings[key + "_question"]);
  const attributes = { class: "ask", role: "group", "aria-labelledby": "question" };
  chat.options.replaceChildren(el("div", attributes, question, yes, no));
  no.focus();
}

async function forget(chat) {
  try {
    await chat.conversation.forget();
    chat.announce("forgotten");
  } catch {
    chat.announce("not_forgotten");
  }
}

async function copy(chat) {
  chat.closeOptions();
  const text = asText(chat.conversation.entries, chat.texts);
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No permission, or a page without TLS: the old way.
    const field = el("textarea", { class: "hidden" });
    field.value = text;
    chat.dialog.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  chat.announce("copied");
}

// A frame of our own, so that neither the page nor the chat's look is printed.
function printOut(chat) {
  chat.closeOptions();
  const frame = el("iframe", { class: "hidden", title: chat.texts.strings.print });
  chat.dialog.append(frame);
  const page = frame.contentDocument;
  page.documentElement.lang = chat.texts.language;
  page.documentElement.dir = chat.texts.dir;
  page.title = chat.title;
  for (const part of asText(chat.conversation.entries, chat.texts).split("\n\n")) {
    const line = page.createElement("p");
    line.style.whiteSpace = "pre-wrap";
    line.textContent = part;
    page.body.append(line);
  }
  frame.contentWindow.addEventListener("afterprint", () => frame.remove());
  frame.contentWindow.print();
}
