// Keeps the conversation while the tab lives, and shares it with other tabs of the same site.
//
// Nothing is written before the patient opens the chat; nothing outlives the last tab.

const KEY = "clinic-chat";

export class Tabs {
  constructor(scope, receive) {
    this.key = `${KEY} ${scope}`;
    this.channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(this.key) : null;
    if (this.channel) this.channel.onmessage = (event) => receive(event.data);
  }

  load() {
    try {
      return JSON.parse(sessionStorage.getItem(this.key));
    } catch {
      return null;
    }
  }

  save(state) {
    try {
      sessionStorage.setItem(this.key, JSON.stringify(state));
    } catch {
      // Storage is full or forbidden: the conversation goes on, it only cannot survive a reload.
    }
  }

  clear() {
    try {
      sessionStorage.removeItem(this.key);
    } catch {
      // as above
    }
  }

  tell(message) {
    if (this.channel) this.channel.postMessage(message);
  }

  close() {
    if (this.channel) this.channel.close();
  }
}
