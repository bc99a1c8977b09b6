// Draws one entry of the conversation: a patient's words, an answer with its source, or a note.

import { callLink, dialled, el, icon } from "./dom.js";
import { paragraphs, scriptLanguage, withoutSource } from "./text.js";

// What a verdict tells the clinic something about.
const JUDGED = new Set(
  "answer not_stated suitability comparison list medical_advice contact handoff".split(" "),
);
const REACH = new Set(["handoff", "contact", "medical_advice", "fallback"]);

export function drawEntry(entry, chat) {
  if (entry.from === "note") {
    return el("p", { class: "note" }, chat.texts.strings[entry.key] || "");
  }
  return entry.from === "you" ? drawQuestion(entry, chat) : drawAnswer(entry, chat);
}

function drawQuestion(entry, chat) {
  const { strings } = chat.texts;
  const language = scriptLanguage(entry.text);
  const bubble = el("div", { class: "bubble", lang: language, dir: "auto" }, entry.text);
  const block = el("div", { class: "you" }, speaker(strings.you), bubble);
  if (entry.state === "failed") {
    const text = strings["error." + entry.error] || strings["error.unavailable"];
    const retry = el("button", { type: "button", click: () => chat.retry(entry) }, strings.retry);
    block.append(el("p", { class: "state failed" }, strings.not_sent, ": ", text, " ", retry));
  } else if (entry.state === "waiting" && chat.troubled) {
    block.append(el("p", { class: "state" }, strings.waiting));
  }
  return block;
}

function drawAnswer(entry, chat) {
  const { strings, contact, documents } = chat.texts;
  const answer = entry.answer || {};
  const sources = answer.sources || [];
  const text = sources.length ? withoutSource(entry.text, strings.source_line) : entry.text;
  const language = answer.language || chat.texts.language;
  const body = el("div", { class: "bubble", lang: language, dir: "auto" }, ...paragraphs(text));
  if (answer.kind === "emergency") {
    const calls = [contact.emergency, contact.emergency_line].map((n) => callLink(strings, n));
    body.append(el("div", { class: "calls" }, ...calls));
  } else if (REACH.has(answer.kind) && dialled(contact.phone)) {
    body.append(el("div", { class: "calls" }, callLink(strings, contact.phone)));
  }
  if (sources.length) body.append(drawSources(sources, documents, strings));
  const kind = answer.kind === "emergency" ? "bot urgent" : "bot";
  const block = el("div", { class: kind }, speaker(strings.assistant), body);
  if (JUDGED.has(answer.kind)) block.append(drawVerdict(entry, chat));
  return block;
}

function speaker(name) {
  return el("span", { class: "hidden" }, name + ": ");
}

function drawSources(sources, documents, strings) {
  const items = sources.map(({ document, section, language }) =>
    el(
      "li",
      {},
      el("cite", {}, (documents && documents[document]) || document),
      " › ",
      el("span", { lang: language }, section),
    ),
  );
  return el("details", {}, el("summary", {}, strings.source), el("ul", {}, ...items));
}

function drawVerdict(entry, chat) {
  const { strings } = chat.texts;
  const area = el("div", { class: "verdict", role: "group", "aria-label": strings.helpful });
  const status = el("span", { class: "thanks", role: "status" });
  const thumb = (value, label) =>
    el(
      "button",
      {
        type: "button",
        class: "round",
        "aria-label": label,
        title: label,
        "aria-pressed": String(entry.verdict === value),
        click: (event) => choose(value, event.currentTarget),
      },
      icon(value),
    );
  const choose = (value, button) => {
    for (const other of area.querySelectorAll(".round")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    const form = area.querySelector("form");
    if (form) form.remove();
    send(value);
    if (value === "down") area.append(reasonForm(strings, (reason) => send("down", reason)));
  };
  const send = (value, reason) => {
    entry.verdict = value;
    status.textContent = strings.thanks;
    chat.judge(entry, value, reason).catch(() => {
      status.textContent = strings["error.unavailable"];
    });
  };
  area.append(thumb("up", strings.helpful_yes), thumb("down", strings.helpful_no), status);
  return area;
}

function reasonForm(strings, send) {
  const field = el("textarea", { rows: 2, maxlength: 500, dir: "auto" });
  const form = el(
    "form",
    {
      submit: (event) => {
        event.preventDefault();
        if (field.value.trim()) send(field.value.trim());
        form.replaceWith();
      },
    },
    el("label", {}, strings.reason, field),
    el("button", { type: "submit" }, strings.reason_send),
  );
  return form;
}

// The greeting: who speaks, what can be asked, where to turn in an emergency.
export function drawGreeting(chat) {
  const { strings, contact, language } = chat.texts;
  const body = el("div", { class: "bubble", lang: language }, el("p", {}, strings.greeting));
  if (dialled(contact.emergency)) {
    const [before, after] = strings.emergency.split("{number}");
    const link = el("a", { href: dialled(contact.emergency) }, contact.emergency);
    body.append(el("p", { class: "danger" }, before, link, after));
  }
  body.append(el("p", {}, strings.choose));
  return el("div", { class: "bot" }, speaker(strings.assistant), body);
}

// The conversation as plain text, to copy or print.
export function asText(entries, texts) {
  const { strings, documents } = texts;
  const lines = entries.map((entry) => {
    if (entry.from === "note") return strings[entry.key] || "";
    if (entry.from === "you") return `${strings.you}: ${entry.text}`;
    const sources = ((entry.answer && entry.answer.sources) || []).map(
      ({ document, section }) => `${(documents && documents[document]) || document} › ${section}`,
    );
    const text = sources.length ? withoutSource(entry.text, strings.source_line) : entry.text;
    const origin = sources.length ? `\n${strings.source}: ${sources.join("; ")}` : "";
    return `${strings.assistant}: ${text}${origin}`;
  });
  return lines.join("\n\n");
}
