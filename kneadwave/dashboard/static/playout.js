// When each frame is felt: frames come in lots, up to LEAD_MS early, and are drawn when they are due.

const LEAD_MS = 250; // a session hands its frames out so much ahead at the most
const KEPT = 400;
const LATE_MS = 400; // a session that stood still is followed anew

export function* framesOf(buffer) {
  const view = new DataView(buffer);
  for (let at = 0; at + 12 <= buffer.byteLength; ) {
    const count = view.getUint16(at + 8, true);
    if (at + 12 + 2 * count > buffer.byteLength) return;
    yield {
      session: String(view.getUint32(at, true)),
      t: view.getUint32(at + 4, true),
      drives: new Uint8Array(buffer, at + 12, count),
    };
    at += 12 + 2 * count;
  }
}

export class Playout {
  constructor() {
    this.begin("");
  }

  begin(session) {
    this.session = session;
    this.frames = [];
    this.offset = Infinity; // of the session's time to the page's, by the frame that came earliest
    this.drawn = null;
  }

  take(frame, arrived) {
    if (frame.session !== this.session) return;
    const offset = arrived - frame.t;
    if (offset < this.offset || offset > this.offset + LEAD_MS + LATE_MS) this.offset = offset;
    this.frames.push(frame);
    if (this.frames.length > KEPT) this.frames.shift();
  }

  // The frame that is felt now; null where nothing has changed since the last call.
  due(now) {
    const t = now - this.offset - LEAD_MS;
    let found = null;
    while (this.frames.length && this.frames[0].t <= t) found = this.frames.shift();
    if (found) this.drawn = found;
    return found;
  }
}

// What a drive feels like, 0 to 1: firmware_bridge/devices/response.py.
export function felt(drive, place) {
  if (drive <= place.start) return 0;
  return Math.min(1, (drive - place.start) / (255 - place.start)) ** (1 / place.exponent);
}
