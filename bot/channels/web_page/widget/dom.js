// Makes elements without ever parsing markup: every text becomes a text node.

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = {
  chat: "M21 12a8 8 0 0 1-8 8H4l2-3a8 8 0 1 1 15-5zM8.5 11.5h.01M12.5 11.5h.01M16.5 11.5h.01",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-7zM11 13l9-9",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  up: "M7 11v9H4v-9zM7 11l4-8c2 0 3 1 2.500 3L13 9h5a2 2 0 0 1 2 2.300l-1.200 7A2 2 0 0 1 17 20H7",
  down: "M7 13V4H4v9zM7 13l4 8c2 0 3-1 2.500-3L13 15h5a2 2 0 0 0 2-2.300l-1.200-7A2 2 0 0 0 17 4H7",
  phone: "M5 4h4l2 5-2.500 1.500a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z",
  newest: "M12 5v14M6 13l6 6 6-6",
  cross: "M12 6v12M6 12h12",
};

export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(key, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const image = document.createElementNS(SVG, "svg");
  image.setAttribute("viewBox", "0 0 24 24");
  image.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", SHAPES[name]);
  image.append(shape);
  return image;
}

// A number that a phone can dial, or null: clinics write "112 / 15" and "+880 1000-000000".
export function dialled(number) {
  const found = /^\+?[\d][\d ().-]*/.exec(number || "");
  return found && "tel:" + found[0].replace(/[^+\d]/g, "");
}

export function callLink(strings, number) {
  const address = dialled(number);
  if (!address) return null;
  return el("a", { class: "call", href: address }, icon("phone"), fill(strings.call, { number }));
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

// randomUUID only exists on pages served over TLS.
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
