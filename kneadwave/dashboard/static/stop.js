// STOP: always in view, for every role, without a question; Esc, and space held, do the same.
// What it says comes from the device, not from the click.

import { say } from "./dom.js";
import { t } from "./strings.js";

const HELD_MS = 600;
const UNHEARD_MS = 2500;

const WORST_FIRST = ["not confirmed", "asked", "confirmed"];

let listening = false;

export function stopBar(server) {
  const button = document.getElementById("stop");
  const state = document.getElementById("stop-state");
  let askedAt = 0;
  let asked = new Set(); // the sessions that played when it was pressed
  let missed = ""; // why it was not heard, or what became of sessions that this page did not begin
  let waits = false; // for that

  const stop = async () => {
    asked = new Set([...asked, ...server.sessions.playing.map(({ id }) => id)]);
    askedAt = performance.now();
    waits = true;
    tell();
    missed = await server.stop();
    waits = false;
    tell();
  };

  // How the stop of one session stands; the server tells it, and until it does, the click counts.
  function stopOf({ id, stop: told, state: now }) {
    if (told || now === "over" || !asked.has(id)) return told;
    return performance.now() - askedAt > UNHEARD_MS ? "not confirmed" : "asked";
  }

  function tell() {
    const { all, current, playing } = server.sessions;
    const meant = [...all.values()].filter((each) => each === current || each.state !== "over" || asked.has(each.id));
    const states = meant.map(stopOf);
    let told = WORST_FIRST.find((each) => states.includes(each)) ?? "";
    // What came to rest says nothing of a session that plays and that nobody asked to stop.
    if (told === "confirmed" && playing.some((each) => !stopOf(each))) told = "";
    if (told === "confirmed" && meant.every(({ start, pulses }) => !start.port && !pulses)) told = "hands";
    const calm = missed === "confirmed" || missed === "nothing";
    if (missed && performance.now() - askedAt < 60000 && !(calm && asked.size)) told = missed;
    if (waits && !asked.size) told = "asked";
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
