// One card for each cushion. A card stays the same element, in the same place, so that nobody who reaches for a
// STOP finds another one there.

import { clock, fill, h, say } from "../dom.js";
import { t, zoneName } from "../strings.js";

const PLAYS = new Set(["starting", "playing", "paused", "stopping"]);

export const plays = ({ state }) => PLAYS.has(state);

// What somebody has to look after, in words.
export function alarmsOf({ alarms = [], pain, stop }) {
  const told = alarms.map((each) => t(`house.alarm.${each}`, { zone: zoneName(pain) }));
  return stop === "not confirmed" && !alarms.includes("not confirmed") ? [...told, t("house.alarm.stop")] : told;
}

export class Card {
  constructor(id, stop) {
    this.unheard = ""; // why the last stop was not heard
    this.stopped = () => {
      this.unheard = "";
      stop([id]).then((why) => {
        this.unheard = why;
        this.draw(this.told);
      });
    };
    this.parts = {
      title: h("h2"),
      who: h("p.who"),
      state: h("p"),
      time: h("p.time"),
      what: h("p", { lang: "en" }),
      alarms: h("p.alarm"),
      why: h("small", { lang: "en" }),
      answer: h("p", { role: "status" }),
      stop: h("button.stop", { type: "button" }),
    };
    this.parts.stop.addEventListener("click", this.stopped); // never held, as a button of h is while it works
    this.root = h("li.card", { id: `cushion-${id}`, tabIndex: -1 }, Object.values(this.parts));
  }

  draw(told) {
    this.told = told;
    const { title, state, left_s: left, routine, step, recipient, problem_why: why, stop } = told;
    const { parts } = this;
    const alarms = alarmsOf(told);
    const here = state !== "unavailable";
    say(parts.title, title);
    say(parts.who, recipient || (here ? t("house.nobody") : ""));
    say(parts.state, t(`house.state.${state}`));
    say(parts.time, left > 0 ? t("house.left", { time: clock(left) }) : "");
    say(parts.what, plays(told) ? [routine, step].filter(Boolean).join(" · ") : "");
    say(parts.alarms, alarms.join(". "));
    say(parts.why, (here && why) || "");
    const heard = this.unheard ? t(`house.stop.${this.unheard === "refused" ? "refused" : "unheard"}`) : "";
    say(parts.answer, heard || (stop && t(`house.stop.${stop}`)) || "");
    parts.answer.className = heard || stop === "not confirmed" ? "alarm" : stop === "confirmed" ? "good" : "";
    say(parts.stop, t("house.stop"));
    parts.stop.setAttribute("aria-label", t("house.stop.how", { name: title }));
    this.root.classList.toggle("amiss", alarms.length > 0 || Boolean(heard));
    this.root.classList.toggle("plays", plays(told));
  }
}

// What is amiss, by name, before all cards; a link leads to the card.
export function drawAlarms(box, cards) {
  const amiss = cards.map((told) => [told, alarmsOf(told).join(". ")]).filter(([, alarms]) => alarms);
  const what = amiss.map(([{ title }, alarms]) => `${title}: ${alarms}`).join("\n");
  if (box.dataset.shows === what) return;
  box.dataset.shows = what;
  const row = ([{ cushion, title, recipient }, alarms]) =>
    h("li", {}, h("a", { href: `#cushion-${cushion}` }, [title, recipient].filter(Boolean).join(", ")), `: ${alarms}`);
  fill(box, amiss.length > 0 && [h("h2", {}, t("house.after")), h("ul", {}, amiss.map(row))]);
}
