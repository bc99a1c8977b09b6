// One conversation: what was said, what is kept of it, and what other tabs know.
//
// An entry is {id, from: "you" | "bot" | "note", text, ...}; a patient's has a `state` of
// "waiting", "sent" or "failed", a reply has `reply_to`, `buttons` and the record `answer`.

import { Refused } from "./api.js";
import { uuid } from "./dom.js";
import { Outbox } from "./outbox.js";
import { Tabs } from "./tabs.js";

export class Conversation extends EventTarget {
  constructor(api) {
    super();
    this.api = api;
    this.tabs = new Tabs(api.base, (message) => this.hear(message));
    this.outbox = new Outbox(this, api);
    this.forgetLocally();
  }

  close() {
    this.tabs.close();
    this.outbox.close();
  }

  forgetLocally() {
    this.entries = [];
    this.language = null; // of the page and, later, of the last answer
    this.chosen = null; // the language that the patient chose in the menu
    this.wish = null; // the same, while the bot has not heard of it
    this.api.token = null;
    this.kept = false; // whether this tab's storage holds the conversation
    this.isOpen = false; // whether the patient has the window open
  }

  // Take up what this tab knows; ask the other tabs if it knows nothing. True after a reload.
  resume() {
    const state = this.tabs.load();
    if (state) {
      this.take(state);
      this.isOpen = state.isOpen;
      this.kept = true;
    } else {
      this.tabs.tell({ type: "who" });
    }
    return Boolean(state);
  }

  keep(isOpen = this.isOpen) {
    this.isOpen = isOpen;
    this.kept = true;
    this.save();
  }

  take(state) {
    this.api.token = state.token;
    this.language = state.language;
    this.chosen = state.chosen;
    this.wish = state.wish;
    this.entries = state.entries;
    this.emit("reset");
  }

  state() {
    const { language, chosen, wish, entries, isOpen } = this;
    return { token: this.api.token, language, chosen, wish, entries, isOpen };
  }

  save() {
    if (this.kept) this.tabs.save(this.state());
  }

  hear(message) {
    const known = this.entries.length > 0;
    if (message.type === "who" && known) {
      this.tabs.tell({ type: "state", state: this.state() });
    } else if (message.type === "state" && !known) {
      this.take(message.state);
      if (this.kept) this.save();
    } else if (message.type === "entry" && message.token === this.api.token) {
      this.put(message.entry, false);
    } else if (message.type === "gone" && message.token === this.api.token) {
      this.forgetLocally();
      this.tabs.clear();
      this.emit("reset");
    }
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  // Add an entry or replace the one with its id; tell the view and the other tabs.
  put(entry, tell = true) {
    const place = this.entries.findIndex((other) => other.id === entry.id);
    const question = this.entries.findIndex((other) => other.id === entry.reply_to);
    const next = this.entries.findIndex((other) => other.id === entry.before);
    if (place >= 0) this.entries[place] = entry;
    else if (question >= 0) this.entries.splice(question + 1, 0, entry);
    else if (next >= 0) this.entries.splice(next, 0, entry);
    else this.entries.push(entry);
    this.save();
    if (tell && this.api.token) this.tabs.tell({ type: "entry", token: this.api.token, entry });
    this.emit("entry", { entry, isNew: place < 0 });
  }

  note(key, before) {
    this.put({ id: uuid(), from: "note", key, before });
  }

  choose(language) {
    Object.assign(this, { language, chosen: language, wish: language });
    this.save();
  }

  say(text, payload) {
    const entry = { id: uuid(), from: "you", text, payload, state: "waiting" };
    if (this.wish) entry.language = this.wish;
    this.wish = null;
    this.put(entry);
    this.outbox.flush();
    return entry;
  }

  again(entry) {
    this.put({ ...entry, state: "waiting", tries: 0, error: null });
    this.outbox.flush();
  }

  async openSession() {
    await this.api.open(this.language);
    this.save();
  }

  accept({ messages }, entry) {
    for (const message of messages) {
      if (!this.entries.some((other) => other.id === message.id)) {
        this.put({ ...message, from: "bot" });
      }
    }
    if (entry && entry.state !== "sent") this.put({ ...entry, state: "sent" });
  }

  // Fetch replies that were given while this page did not listen, then send what waits.
  async catchUp() {
    if (this.api.token) {
      const last = this.entries.filter((entry) => entry.from === "bot").pop();
      try {
        const after = last ? "?after=" + encodeURIComponent(last.id) : "";
        const found = await this.api.call("GET", "messages" + after);
        for (const message of found.messages) {
          const asked = this.entries.find((entry) => entry.id === message.reply_to);
          this.accept({ messages: [message] }, asked);
        }
      } catch {
        // the outbox tells what is wrong, if anything waits
      }
    }
    this.outbox.flush();
  }

  feedback(entry, value, reason) {
    this.put({ ...entry, verdict: value });
    return this.api.call("POST", "feedback", { message_id: entry.id, value, reason });
  }

  // A new conversation; the old one stays with the clinic.
  restart() {
    this.tabs.tell({ type: "gone", token: this.api.token });
    const { language, chosen, isOpen } = this;
    this.forgetLocally();
    this.tabs.clear();
    Object.assign(this, { language, chosen, wish: chosen });
    this.keep(isOpen);
    this.emit("reset");
  }

  // Erase the conversation here and at the clinic.
  async forget() {
    if (this.api.token) {
      try {
        await this.api.call("POST", "forget");
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== 401) throw error;
      }
    }
    this.restart();
  }
}
