// How the chat window opens, closes and fits the screen, and its menu with it.

import { drawOptions } from "./options.js";

const SMALL = "(max-width: 30rem), (max-height: 30rem)";

export class Frame {
  constructor() {
    this.small = matchMedia(SMALL);
    this.small.addEventListener("change", () => this.dialog.open && this.unfold());
    this.keyboard = () => this.fit();
  }

  open(byPatient = true) {
    this.launcher.hidden = true;
    this.conversation.keep(true);
    this.unfold();
    window.visualViewport?.addEventListener("resize", this.keyboard);
    this.toEnd("auto");
    // On a touch screen the field would call the keyboard up, over half of the conversation.
    const touch = matchMedia("(pointer: coarse)").matches;
    if (byPatient) (touch ? this.scroll : this.composer.field).focus({ preventScroll: true });
  }

  // On a small screen the window fills it and the page behind takes no part.
  unfold() {
    const before = deepest(document);
    this.dialog.close();
    if (this.small.matches) this.dialog.showModal();
    else this.dialog.show();
    // A dialog takes the focus when it opens: the reader keeps it where it was.
    const taken = deepest(document);
    if (taken !== before && taken) taken.blur();
    if (before) before.focus({ preventScroll: true });
    this.fit();
  }

  close() {
    this.closeOptions();
    this.dialog.close();
    this.conversation.keep(false);
    window.visualViewport?.removeEventListener("resize", this.keyboard);
    this.launcher.hidden = false;
    this.launcher.focus();
  }

  // The keyboard of a phone covers the page instead of making it smaller.
  fit() {
    const full = this.small.matches && window.visualViewport && window.visualViewport.scale === 1;
    this.dialog.style.height = full ? window.visualViewport.height + "px" : "";
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    if (this.options.hidden) this.close();
    else this.closeOptions(true);
  }

  toggleOptions() {
    if (!this.options.hidden) return this.closeOptions(true);
    this.options.replaceChildren(...drawOptions(this));
    this.options.hidden = false;
    this.more.setAttribute("aria-expanded", "true");
    this.options.querySelector("button").focus();
  }

  closeOptions(refocus = false) {
    this.options.hidden = true;
    this.more.setAttribute("aria-expanded", "false");
    if (refocus) this.more.focus();
  }
}

// What has the focus, inside shadow roots too.
function deepest(root) {
  let found = root.activeElement;
  while (found && found.shadowRoot && found.shadowRoot.activeElement) {
    found = found.shadowRoot.activeElement;
  }
  return found === document.body ? null : found;
}
