// Feeling what is tuned: one step as it is now, two versions of it, blind, or one of its numbers walked from
// value to value; answered by buttons.

import { fill, h, say } from "./dom.js";
import { told } from "./main.js";
import { onceReady } from "./readiness.js";
import { t } from "./strings.js";
import { ask, button, options } from "./ui.js";

// A level is a share; on the page it is percent.
export const inUnit = (value, unit) => Number((unit === "1" ? 100 * value : value).toPrecision(6));
const fromUnit = (shown, unit) => (unit === "1" ? shown / 100 : Number(shown));
export const numberLabel = ({ number, unit }) => `${t(`number.${number}`)} (${t(`unit.${unit}`)})`;

// `about` is the profile and the step; what is felt is told by the session's own events. `edited` hears that
// a number was taken, and is another now.
export function feelPanel(server, about, edited) {
  const device = h("input", { value: "sim:", maxLength: 200, autocomplete: "off", autocapitalize: "none" });
  const state = h("p", { role: "status" });
  const answers = h("div.row", { "data-one": true });
  const problem = h("div");
  let session = null;

  let numbers = [];
  let ceiling = null;
  const which = h("select", { onchange: propose });
  const [first, last] = [h("input", { type: "number", step: "any" }), h("input", { type: "number", step: "any" })];
  const picked = () => numbers.find(({ number }) => number === which.value);

  // A fifth less to a fifth more: about a felt step to either side.
  function propose() {
    const { number, value, unit, least, ...bounds } = picked();
    const most = number === "level" ? Math.max(value, Math.min(bounds.most, ceiling ?? 1)) : bounds.most;
    const within = (wanted) => Number(inUnit(Math.min(most, Math.max(least, wanted)), unit).toPrecision(3));
    [first.value, last.value] = [within(0.8 * value), within(1.2 * value)];
  }

  function know(told, top) {
    ceiling = top;
    numbers = told.filter(({ felt }) => felt);
    const before = which.value;
    options(which, numbers.map((each) => [each.number, numberLabel(each)]), before);
    if (numbers.length) propose();
    sweep.hidden = !numbers.length;
  }

  function walk() {
    const { number, unit } = picked();
    return feel("sweep", { number, first: fromUnit(first.value, unit), last: fromUnit(last.value, unit) });
  }

  const sweep = h(
    "form.row.sweep",
    { onsubmit: walk, hidden: true },
    h("label", {}, t("feel.number"), which),
    h("label", {}, t("feel.from"), first),
    h("label", {}, t("feel.to"), last),
    h("button", {}, t("feel.sweep")),
  );

  function feel(test, more = {}) {
    fill(answers);
    return onceReady(server, problem, device.value, async () => {
      const begun = await ask(problem, () => server.call("session.feel", { ...about, ...more, test, device: device.value }));
      if (!begun) return;
      ({ session } = begun);
      say(state, t("feel.begins"));
      await server.over(session);
    });
  }

  function hear({ detail }) {
    if (detail.session !== session) return;
    const { delta } = detail;
    if (delta.event === "progress" && delta.level !== undefined) say(state, t("feel.level", { percent: Math.round(100 * delta.level) }));
    const first = delta.part === "first";
    if (delta.event === "part") say(state, t(first ? "feel.first" : "feel.second"));
    if (delta.event === "value") walked(delta);
    if (delta.event === "question") question(delta.choices);
    if (delta.event === "end") end(delta);
  }

  function answer(key) {
    fill(answers);
    return ask(problem, () => server.call("session.key", { session, key }));
  }

  function question(choices) {
    say(state, t("feel.which"));
    fill(answers, choices.map((key) => button(t(`feel.answer.${key}`), () => answer(key))));
  }

  function walked({ number, value, unit, index, of }) {
    say(state, `${numberLabel({ number, unit })}: ${inUnit(value, unit)} · ${t("of", { n: index, of })}`);
    if (answers.childElementCount) return;
    const take = button(t("feel.right"), () => answer(" "), ".primary");
    fill(answers, take);
    take.focus();
  }

  function end(delta) {
    fill(answers);
    if (!delta.ok) fill(problem, told({ message: delta.error, data: delta }));
    if (delta.number) {
      const found = picked();
      const shown = (value) => `${numberLabel(found)}: ${inUnit(value, found.unit)}`;
      const taken = delta.value !== null;
      say(state, t(taken ? "feel.taken" : "feel.untaken", { what: shown(taken ? delta.value : delta.before) }));
      if (taken) edited();
      return;
    }
    const better = { edited: t("feel.edited"), saved: t("feel.saved") }[delta.answer];
    say(state, better ?? t("feel.over"));
  }

  server.addEventListener("delta", hear);
  return {
    root: h(
      "section.card.feel",
      { "data-one": true },
      h("h2", {}, t("feel")),
      h("p.note", {}, t("feel.how")),
      h("div.row", {}, h("label", {}, t("device"), device), button(t("feel.preview"), () => feel("preview")), button(t("feel.ab"), () => feel("ab"))),
      sweep,
      state,
      answers,
      problem,
    ),
    know,
    close: () => server.removeEventListener("delta", hear),
  };
}
