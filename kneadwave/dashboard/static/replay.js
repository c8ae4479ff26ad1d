// What was felt in a run, moment by moment: the body, and a slider over time.

import { BodyMap } from "./bodymap.js";
import { clock, h, say } from "./dom.js";
import { t } from "./strings.js";

export function replay(outlines, { column_s, columns, places, felt, stature_m }, { steps, excluded }) {
  const bytes = Uint8Array.from(atob(felt), (each) => each.charCodeAt(0));
  const canvas = h("canvas", { role: "img", "aria-label": t("replay.map") });
  const map = new BodyMap(canvas, outlines);
  const moment = h("p.time");
  const slider = h("input", { type: "range", min: 0, max: Math.max(0, columns - 1), step: 1, oninput: draw });
  const levels = (at) => places.map((_, i) => bytes[i * columns + at] / 255);
  function draw() {
    const at = Number(slider.value);
    const now = at * column_s;
    const step = steps.findLast((each) => each.start <= now + column_s / 2);
    const text = `${clock(now)} / ${clock(columns * column_s)} ${step?.name ?? ""}`;
    say(moment, text);
    slider.setAttribute("aria-valuetext", text);
    map.feel(levels(at));
  }
  map.show({ places, excluded, stature_m });
  let first = 0;
  while (first < columns - 1 && Math.max(...levels(first)) < 0.1) first += 1;
  slider.value = first;
  draw();
  return h("figure.replay", {}, canvas, h("label", {}, t("replay.time"), slider), moment);
}
