// The body from behind on a canvas: what is never touched is hatched, each actuator is as strong as it is felt.

import { felt } from "./playout.js";

const LEAST_MM = 13;
const PAD_MM = 30;

export class BodyMap {
  constructor(canvas, outlines) {
    this.canvas = canvas;
    this.outlines = outlines;
    this.places = [];
    this.off = new Set();
    this.levels = [];
    this.back = document.createElement("canvas");
    new ResizeObserver(() => this.resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.resize());
  }

  // `start` is the event of a session that begins, or anything with the same places.
  show(start) {
    this.places = start?.places ?? [];
    this.off = new Set((start?.excluded ?? []).map((each) => each.id));
    this.scale = (start?.stature_m ?? this.outlines.stature_m) / this.outlines.stature_m;
    this.levels = this.places.map(() => 0);
    this.resize();
  }

  frame(drives) {
    this.feel(this.places.map((place, i) => felt(drives[i] ?? 0, place)));
  }

  feel(levels) {
    this.levels = levels;
    this.draw();
  }

  resize() {
    const { canvas, back } = this;
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = back.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = back.height = Math.round(canvas.clientHeight * ratio);
    if (!canvas.width || !canvas.height) return;
    const placed = this.places.filter((each) => each.x_mm !== null);
    const scale = this.scale ?? 1;
    const low = Math.min(-120 * scale, ...placed.map((each) => each.y_mm - each.radius_mm)) - PAD_MM;
    const high = 965 * scale;
    const half = Math.max(335 * scale, ...placed.map((each) => Math.abs(each.x_mm) + each.radius_mm + 10));
    this.zoom = Math.min(canvas.width / (2 * half), canvas.height / (high - low));
    this.middle = canvas.width / 2;
    this.top = (canvas.height - (high - low) * this.zoom) / 2 + high * this.zoom;
    this.colours = colours(canvas);
    this.paintBack(scale);
    this.draw();
  }

  x = (mm) => this.middle + mm * this.zoom;
  y = (mm) => this.top - mm * this.zoom;

  // Where a click was, in mm as places have it.
  at(event) {
    const box = this.canvas.getBoundingClientRect();
    const ratio = this.canvas.width / box.width;
    const x = (event.clientX - box.left) * ratio;
    const y = (event.clientY - box.top) * ratio;
    return [(x - this.middle) / this.zoom, (this.top - y) / this.zoom];
  }

  paintBack(scale) {
    const pen = this.back.getContext("2d");
    const path = (points) => {
      pen.beginPath();
      for (const [x, y] of points) pen.lineTo(this.x(x * scale), this.y(y * scale));
      pen.closePath();
    };
    pen.clearRect(0, 0, this.back.width, this.back.height);
    path(this.outlines.silhouette);
    pen.fillStyle = this.colours.skin;
    pen.strokeStyle = this.colours.edge;
    pen.fill();
    pen.stroke();
    pen.save();
    pen.clip();
    pen.strokeStyle = this.colours.zone;
    for (const { outline } of this.outlines.zones) {
      path(outline);
      pen.stroke();
    }
    pen.restore();
    for (const { outline, margin_mm } of this.outlines.excluded) {
      path(outline);
      pen.lineWidth = 2 * margin_mm * scale * this.zoom;
      pen.lineJoin = "round";
      pen.strokeStyle = this.colours.banTint;
      pen.stroke();
      pen.lineWidth = 1;
      pen.fillStyle = hatch(pen, this.colours.ban);
      pen.fill();
    }
  }

  draw() {
    if (!this.canvas.width || !this.canvas.height) return; // it is not shown yet
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.drawImage(this.back, 0, 0);
    this.places.forEach((place, i) => {
      if (place.x_mm === null) return;
      const radius = Math.max(place.radius_mm, LEAST_MM) * this.zoom;
      const x = this.x(place.x_mm);
      const y = this.y(place.y_mm);
      pen.beginPath();
      pen.arc(x, y, radius, 0, 2 * Math.PI);
      pen.strokeStyle = this.colours.edge;
      pen.stroke();
      if (this.off.has(place.id)) {
        pen.beginPath();
        pen.moveTo(x - radius * 0.6, y - radius * 0.6);
        pen.lineTo(x + radius * 0.6, y + radius * 0.6);
        pen.strokeStyle = this.colours.ban;
        pen.stroke();
        return;
      }
      const level = this.levels[i];
      if (!level) return;
      pen.beginPath();
      pen.arc(x, y, radius * (0.35 + 0.65 * Math.sqrt(level)), 0, 2 * Math.PI);
      pen.fillStyle = this.colours.levels[Math.min(7, Math.floor(level * 8))];
      pen.fill();
    });
  }
}

function colours(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return {
    skin: of("--skin"),
    edge: of("--skin-edge"),
    zone: of("--zone"),
    ban: of("--ban"),
    banTint: of("--ban-tint"),
    levels: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => of(`--l${n}`)),
  };
}

function hatch(pen, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 7;
  const line = tile.getContext("2d");
  line.strokeStyle = colour;
  line.beginPath();
  line.moveTo(0, 7);
  line.lineTo(7, 0);
  line.stroke();
  return pen.createPattern(tile, "repeat");
}
