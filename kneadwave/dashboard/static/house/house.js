// Every cushion of the house: one card each, a STOP for each and for all. Who may see the page may stop.

import { fill, h, say } from "../dom.js";
import { Server } from "../server.js";
import { stopBar } from "../stop.js";
import { language, LANGUAGES, load, preferred, t } from "../strings.js";
import { Card, drawAlarms, plays } from "./cards.js";

const STOP_ALL = ["api/fleet/stop", "fleet.stop"];
const WORST_FIRST = ["not confirmed", "refused", "unreached", ""];

class House extends Server {
  constructor() {
    super();
    this.line = "api/ws?house";
    this.told = null; // what was said of the broker
    this.cushions = new Map();
  }

  hear(data) {
    const told = data instanceof ArrayBuffer ? {} : JSON.parse(data);
    if (told.fleet) this.take(told.fleet);
    super.hear(data);
  }

  take(told) {
    this.told = told;
    if (told.whole) this.cushions.clear();
    for (const each of told.cushions) this.cushions.set(each.cushion, each);
    this.emit("house");
  }

  // All of the house, and what plays on this computer whether a broker knows of it or not.
  async stop() {
    const heard = await Promise.all([super.stop(), super.stop(...STOP_ALL)]);
    return WORST_FIRST.find((why) => heard.includes(why));
  }

  stopThese(cushions) {
    return super.stop(...STOP_ALL, { cushions });
  }
}

// Cushions as stop.js knows sessions: what does not play, and was not asked, is over.
const asSessions = (server) => {
  const all = new Map(
    [...server.cushions.values()].map(({ cushion: id, state, stop }) => [
      id,
      { id, stop, state: state === "at rest" ? "over" : state, start: { port: id } },
    ]),
  );
  return { all, current: undefined, playing: [...all.values()].filter(({ state }) => state !== "over"), replace() {}, async take() {} };
};

const server = new House();
Object.defineProperty(server, "sessions", { get: () => asSessions(server) });
const cards = new Map();
const parts = { how: h("p.lead"), gone: h("p.alarm", { id: "gone", role: "alert" }), counts: h("p", { role: "status" }) };
parts.after = h("section.card", { id: "after", role: "alert" });
parts.all = h("ul.tiles");
parts.none = h("p");

function draw() {
  const { told } = server;
  if (!told) return;
  const broker = told.broker;
  const known = [...server.cushions.values()];
  say(parts.how, told.connected ? t("house.how", { broker }) : "");
  say(parts.gone, told.connected ? "" : t("house.gone", { broker }));
  say(parts.none, told.connected && !known.length ? t("house.none") : "");
  const after = known.filter(({ alarms = [], stop }) => alarms.length || stop === "not confirmed");
  say(parts.counts, known.length ? t("house.counts", { all: known.length, play: known.filter(plays).length, alarms: after.length }) : "");
  for (const id of cards.keys()) if (!server.cushions.has(id)) cards.delete(id);
  for (const each of known) {
    if (!cards.has(each.cushion)) cards.set(each.cushion, new Card(each.cushion, (ids) => server.stopThese(ids)));
    cards.get(each.cushion).draw(each);
  }
  const inOrder = [...cards].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, card]) => card.root);
  if (inOrder.length !== parts.all.children.length || inOrder.some((root, i) => root !== parts.all.children[i])) fill(parts.all, inOrder);
  drawAlarms(parts.after, known);
  document.getElementById("main").dataset.shown = "house";
}

function frame() {
  const skip = document.getElementById("skip");
  skip.textContent = t("skip");
  skip.onclick = (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  };
  document.title = `${t("page.house")} · Kneadwave`;
  const choose = async ({ target }) => {
    localStorage.setItem("language", target.value);
    await load(target.value, "house");
    delete parts.after.dataset.shows;
    frame();
    draw();
  };
  fill(
    document.getElementById("head"),
    h("a.brand", { href: "./" }, "Kneadwave"),
    h("nav", { "aria-label": t("nav") }, h("a", { href: "./" }, t("house.back")), h("a", { href: "house.html", "aria-current": "page" }, t("page.house"))),
    h("span.stale", { id: "stale", role: "status" }),
    h(
      "select",
      { "aria-label": t("language"), onchange: choose },
      Object.entries(LANGUAGES).map(([code, name]) => h("option", { value: code, selected: code === language }, name)),
    ),
  );
  fill(document.getElementById("main"), h("h1", {}, t("page.house")), parts.gone, parts.how, parts.counts, parts.after, parts.none, parts.all);
  stopBar(server);
  const stop = document.getElementById("stop");
  say(stop, t("house.stop all"));
  stop.setAttribute("aria-label", t("house.stop all.how"));
  tellStale();
}

function tellStale() {
  say(document.getElementById("stale"), server.stale && server.about.role ? t("stale") : "");
  document.body.classList.toggle("old", server.stale);
}

async function begin() {
  await load(preferred(), "house");
  frame();
  server.addEventListener("change", tellStale);
  server.addEventListener("house", draw);
  server.addEventListener("login", () => fill(document.getElementById("main"), h("h1", {}, t("login")), h("p", {}, t("house.login")), h("p", {}, h("a.primary", { href: "./" }, t("login")))));
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) {
    server.connect();
    return;
  }
  history.replaceState(null, "", location.pathname); // it is no longer needed, and not for the history
  server.login({ token }).catch(() => server.connect());
}

begin();
