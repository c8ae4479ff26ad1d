// A curve whose points are moved: by arrows (Shift: coarse), by mouse or finger, and added by a double click.
// Points are [when, level], both 0 to 1; what is drawn is the felt level.

import { clock, percent, svg } from "./dom.js";
import { t } from "./strings.js";

const HEIGHT = 280;
const EDGE = 22;
const LEFT = 52;
const FINE = 0.01;
const COARSE = 0.05;
const SETTLE_MS = 600; // after the last key, before a change is told
const MOVES = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const within = (value, low, high) => Math.min(high, Math.max(low, value));

// Whether the person in use may have less than the step.
export const less = ({ ceiling, ceiling_person: theirs }) => theirs !== null && theirs < ceiling;

export class Curve {
  // `changed` hears of the points as they are to be, `asked` of the point whose numbers are wanted.
  constructor({ changed, asked, fixed }) {
    this.told = { changed, asked };
    this.fixed = fixed;
    this.root = svg("svg", { class: "tuned", height: HEIGHT, ondblclick: (event) => this.add(event) });
    this.root.addEventListener("pointermove", (event) => this.drag(event));
    this.root.addEventListener("pointerup", () => this.drop());
    this.root.addEventListener("pointercancel", () => this.drop());
    new ResizeObserver(() => this.draw()).observe(this.root);
  }

  show(curve, points) {
    clearTimeout(this.waiting);
    this.curve = curve;
    this.points = points;
    this.top = 1.1 * Math.max(curve.level, curve.ceiling ?? 0, curve.peak, 0.1);
    this.draw();
  }

  get width() {
    return this.root.clientWidth || 600;
  }

  x = (when) => LEFT + when * (this.width - LEFT - EDGE);
  y = (felt) => HEIGHT - EDGE - (felt / this.top) * (HEIGHT - 2 * EDGE);

  line(kind, levels, times) {
    const last = this.curve.duration_s || 1;
    const at = times.map((time, i) => `${this.x(time / last).toFixed(1)},${this.y(levels[i]).toFixed(1)}`);
    return svg("polyline", { class: kind, points: at.join(" ") });
  }

  draw() {
    const { curve, points } = this;
    if (!curve) return;
    const { t: times, drawn, before, played } = curve.sampled;
    const focused = this.root.contains(document.activeElement) ? this.at : null;
    const limits = [curve.ceiling, ...(less(curve) ? [curve.ceiling_person] : [])].filter((most) => most !== null).map(this.y);
    const right = this.width - EDGE;
    this.root.replaceChildren(
      ...[0, 0.25, 0.5, 0.75, 1].flatMap((felt) =>
        felt > this.top ? [] : [
          svg("line", { class: "grid", x1: LEFT, x2: right, y1: this.y(felt), y2: this.y(felt) }),
          svg("text", { x: LEFT - 8, y: this.y(felt) + 4, "text-anchor": "end" }, percent(felt)),
        ],
      ),
      svg("text", { x: LEFT, y: HEIGHT - 4 }, "0:00"),
      svg("text", { x: right, y: HEIGHT - 4, "text-anchor": "end" }, clock(curve.duration_s)),
      ...limits.map((y) => svg("line", { class: "ceiling", x1: LEFT, x2: right, y1: y, y2: y })),
      ...(before ? [this.line("before", before, times)] : []),
      ...(played ? [this.line("played", played, times)] : []),
      this.line("drawn", drawn, times),
      ...points.map((point, i) => this.handle(point, i)),
    );
    if (focused !== null) this.root.querySelectorAll(".point")[focused]?.focus();
  }

  handle([when, level], i) {
    const [x, y] = [this.x(when), this.y(level * this.curve.level)];
    const about = {
      class: "point",
      tabindex: 0,
      role: "slider",
      "aria-label": t("tune.point", { n: i + 1 }),
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      "aria-valuenow": Math.round(level * 100),
      "aria-valuetext": `${clock(when * this.curve.duration_s)}, ${percent(level)}`,
      "aria-disabled": this.fixed ? "true" : null,
      onfocus: () => (this.at = i),
      onkeydown: (event) => this.key(event, i),
      onpointerdown: (event) => this.grab(event, i),
    };
    return svg("g", about, svg("circle", { class: "reach", cx: x, cy: y, r: 18 }), svg("circle", { cx: x, cy: y, r: 7 }));
  }

  key(event, i) {
    if (this.fixed) return;
    const move = MOVES[event.key];
    if (event.key === "Enter") this.told.asked(i);
    else if (event.key === "Delete") this.change(this.points.filter((_, other) => other !== i));
    else if (move) {
      const by = event.shiftKey ? COARSE : FINE;
      this.move(i, this.points[i][0] + move[0] * by, this.points[i][1] + move[1] * by);
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.told.changed(this.points), SETTLE_MS);
    } else return;
    event.preventDefault();
  }

  // A point stays between its neighbours.
  move(i, when, level) {
    const low = i ? this.points[i - 1][0] + FINE / 2 : 0;
    const high = i + 1 < this.points.length ? this.points[i + 1][0] - FINE / 2 : 1;
    const rounded = (value) => Math.round(value * 1000) / 1000;
    this.points = this.points.with(i, [rounded(within(when, low, high)), rounded(within(level, 0, 1))]);
    this.at = i;
    this.draw();
  }

  change(points) {
    this.points = points;
    this.draw();
    this.told.changed(points);
  }

  place(event) {
    const box = this.root.getBoundingClientRect();
    const when = (event.clientX - box.left - LEFT) / (this.width - LEFT - EDGE);
    const felt = ((HEIGHT - EDGE - (event.clientY - box.top)) / (HEIGHT - 2 * EDGE)) * this.top;
    return [within(when, 0, 1), within(felt / this.curve.level, 0, 1)];
  }

  grab(event, i) {
    if (this.fixed) return;
    this.at = i;
    this.held = { i, before: this.points };
    this.root.setPointerCapture(event.pointerId);
  }

  drag(event) {
    if (this.held) this.move(this.held.i, ...this.place(event));
  }

  drop() {
    const held = this.held;
    this.held = null;
    this.root.querySelectorAll(".point")[held?.i]?.focus();
    if (held && held.before !== this.points) this.told.changed(this.points);
  }

  add(event) {
    if (this.fixed || event.target.closest(".point")) return;
    const rounded = this.place(event).map((value) => Math.round(value * 100) / 100);
    this.change([...this.points, rounded].sort(([a], [b]) => a - b));
  }
}
