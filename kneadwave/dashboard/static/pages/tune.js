// Tune: the curve of a step, its points by keyboard, mouse and number, before and after, until it is saved.

import { Curve, less } from "../curve.js";
import { clock, fill, h, percent, say } from "../dom.js";
import { address, may } from "../main.js";
import { feelPanel, inUnit, numberLabel } from "../feel.js";
import { t } from "../strings.js";
import { ask, button, choice, facts, field, said, zoneName } from "../ui.js";

const EDITS = [
  ["shift", "-5%"],
  ["shift", "+5%"],
  ["scale", "90%"],
  ["scale", "110%"],
  ["smooth"],
];
const VARIANTS = 50;

export async function show(main, server, [asked, step = "session", on = ""]) {
  const profile = asked || (await begunHere(server));
  const fixed = !may("practitioner");
  const problem = h("div", { "aria-live": "polite" });
  const told = h("div");
  const figures = h("div");
  const numbers = h("div.numbers");
  const figuresOf = h("div.settings");
  const stepPlace = h("div");
  const top = h("span.ceiling");
  const curve = new Curve({ changed: (points) => edit(points), asked: (i) => numbers.querySelectorAll("input.level")[i]?.select(), fixed });
  const about = { profile, step };
  const device = on ? { on } : {}; // else the one that is set
  let shown = null;
  let saved = [];

  // One thing after the other: what is told of one does not wipe out what was told of the one before.
  let last = Promise.resolve();
  const inTurn = (work) => (...given) => (last = last.then(() => work(...given)));

  // Times of a curve are shares of its step, or seconds.
  const unit = () => (shown.unit === "fraction" ? 1 : shown.duration_s);
  const when = (share) => String(Number((share * unit()).toFixed(4)));

  async function draw() {
    const answer = await ask(problem, () => server.call("tune.show", { ...about, ...device }));
    if (!answer) return;
    [shown] = answer;
    saved = shown.points.map(([at, level]) => [at / unit(), level]);
    curve.show(shown, saved);
    top.hidden = shown.ceiling === null;
    say(top, t("tune.ceiling", { zone: zoneName(shown.ceiling_zone) }));
    curve.root.setAttribute("aria-label", t("tune.curve", { name: shown.name }));
    curve.root.setAttribute("role", "group");
    fill(
      figures,
      h("p", { role: "status" }, t(shown.pending ? "tune.unsaved" : "tune.nothing")),
      facts([
        [t("peak"), percent(shown.peak)],
        [t("mean"), percent(shown.mean)],
        [t("tune.lowest"), percent(shown.lowest)],
        [t("ceiling"), shown.ceiling === null ? "-" : percent(shown.ceiling)],
        ...(less(shown) ? [[t("tune.ceiling for", { name: shown.person }), percent(shown.ceiling_person)]] : []),
        [t("device"), shown.device],
      ]),
    );
    write(saved);
    panel?.know(shown.numbers, shown.ceiling);
    fill(figuresOf, (shown.numbers ?? []).map(setting));
  }

  // One of the step's own numbers, such as how fast it circles.
  function setting(each) {
    const { number, value, unit, least, most } = each;
    const set = ({ target }) => method("tune.edit", { step, edit: "number", by: [number, `${target.value}${unit === "1" ? "%" : ""}`] })();
    return field(numberLabel(each), { type: "number", step: "any", min: inUnit(least, unit), max: inUnit(most, unit), value: inUnit(value, unit), disabled: fixed, onchange: set });
  }

  function write(points) {
    const number = (i, part, most) =>
      h(`input.${part ? "level" : "when"}`, {
        type: "number",
        min: 0,
        max: most,
        step: part ? 1 : 0.1,
        disabled: fixed,
        value: Number(((part ? 100 : shown.duration_s) * points[i][part]).toFixed(1)),
        "aria-label": `${t("tune.point", { n: i + 1 })}: ${t(part ? "tune.level" : "tune.when")}`,
        onchange: ({ target }) => {
          const value = target.value / (part ? 100 : shown.duration_s);
          edit(points.with(i, part ? [points[i][0], value] : [value, points[i][1]]));
        },
      });
    fill(
      numbers,
      h("span", {}, t("tune.points")),
      h("span", {}, t("tune.when")),
      h("span", {}, t("tune.level")),
      h("span"),
      points.flatMap((_, i) => [
        h("span", {}, t("tune.point", { n: i + 1 })),
        number(i, 0, shown.duration_s),
        number(i, 1, 100),
        h("button", { type: "button", disabled: fixed, "aria-label": t("tune.remove", { n: i + 1 }), onclick: () => edit(points.toSpliced(i, 1)) }, "×"),
      ]),
    );
  }

  // What became different, as edits: a point that moved in time is one more and one less.
  const edit = inTurn(async (points) => {
    const old = new Map(saved.map(([at, level]) => [when(at), level]));
    const now = new Map(points.map(([at, level]) => [when(at), level]));
    const changed = [...now].filter(([at, level]) => old.get(at) !== level);
    const times = [...old.keys()].filter((at) => !now.has(at));
    await change(async () => {
      const done = changed.length ? await server.call("tune.set", { ...about, points: Object.fromEntries(changed) }) : [];
      return times.length ? server.call("tune.remove", { ...about, times }) : done;
    });
  });

  const method = (name, more) => inTurn(() => change(() => server.call(name, { profile, ...more })));

  async function change(work) {
    const answer = await ask(told, work);
    await draw();
    if (!answer) return;
    const findings = answer.flatMap((each) => each.findings ?? []);
    fill(told, findings.map(({ message, remedy }) => said("p.note", message, h("small", {}, remedy))));
  }

  const diff = inTurn(async () => {
    const answer = await ask(told, () => server.call("tune.diff", { profile }));
    if (answer) fill(told, answer[0].diff ? h("pre", { tabIndex: 0 }, answer[0].diff) : h("p", { role: "status" }, t("tune.nothing")));
  });

  const save = inTurn(async () => {
    const answer = await ask(told, () => server.call("tune.save", { profile, name: name.value || null }));
    await draw();
    const path = answer?.find((each) => each.path)?.path;
    if (path) fill(told, h("p.good", { role: "status" }, t("tune.saved"), " ", h("a", { href: address("routines", path) }, path)));
  });

  const robust = inTurn(async () => {
    const answer = await ask(told, () => server.call("tune.robust", { profile, variants: VARIANTS, ...device }));
    const found = answer?.find(({ event }) => event === "robust");
    if (!found) return;
    fill(told, h("p", { role: "status" }, t("tune.robust.is", { share: percent(found.share), n: VARIANTS })), found.advice.map((text) => said("p.note", text)));
  });

  const panel = fixed || step === "session" ? null : feelPanel(server, { ...about, ...device }, inTurn(draw));
  const own = profile.endsWith(".toml") ? "" : `my-${profile}`; // what it is called where no name is given
  const name = h("input", { placeholder: own, title: t("tune.name.how"), pattern: "[a-z0-9][a-z0-9\\-]*", maxLength: 60, autocomplete: "off", autocapitalize: "none" });
  fill(
    main,
    h("p", {}, h("a", { href: address("routines", profile) }, profile)),
    h("h1", {}, t("page.tune")),
    stepPlace,
    h(
      "section.card",
      {},
      curve.root,
      h("p.key", {}, h("span.drawn", {}, t("tune.now")), h("span.before", {}, t("tune.before")), h("span.played", {}, t("tune.played")), top),
      problem,
      figures,
      fixed ? h("p.note", {}, t("tune.fixed")) : h("p.note", {}, t("tune.how")),
    ),
    !fixed &&
      h(
        "section.card",
        {},
        h("div.row", {}, button(t("tune.undo"), method("tune.undo")), button(t("tune.redo"), method("tune.redo")),
          EDITS.map(([kind, by]) =>
            button(t(`tune.${kind}`, { by: by ?? "" }), method("tune.edit", { step, edit: kind, by: by ? [by] : [] })),
          ),
        ),
        h("div.row", {}, button(t("tune.diff"), diff), button(t("tune.robust"), robust), button(t("tune.discard"), method("tune.discard"))),
        h("form.row", { onsubmit: save }, h("label", {}, t("tune.name"), name), h("button.primary", {}, t("tune.save"))),
        told,
      ),
    panel?.root,
    step !== "session" && h("section.card", {}, h("h2", {}, t("tune.numbers")), figuresOf),
    h("section.card", {}, h("h2", {}, t("tune.points")), numbers, !fixed && button(t("tune.add"), () => edit(added(saved)))),
  );
  const listed = await ask(problem, () => Promise.all([server.call("tune.show", { profile }), server.call("device.list")]));
  if (!listed) return { close: () => panel?.close() };
  const [whole, devices] = listed;
  const steps = whole[0].steps.map((each) => [String(each.step), `${each.step} ${each.name} · ${clock(each.duration_s)}${each.edited ? " *" : ""}`]);
  const go = (...where) => (location.href = address("tune", profile, ...where.filter(Boolean)));
  fill(
    stepPlace,
    choice(t("tune.step"), [["session", t("tune.session")], ...steps], step, (picked) => go(picked, on)),
    choice(t("tune.on"), [["", t("start.itself")], ...devices.map(({ name, title }) => [name, title])], on, (picked) => go(step, picked)),
  );
  await draw();
  return { close: () => panel?.close() };
}

// One's own with edits, where no address says which.
async function begunHere(server) {
  const own = await server.call("profile.own").catch(() => []);
  return own.find(({ edited }) => edited)?.profile ?? "relaxing-back";
}

// One more, in the middle of the longest stretch without any.
function added(points) {
  const all = [[0, points[0]?.[1] ?? 1], ...points, [1, points.at(-1)?.[1] ?? 1]];
  let at = 1;
  for (let i = 2; i < all.length; i += 1) if (all[i][0] - all[i - 1][0] > all[at][0] - all[at - 1][0]) at = i;
  const middle = all[at].map((value, part) => Math.round(((value + all[at - 1][part]) / 2) * 1000) / 1000);
  return [...points, middle].sort(([a], [b]) => a - b);
}
