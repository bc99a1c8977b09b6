// Sends what the patient wrote, in order, through whatever connection there is.
//
// A message keeps its id however often it is sent, so the bot answers it once.

import { Refused, Unreachable } from "./api.js";

const FIRST_WAIT = 500; // milliseconds before the first retry, doubled each time
const LONGEST_WAIT = 8000;
const TRIES = 5; // of a message that the bot itself fails on

export class Outbox {
  constructor(conversation, api) {
    this.conversation = conversation;
    this.api = api;
    this.running = false;
    this.wake = null;
    this.restUntil = 0; // as the bot asked us to write less often
    this.onLine = () => this.awake();
    window.addEventListener("online", this.onLine);
    window.addEventListener("offline", this.onLine);
  }

  close() {
    window.removeEventListener("online", this.onLine);
    window.removeEventListener("offline", this.onLine);
    this.closed = true;
    if (this.wake) this.wake();
  }

  waiting() {
    const { entries } = this.conversation;
    return entries.find((entry) => entry.from === "you" && entry.state === "waiting");
  }

  // Send what waits, one message after the other, until nothing waits.
  async flush() {
    if (this.running) {
      // Whoever writes looks at the page: a good moment to try again.
      if (this.wake) this.wake();
      return;
    }
    this.running = true;
    try {
      let pause = FIRST_WAIT;
      for (let entry = this.waiting(); entry && !this.closed; entry = this.waiting()) {
        this.conversation.emit("busy", true);
        const wait = await this.send(entry, pause);
        pause = wait ? Math.min(pause * 2, LONGEST_WAIT) : FIRST_WAIT;
        if (!wait) continue;
        this.conversation.emit("busy", false);
        await this.sleep(wait);
      }
    } finally {
      this.running = false;
      this.conversation.emit("busy", false);
    }
  }

  // Try to send one message; the milliseconds to wait before the next try, 0 if none is needed.
  async send(entry, pause) {
    const { conversation, api } = this;
    try {
      if (!api.token) await conversation.openSession();
      const { token } = api;
      const answer = await api.call("POST", "messages", body(entry));
      if (token === api.token) conversation.accept(answer, entry); // else it was left meanwhile
      conversation.emit("connection", "up");
      return 0;
    } catch (error) {
      return this.cope(error, entry, pause);
    }
  }

  cope(error, entry, pause) {
    const { conversation, api } = this;
    if (error instanceof Unreachable) {
      conversation.emit("connection", navigator.onLine === false ? "offline" : "unreachable");
      return pause * (0.75 + Math.random() / 2);
    }
    if (!(error instanceof Refused)) throw error;
    if (error.status === 429) {
      conversation.emit("connection", "busy");
      this.restUntil = Date.now() + 1000 * (error.wait || 5);
      return 1000 * (error.wait || 5);
    }
    if (error.status === 401) {
      api.token = null;
      if (conversation.entries.some((other) => other.from === "bot")) {
        conversation.note("expired", entry.id);
      }
      if (conversation.chosen) entry.language = conversation.chosen;
      return pause;
    }
    if (error.code === "unknown_button" && entry.payload) {
      // An older conversation's button: its title says the same in words.
      conversation.put({ ...entry, payload: undefined });
      return 0;
    }
    if (error.status === 500 && (entry.tries || 0) < TRIES) {
      entry.tries = (entry.tries || 0) + 1;
      return pause;
    }
    conversation.put({ ...entry, state: "failed", error: error.code });
    return 0;
  }

  sleep(time) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, time);
      this.wake = () => {
        if (Date.now() < this.restUntil && !this.closed) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  awake() {
    this.conversation.emit("connection", navigator.onLine === false ? "offline" : "back");
    if (this.wake && navigator.onLine !== false) this.wake();
  }
}

function body(entry) {
  const content = { id: entry.id };
  if (entry.payload) content.payload = entry.payload;
  else content.text = entry.text;
  if (entry.language) content.language = entry.language;
  return content;
}
