// STOP: always in view, for every role, without a question. What it says comes from the device.

import { say } from "./dom.js";
import { t } from "./strings.js";

const HELD_MS = 600;
const UNHEARD_MS = 2500;

const CALM = ["confirmed", "nothing", "hands"];
const CALM_MS = 5000; // soon another program may play there

const WORST_FIRST = ["not confirmed", "asked", "confirmed"];

let listening = false;

export function stopBar(server) {
  const button = document.getElementById("stop");
  const state = document.getElementById("stop-state");
  let askedAt = 0;
  let asked = new Set(); // what played when it was pressed
  let missed = ""; // why it was not heard, or what became of others
  let waits = false; // for that
  let before, since, seen; // what was told, since when, and whether there was anything to stop

  const stop = async () => {
    asked = new Set([...asked, ...server.sessions.playing.map(({ id }) => id)]);
    askedAt = performance.now();
    before = "";
    waits = true;
    tell();
    missed = await server.stop();
    waits = false;
    tell();
  };

  // Until the server tells of a session, the click counts.
  function stopOf({ id, stop: told, state: now }) {
    if (told || now === "over" || !asked.has(id)) return told;
    return performance.now() - askedAt > UNHEARD_MS ? "not confirmed" : "asked";
  }

  function tell() {
    const { all, current, playing } = server.sessions;
    const meant = [...all.values()].filter((each) => each === current || each.state !== "over" || asked.has(each.id));
    const states = meant.map(stopOf);
    let told = WORST_FIRST.find((each) => states.includes(each)) ?? "";
    // Rest says nothing of one that plays on.
    if (told === "confirmed" && playing.some((each) => !stopOf(each))) told = "";
    if (told === "confirmed" && meant.every(({ start, pulses }) => !start.port && !pulses)) told = "hands";
    if (missed && performance.now() - askedAt < 60000 && !(CALM.includes(missed) && asked.size)) told = missed;
    if (waits && !asked.size) told = "asked";
    if (told !== before) since = performance.now();
    before = told;
    seen ||= askedAt || playing.length;
    const old = server.stale || performance.now() - since > CALM_MS;
    if ((old || !seen) && CALM.includes(told)) told = "";
    document.getElementById("stopbar").dataset.state = told.replace(" ", "-");
    say(state, told ? t(`stop.${told}`) : t("stop.how"));
  }

  button.setAttribute("aria-label", t("stop"));
  button.onclick = stop;
  server.stopNow = stop;
  if (!listening) {
    listening = true;
    listenToKeys(() => server.stopNow());
    server.addEventListener("change", () => server.tellStop());
    setInterval(() => server.tellStop(), 500);
  }
  server.tellStop = tell;
  tell();
}

function listenToKeys(stop) {
  let held = 0;
  addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape") stop();
      const writes = event.target.matches?.("input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea");
      if (event.code === "Space" && !event.repeat && !writes && !held) held = setTimeout(stop, HELD_MS);
    },
    true,
  );
  const let_go = () => {
    clearTimeout(held);
    held = 0;
  };
  addEventListener("keyup", (event) => event.code === "Space" && let_go(), true);
  addEventListener("blur", let_go);
}
