// Recordings of sessions: one, or two side by side.

import { BodyMap } from "../bodymap.js";
import { clock, fill, h, percent, say } from "../dom.js";
import { address } from "../main.js";
import { t } from "../strings.js";
import { ask, choice, facts, keyed, measured, said, table, zoneName } from "../ui.js";

export async function show(main, server, [name, other]) {
  const problem = h("div");
  fill(main, h("h1", {}, t("page.recordings")), problem);
  const all = await ask(problem, () => server.call("recording.list"));
  if (!all) return;
  if (!name) {
    list(main, all);
    return;
  }
  const others = [["", t("recording.alone")], ...all.filter((each) => each.recording !== name).map((each) => [each.recording, each.recording])];
  const pick = (second) => (location.href = second ? address("recordings", name, second) : address("recordings", name));
  const outlines = await ask(problem, () => server.call("body.map"));
  if (!outlines) return;
  const both = [name, ...(other ? [other] : [])];
  const sides = both.map((each) => h("section", { "aria-label": each }, h("h2", {}, each)));
  fill(
    main,
    h("p", {}, h("a", { href: address("recordings") }, t("page.recordings"))),
    h("h1", {}, t("recording.one")),
    choice(t("recording.beside"), others, other ?? "", pick),
    h(`div.${other ? "beside" : "single"}`, {}, sides),
  );
  await Promise.all(both.map((recording, i) => report(sides[i], server, recording, outlines)));
}

function list(main, all) {
  if (!all.length) {
    main.append(h("p", {}, t("recording.none")));
    return;
  }
  main.append(
    h(
      "section.card",
      {},
      table(
        t("page.recordings"),
        [t("recording"), [t("size")]],
        all.map(({ recording, bytes }) => [
          h("a", { href: address("recordings", recording) }, recording.replace(".jsonl", "")),
          [`${Math.round(bytes / 1000)} kB`],
        ]),
      ),
    ),
  );
}

async function report(side, server, recording, outlines) {
  const problem = h("div");
  side.append(problem);
  const told = await ask(problem, () => server.call("recording.report", { recording, course: true }));
  if (!told) return;
  const whole = `api/recordings/${encodeURIComponent(recording)}`;
  side.append(h("p", {}, h("a", { href: whole, target: "_blank", rel: "noopener" }, t("recording.page"))), ...drawn(told, outlines));
}

// A report with its course, as elements; simulations are told of in the same way.
export function drawn(told, outlines) {
  const about = told.find(({ event }) => event === "report");
  const course = told.find(({ event }) => event === "course");
  return [
    h(
      "section.card",
      {},
      facts([
        [t("routine"), about.profile],
        [t("device"), about.device],
        [t("recording.clock"), clock(about.duration_s)],
        [t("recording.moved"), clock(about.moved_s)],
        [t("ended"), keyed("span", `ending.${about.reason?.split(":")[0]}`, about.says ?? "")],
        [t("peak"), percent(about.peak)],
        [t("recording.mean"), percent(about.mean)],
        [t("trips"), about.trips],
      ]),
      about.breaches.map((each) => said("p.alarm", each.message ?? each)),
      about.notes.map((each) => said("p.note", each)),
    ),
    h("section.card", {}, h("h2", {}, t("replay")), replay(outlines, course, about)),
    h(
      "section.card",
      {},
      h("h2", {}, t("recording.zones")),
      h("p.note", {}, t("recording.dose"), about.ceilings_of === "device" ? ` ${t("recording.ceilings.device")}` : ""),
      table(
        t("recording.zones"),
        [t("zone"), t("dose"), t("peak"), [t("stay")]],
        about.zones.map(({ title, dose, dose_most: most, peak, ceiling, dwell_s: stay }) => [
          zoneName(title),
          measured(dose, most, t("of", { n: dose.toFixed(1), of: most.toFixed(0) })),
          measured(peak, ceiling, t("of", { n: Math.round(peak * 100), of: percent(ceiling) })),
          [`${stay.toFixed(1)} s`],
        ]),
      ),
    ),
    h(
      "section.card",
      {},
      h("h2", {}, t("recording.events")),
      table(
        t("recording.events"),
        [[t("time")], t("event")],
        about.events.filter(({ says }) => says).map(({ t: at, says }) => [[clock(at)], said("span", says)]),
      ),
    ),
  ];
}

// What was felt in a run, moment by moment: the body, and a slider over time.
function replay(outlines, { column_s, columns, places, felt, stature_m }, { steps, excluded }) {
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
