// Pieces that several pages are made of.

import { clock, fill, h, percent, svg } from "./dom.js";
import { told } from "./main.js";
import { known, t, translated, zoneName } from "./strings.js";

export { zoneName };

// The answer to `work`; null where it was refused, and `box` tells why.
export async function ask(box, work) {
  fill(box, h("p.note", { role: "status" }, t("wait")));
  try {
    const answer = await work();
    fill(box);
    return answer ?? true;
  } catch (error) {
    fill(box, told(error));
    return null;
  }
}

export const button = (text, onclick, kind = "") => h(`button${kind}`, { type: "button", onclick }, text);

export const field = (label, about) => h("label", {}, label, about instanceof Element ? about : h("input", about));

export const check = (label, about) => h("label.check", {}, h("input", { type: "checkbox", ...about }), h("span", {}, label));

// What the command line says, which speaks English.
export const said = (what, ...text) => h(what, { lang: "en" }, ...text);

// What it says by a key, in the language of the page where there are words for it.
export function keyed(what, key, text, ...more) {
  const found = translated(key);
  return found ? h(what, {}, found, ...more) : said(what, text, ...more);
}

// Why an actuator stays off.
export const offReason = (what, reason) => keyed(what, `off.${/spine|kidney-\w+|no zone/.exec(reason)}`, reason);

export function options(select, pairs, value) {
  fill(select, pairs.map(([key, text]) => h("option", { value: key, selected: key === value }, text)));
}

export function choice(label, pairs, value, onchange) {
  const select = h("select", { onchange: () => onchange(select.value) });
  options(select, pairs, value);
  return h("label", {}, label, select);
}

// A cell is text, an element, or [text], a number to the right.
// On a phone a row stands by itself, each cell below its head.
export function table(caption, heads, rows) {
  const cell = (tag, each, about = {}) => (Array.isArray(each) ? h(`${tag}.number`, about, ...each) : h(tag, about, each));
  return h(
    "div.scroll",
    { tabIndex: 0, role: "region", "aria-label": caption },
    h(
      `table${heads.length > 2 ? ".wide" : ""}`,
      {},
      h("caption.unseen", {}, caption),
      h("thead", {}, h("tr", {}, heads.map((head) => cell("th", head)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((each, i) => cell("td", each, { "data-head": i ? String(heads[i]) : "" }))))),
    ),
  );
}

export const facts = (pairs) => h("dl.figures", {}, pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));

// A bar for a share of a limit, beside a figure that says it.
function bar(share) {
  const full = h("i");
  full.style.width = `${Math.min(100, share * 100)}%`;
  return h(`span.bar${share > 1 ? ".over" : ""}`, { "aria-hidden": true }, full);
}

// The figure and the bar of a value against what it may be at most.
export const measured = (value, most, text) => h("span.measured", {}, bar(most ? value / most : Number(value > 0) * 2), text);

// A line over time: `levels` 0 to 1, at even steps.
export function curve(levels, label) {
  const last = Math.max(1, levels.length - 1);
  const points = levels.map((level, i) => `${((100 * i) / last).toFixed(2)},${(100 - 100 * level).toFixed(1)}`);
  return svg(
    "svg",
    { class: "curve", viewBox: "0 0 100 100", preserveAspectRatio: "none", role: "img", "aria-label": label },
    svg("polygon", { points: `0,100 ${points.join(" ")} 100,100` }),
    svg("polyline", { points: points.join(" ") }),
  );
}

export const minutes = (seconds) => t("minutes", { n: clock(seconds) });

const PURPOSES = ["back", "whole-body", "legs", "feet", "arms", "quick", "toning", "guided", "test", "other", "locked"];

// Profiles by what they are for: [purpose, profiles].
export const byPurpose = (profiles) =>
  PURPOSES.map((purpose) => [purpose, profiles.filter((each) => each.purpose === purpose)]).filter(([, some]) => some.length);

// What a device plays of a routine, which asks for `peak` at the most, and how strongly.
export function playedOf({ says, played_s: some, felt_most: most }, peak) {
  const [played, , moving] = says.split(" ");
  const how = known(`fit.${says}`) ? t(`fit.${says}`) : t("fit.part", { played, moving });
  return some > 0 && peak > most + 0.01 ? `${how}, ${t("fit.weaker", { most: percent(most), peak: percent(peak) })}` : how;
}

// A select of every routine, and of those that were made here.
export function routines(label, profiles, own, value, onchange) {
  const option = (key, text) => h("option", { value: key, selected: key === value }, text);
  const group = (name, some) => some.length > 0 && h("optgroup", { label: name }, some);
  const told = ({ duration_s: long, fit, peak }) => [t("routine.takes", { time: minutes(long) }), fit.length === 1 && playedOf(fit[0], peak)];
  const about = (each, title = each.title) => option(each.name, [title, ...told(each)].filter(Boolean).join(" · "));
  // One's own goes by the name of its file; one that cannot be read has nothing else.
  const mine = ({ profile }) => {
    const found = profiles.find(({ name }) => name === profile);
    return found ? about(found, profile) : option(profile, profile);
  };
  const select = h(
    "select",
    { onchange: () => onchange(select.value) },
    group(t("purpose.own"), own.map(mine)),
    byPurpose(profiles).map(([purpose, some]) => purpose !== "locked" && group(t(`purpose.${purpose}`), some.map((each) => about(each)))),
  );
  if (select.value !== value) onchange(select.value); // an address may name what is not there
  return h("label", {}, label, select);
}
