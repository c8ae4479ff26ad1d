// Leads a breath: a ring that grows and shrinks, the word, and, where it is wanted, a soft tone.

import { h, say } from "./dom.js";
import { t } from "./strings.js";

const SMALLEST = 0.45;
const PITCH_HZ = { in: 264, hold: 330, out: 198 };
const TONE_S = 0.7;
const LOUDNESS = 0.06;

// Which part of a breath it is, and how full it is, 0 to 1.
export function pace({ inhale_s: rise, hold_s: hold, exhale_s: fall }, seconds) {
  const at = seconds % (rise + hold + fall);
  if (at < rise) return ["in", at / rise];
  if (at < rise + hold) return ["hold", 1];
  return ["out", 1 - (at - rise - hold) / fall];
}

export class Pacer {
  constructor() {
    this.ring = h("i");
    this.word = h("b");
    this.sound = h("input", { type: "checkbox", onchange: () => this.sound.checked && this.tone("in") });
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.root = h(
      "div.pacer",
      { hidden: true },
      h("div.breath", { "aria-hidden": true }, this.ring, this.word),
      h("label.check", {}, this.sound, h("span", {}, t("breath.sound"))),
    );
  }

  follow(session) {
    const breath = session?.guide.breath ?? null;
    if (session?.progress !== this.progress) {
      this.progress = session?.progress;
      this.heardAt = performance.now();
    }
    this.breath = breath;
    this.began = session?.guide.t ?? 0;
    this.plays = session?.state === "playing";
    this.root.hidden = !breath;
  }

  draw(now) {
    if (!this.breath) return;
    const since = this.plays ? (now - this.heardAt) / 1000 : 0;
    const [part, full] = pace(this.breath, Math.max(0, (this.progress?.t ?? 0) + since - this.began));
    this.ring.style.transform = `scale(${this.still.matches ? 1 : SMALLEST + (1 - SMALLEST) * full})`;
    say(this.word, t(`breath.${part}`));
    if (part !== this.part && this.plays && this.sound.checked) this.tone(part);
    this.part = part;
  }

  tone(part) {
    this.audio ??= new AudioContext();
    const { currentTime: now, destination } = this.audio;
    const gain = new GainNode(this.audio, { gain: 0 });
    const tone = new OscillatorNode(this.audio, { frequency: PITCH_HZ[part] });
    gain.gain.linearRampToValueAtTime(LOUDNESS, now + TONE_S / 4);
    gain.gain.linearRampToValueAtTime(0, now + TONE_S);
    tone.connect(gain).connect(destination);
    tone.start(now);
    tone.stop(now + TONE_S);
  }

  close() {
    this.audio?.close();
  }
}
