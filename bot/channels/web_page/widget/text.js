// Sets the text of an answer: paragraphs, lists and line ends, as nodes and never as markup.

import { el } from "./dom.js";

const RANGE = /(\p{Nd}+\s?[-–—]\s?\p{Nd}+)/u;
const BULLET = /^\s*[-*•·]\s+/;
const NUMBER = /^\s*(\p{Nd}{1,2})[.)、．।]\s*/u;

export function paragraphs(text) {
  const nodes = [];
  for (const block of text.split(/\n{2,}/)) {
    let kind = null;
    let open = null;
    for (const line of block.split("\n")) {
      if (!line.trim()) continue;
      const next = BULLET.test(line) ? "ul" : NUMBER.test(line) ? "ol" : "p";
      if (next !== kind) {
        open = el(next);
        nodes.push(open);
        kind = next;
      } else if (next === "p") {
        open.append(el("br"));
      }
      if (next === "p") open.append(...inline(line));
      else open.append(item(line, next));
    }
  }
  return nodes;
}

function item(line, kind) {
  if (kind === "ul") return el("li", {}, ...inline(line.replace(BULLET, "")));
  const value = digits(NUMBER.exec(line)[1]);
  return el("li", { value }, ...inline(line.replace(NUMBER, "")));
}

// "15–30" stays on one line.
function inline(line) {
  return line.split(RANGE).map((part) => (RANGE.test(part) ? el("b", {}, part) : part));
}

// Every script's digits stand in a row of ten, so the zero before them tells their value.
function digits(typed) {
  let value = 0;
  for (const digit of typed) {
    let zero = digit.codePointAt(0);
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && digit.codePointAt(0) - zero < 9) zero--;
    value = value * 10 + digit.codePointAt(0) - zero;
  }
  return value;
}

// The line that names the source stands in the text for channels that show nothing but text.
export function withoutSource(text, pattern) {
  const start = (pattern || "").split("{")[0];
  if (!start.trim()) return text;
  return text
    .split("\n")
    .filter((line) => !line.startsWith(start))
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

// Script tells the language of what a patient types, where it can; a screen reader needs no more.
export function scriptLanguage(text) {
  if (/\p{Script=Bengali}/u.test(text)) return "bn";
  if (/\p{Script=Han}/u.test(text)) return "zh";
  return null;
}
