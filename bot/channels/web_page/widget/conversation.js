// One conversation: what was said, what waits to be sent, and how it gets through a bad connection.
//
// An entry is {id, from: "you" | "bot" | "note", text, ...}; a patient's has a `state` of
// "waiting", "sent" or "failed", a reply has `reply_to`, `buttons` and the record `answer`.

import { Refused, Unreachable } from "./api.js";
import { uuid } from "./dom.js";
import { Tabs } from "./tabs.js";

const FIRST_WAIT = 500; // milliseconds before the first retry, doubled each time
const LONGEST_WAIT = 15000;
const TRIES = 5; // of a message that the bot itself fails on

export class Conversation extends EventTarget {
  constructor(api) {
    super();
    this.api = api;
    this.tabs = new Tabs(api.base, (message) => this.hear(message));
    this.forgetLocally();
    this.running = false;
    this.wake = null;
    this.onLine = () => this.awake();
    window.addEventListener("online", this.onLine);
    window.addEventListener("offline", this.onLine);
  }

  close() {
    window.removeEventListener("online", this.onLine);
    window.removeEventListener("offline", this.onLine);
    this.tabs.close();
    this.closed = true;
    this.awake();
  }

  forgetLocally() {
    this.entries = [];
    this.language = null; // of the page and, later, of the last answer
    this.chosen = null; // the language that the patient chose in the menu
    this.wish = null; // the same, while the bot has not heard of it
    this.api.token = null;
    this.kept = false; // whether this tab's storage holds the conversation
  }

  // Take up what this tab knows; ask the other tabs if it knows nothing. True after a reload.
  resume() {
    const state = this.tabs.load();
    if (state) {
      this.take(state);
      this.kept = true;
    } else {
      this.tabs.tell({ type: "who" });
    }
    return Boolean(state);
  }

  keep() {
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
    const { language, chosen, wish, entries } = this;
    return { token: this.api.token, language, chosen, wish, entries };
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
    if (place >= 0) this.entries[place] = entry;
    else if (question >= 0) this.entries.splice(question + 1, 0, entry);
    else this.entries.push(entry);
    this.save();
    if (tell && this.api.token) this.tabs.tell({ type: "entry", token: this.api.token, entry });
    this.emit("entry", { entry, isNew: place < 0 });
  }

  note(key) {
    this.put({ id: uuid(), from: "note", key });
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
    this.flush();
    return entry;
  }

  again(entry) {
    this.put({ ...entry, state: "waiting", tries: 0, error: null });
    this.flush();
  }

  waiting() {
    return this.entries.find((entry) => entry.from === "you" && entry.state === "waiting");
  }

  // Send what waits, one message after the other, until nothing waits.
  async flush() {
    if (this.running) return;
    this.running = true;
    let pause = FIRST_WAIT;
    for (let entry = this.waiting(); entry && !this.closed; entry = this.waiting()) {
      this.emit("busy", true);
      try {
        if (!this.api.token) await this.openSession();
        this.accept(await this.api.call("POST", "messages", body(entry)), entry);
        pause = FIRST_WAIT;
        this.emit("connection", "up");
      } catch (error) {
        const wait = await this.cope(error, entry, pause);
        if (wait !== null) {
          this.emit("busy", false);
          await this.sleep(wait);
          pause = Math.min(pause * 2, LONGEST_WAIT);
        }
      }
    }
    this.emit("busy", false);
    this.running = false;
  }

  // Milliseconds to wait before the next try; null where there is nothing to wait for.
  async cope(error, entry, pause) {
    if (error instanceof Unreachable) {
      this.emit("connection", navigator.onLine === false ? "offline" : "unreachable");
      return pause * (0.75 + Math.random() / 2);
    }
    if (!(error instanceof Refused)) throw error;
    if (error.status === 429) {
      this.emit("connection", "busy");
      return 1000 * (error.wait || 5);
    }
    if (error.status === 401) {
      this.api.token = null;
      if (this.entries.some((other) => other.from === "bot")) this.note("expired");
      if (this.chosen) entry.language = this.chosen;
      return pause;
    }
    if (error.code === "unknown_button" && entry.payload) {
      // An older conversation's button: its title says the same in words.
      this.put({ ...entry, payload: undefined });
      return null;
    }
    if (error.status === 500 && (entry.tries || 0) < TRIES) {
      entry.tries = (entry.tries || 0) + 1;
      return pause;
    }
    this.put({ ...entry, state: "failed", error: error.code });
    return null;
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
        // flush() tells what is wrong, if anything waits
      }
    }
    this.flush();
  }

  sleep(time) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  awake() {
    this.emit("connection", navigator.onLine === false ? "offline" : "back");
    if (this.wake && navigator.onLine !== false) this.wake();
  }

  feedback(entry, value, reason) {
    this.put({ ...entry, verdict: value });
    return this.api.call("POST", "feedback", { message_id: entry.id, value, reason });
  }

  // A new conversation; the old one stays with the clinic.
  restart() {
    this.tabs.tell({ type: "gone", token: this.api.token });
    const { language, chosen } = this;
    this.forgetLocally();
    this.tabs.clear();
    Object.assign(this, { language, chosen, wish: chosen });
    this.keep();
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

function body(entry) {
  const content = { id: entry.id };
  if (entry.payload) content.payload = entry.payload;
  else content.text = entry.text;
  if (entry.language) content.language = entry.language;
  return content;
}
