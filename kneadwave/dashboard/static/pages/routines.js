// Routines: by what they are for, and each as a person reads it.

import { clock, fill, h } from "../dom.js";
import { address, may, told } from "../main.js";
import { t, translated } from "../strings.js";
import { ask, byPurpose, curve, minutes, said, table, zoneName } from "../ui.js";

const TO_DO = [
  ["start", "operator", "a.primary"],
  ["simulate", "operator", "a.button"],
  ["tune", "viewer", "a.button"],
];

export async function show(main, server, [name]) {
  const problem = h("div");
  fill(main, h("h1", {}, t("page.routines")), problem);
  if (name) await one(main, server, problem, name);
  else await all(main, server, problem);
}

async function all(main, server, problem) {
  const found = await ask(problem, () => Promise.all([server.call("profile.list", { on: null }), server.call("profile.own")]));
  if (!found) return;
  const [profiles, own] = found;
  const mine = own.map(({ profile }) => ({ name: profile, title: profile }));
  for (const [purpose, some] of [...(mine.length ? [["own", mine]] : []), ...byPurpose(profiles)]) {
    main.append(h("section", {}, h("h2", {}, t(`purpose.${purpose}`)), h("ul.tiles", {}, some.map(tile))));
  }
}

const tile = ({ name, title, duration_s: long, description, helper }) =>
  h(
    "li.card",
    {},
    h("h3", {}, h("a", { href: address("routines", name), lang: "en" }, title)),
    long && h("p.note", {}, minutes(long), helper ? ` · ${t("routine.helper")}` : ""),
    description && said("p", description),
  );

async function one(main, server, problem, name) {
  const found = await ask(problem, () =>
    Promise.all([
      server.call("profile.show", { profile: name }),
      server.call("profile.check", { profile: name }).catch((error) => error),
    ]),
  );
  if (!found) return;
  const [[profile], checked] = found;
  const playable = !profile.locked;
  fill(
    main,
    h("p", {}, h("a", { href: address("routines") }, t("page.routines"))),
    said("h1", profile.title),
    h("p.note", {}, minutes(profile.duration_s), profile.helper ? ` · ${t("routine.helper")}` : ""),
    said("p", profile.description),
    profile.locked && said("p.alarm", profile.locked),
    h(
      "p.row",
      {},
      TO_DO.map(([page, role, kind]) => playable && may(role) && h(kind, { href: address(page, name) }, t(`page.${page}`))),
    ),
    profile.intensity?.levels.some(Boolean) &&
      h("section.card", {}, h("h2", {}, t("routine.strength")), curve(profile.intensity.levels, t("routine.strength"))),
    h("section.card", {}, h("h2", {}, t("routine.steps")), h("ol.steps", {}, profile.step.map(step))),
    h("section.card", {}, h("h2", {}, t("routine.zones")), zones(profile)),
    h("section.card", {}, h("h2", {}, t("routine.findings")), findings(checked)),
  );
}

const step = ({ start_s, end_s, name, says, by_hand: hand }) =>
  h(
    "li",
    {},
    h("h3", {}, said("span", name), h("small", {}, `${clock(start_s)} - ${clock(end_s)}`)),
    said("p", says),
    hand && said("p.note", hand),
  );

const zones = ({ zones: some }) =>
  table(
    t("routine.zones"),
    [t("zone"), [t("time")], [t("peak")], [t("ceiling")]],
    some.map(({ zone, s, peak, ceiling }) => [zoneName(zone), [clock(s)], [`${Math.round(peak * 100)} %`], [`${Math.round(ceiling * 100)} %`]]),
  );

// In English the sentence says it by itself.
function kind(severity) {
  const word = translated(`severity.${severity}`);
  return word ? `${word}: ` : "";
}

function findings(checked) {
  if (checked instanceof Error) return told(checked);
  const found = checked.filter(({ event }) => event === "finding");
  if (!found.length) return h("p.good", {}, t("routine.sound"));
  return h("ul", {}, found.map(({ severity, rule, message, remedy }) =>
    h(`li.${severity}`, {}, kind(severity), said("span", message, rule ? ` (${rule})` : "", remedy ? h("small", {}, remedy) : "")),
  ));
}
