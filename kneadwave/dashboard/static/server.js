// The line to the server: calls and answers, what is told, and whether anybody is still there.
// One websocket; a call goes by POST where it is down. Of a gap in what is told, a snapshot is asked for.

import { Sessions } from "./sessions.js";

const HERE_MS = 1000; // how often a page says that somebody is there
const STALE_MS = 850; // the server says something twice a second
const LOOK_MS = 100; // how often it is looked: an old page says so within a second
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 3000;

export class Refused extends Error {
  constructor(error) {
    super(error.message);
    this.code = error.code;
    this.data = error.data ?? {};
  }
}

export class Server extends EventTarget {
  constructor() {
    super();
    this.about = {};
    this.line = "api/ws";
    this.sessions = new Sessions((id) => this.call("session.snapshot", { session: id }));
    this.frames = null; // hears of each message of frames
    this.heardAt = 0;
    this.wait = FIRST_WAIT_MS;
    this.number = 0;
    this.stops = 0; // how often it was asked for
    this.calls = new Map();
    setInterval(() => this.tick(), LOOK_MS);
  }

  get open() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  get stale() {
    return !this.open || performance.now() - this.heardAt > STALE_MS;
  }

  async login(secret) {
    const answer = await post("api/login", secret);
    if (!answer.ok) throw new Error((await answer.json()).error);
    this.connect();
  }

  connect() {
    this.socket?.close();
    const socket = new WebSocket(new URL(this.line, location.href.replace(/^http/, "ws").replace(/#.*/, "")));
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => this.hear(data);
    socket.onclose = ({ code }) => this.closed(socket, code);
    this.socket = socket;
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    for (const { fail } of this.calls.values()) fail(new Refused({ code: -32000, message: "connection" }));
    this.calls.clear();
    this.emit("change");
    if (code === 4401) {
      this.emit("login");
      return;
    }
    setTimeout(() => socket === this.socket && this.connect(), this.wait);
    this.wait = Math.min(LONGEST_WAIT_MS, this.wait * 2);
  }

  hear(data) {
    this.heardAt = performance.now();
    if (data instanceof ArrayBuffer) {
      this.frames?.(data, this.heardAt);
      return;
    }
    const told = JSON.parse(data);
    if (told.answer) this.answered(told.answer);
    else if (told.delta) this.sessions.take(told).then(() => this.emit("delta", told));
    else if (told.sessions) {
      this.wait = FIRST_WAIT_MS;
      this.about = told;
      this.sessions.replace(told.sessions);
      this.emit("hello");
    }
    this.emit("change");
  }

  answered(answer) {
    const call = this.calls.get(answer.id);
    this.calls.delete(answer.id);
    if (!call) return;
    if (answer.error) call.fail(new Refused(answer.error));
    else call.done(answer.result);
  }

  async call(method, params = {}) {
    const request = { jsonrpc: "2.0", id: ++this.number, method, params };
    if (this.open) {
      const answered = new Promise((done, fail) => this.calls.set(request.id, { done, fail }));
      this.socket.send(JSON.stringify(request));
      return answered;
    }
    const answer = await (await post("api/rpc", request)).json();
    if (answer.error) throw new Refused(answer.error.message ? answer.error : { code: -32001, message: answer.error });
    return answer.result;
  }

  // Until a session that was begun here is over.
  over(id) {
    return new Promise((done) => {
      let known = false;
      const look = () => {
        const found = this.sessions.all.get(id);
        known ||= Boolean(found);
        if (!known || (found && found.state !== "over")) return;
        this.removeEventListener("change", look);
        done();
      };
      this.addEventListener("change", look);
      look();
    });
  }

  // By every way there is, at once: a dead websocket must not lose it. Why it was not heard; "" where it was,
  // by sessions of this page; else what became of others on the server's computer.
  stop(path = "api/stop", method = "session.stop_all", params = undefined) {
    this.stops += 1;
    if (this.open) this.socket.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
    return post(path, params).then(
      async (answer) => {
        if (!answer.ok) return this.open ? "" : answer.status === 401 ? "refused" : "unreached";
        const { asked = [], elsewhere } = await answer.json().catch(() => ({}));
        if (elsewhere) return Object.values(elsewhere).every(Boolean) ? "confirmed" : "not confirmed";
        return asked.length || path !== "api/stop" ? "" : "nothing";
      },
      () => (this.open ? "" : "unreached"),
    );
  }

  tick() {
    const now = performance.now();
    if (this.open && now - (this.saidAt ?? 0) >= HERE_MS - 100) {
      this.saidAt = now;
      this.socket.send("here");
    }
    if (this.stale !== this.wasStale) {
      this.wasStale = this.stale;
      this.emit("change");
    }
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

function post(path, body) {
  return fetch(path, {
    method: "POST",
    headers: body ? { "content-type": "application/json" } : {},
    body: body && JSON.stringify(body),
    keepalive: true,
  });
}
