// Calls the bot's chat interface and tells apart what can be tried again and what cannot.

const TIMEOUT = 25000; // milliseconds; a turn has 10 seconds, a weak connection needs some too

export class Refused extends Error {
  constructor(status, code, wait) {
    super(code);
    this.status = status;
    this.code = code;
    this.wait = wait; // seconds, where the bot said how long
  }
}

// No connection, or something on the way answered in the bot's place: the same call may work later.
export class Unreachable extends Error {}

export class Api {
  constructor(base) {
    this.base = base;
    this.token = null;
  }

  async call(method, path, body) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), TIMEOUT);
    const headers = {};
    if (body) headers["Content-Type"] = "application/json";
    if (this.token && !path.startsWith("strings/")) headers.Authorization = "Bearer " + this.token;
    let answer;
    let content;
    try {
      answer = await fetch(this.base + path, {
        method,
        headers,
        body: body ? JSON.stringify(body) : undefined,
        signal: stop.signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      content = await answer.json();
    } catch {
      throw new Unreachable();
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok) return content;
    const code = content && content.error && content.error.code;
    if (!code || answer.status > 500) throw new Unreachable();
    throw new Refused(answer.status, code, Number(answer.headers.get("Retry-After")) || null);
  }

  async open(language) {
    const { token } = await this.call("POST", "session", { language });
    this.token = token;
    return token;
  }
}
