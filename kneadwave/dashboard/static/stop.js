// STOP: always in view, for every role, without a question; Esc, and space held, do the same.
// What it says comes from the device, not from the click.

import { say } from "./dom.js";
import { t } from "./strings.js";

const HELD_MS = 600;
const UNHEARD_MS = 2500;

let listening = false;

export function stopBar(server) {
  const button = document.getElementById("stop");
  const state = document.getElementById("stop-state");
  let askedAt = 0;
  let reached = true;

  const stop = async () => {
    askedAt = performance.now();
    tell();
    reached = await server.stop();
    tell();
  };

  function tell() {
    const session = server.sessions.current;
    const asked = performance.now() - askedAt < 60000 && askedAt;
    let told = session?.stop ?? "";
    if (asked && !reached) told = "unreached";
    else if (asked && !told && session && session.state !== "over") {
      told = performance.now() - askedAt > UNHEARD_MS ? "not confirmed" : "asked";
    }
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
