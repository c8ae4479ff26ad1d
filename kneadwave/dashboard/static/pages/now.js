// What plays now: the body as it is felt, what comes next, the time that is left, and the controls.

import { BodyMap } from "../bodymap.js";
import { Pacer } from "../pacer.js";
import { clock, fill, h, percent, say, show as put } from "../dom.js";
import { address, may, told } from "../main.js";
import { framesOf, Playout } from "../playout.js";
import { t, translated } from "../strings.js";
import { choice, offReason, zoneName } from "../ui.js";

const CONTROLS = [
  ["pain", "pain"],
  ["softer", "softer"],
  ["louder", "louder"],
  ["pause", "pause"],
  ["closing", "closing"],
];

const CONTROL_NOTE_S = 10; // seconds for which it is told that a control changed nothing
const FELT = ["pain", "softer", "louder"]; // for what a device does

export async function show(main, server) {
  const canvas = h("canvas", { role: "img", "aria-label": t("body.map") });
  const map = new BodyMap(canvas, await server.call("body.map"));
  const playout = new Playout();
  const parts = {
    title: h("h1"),
    state: h("p.lead", { role: "status" }),
    step: h("p.step"),
    next: h("p.next", { lang: "en", "aria-live": "polite" }),
    then: h("p.note"),
    after: h("p.row"),
    several: h("div.several"),
    time: h("p.time"),
    bar: h("progress", { max: 1, value: 0, "aria-label": t("time.played") }),
    problem: h("div"),
    controls: h("div.controls"),
    notes: h("section.card.notes"),
    off: h("section.card.off"),
  };
  const pacer = new Pacer();
  const awake = new Awake();
  const buttons = new Map();
  // None of them is held: softer twice is softer than once.
  for (const [name, control] of CONTROLS) {
    const button = h(`button.${name}`, { type: "button", onclick: () => void ask(control) }, t(`control.${name}`));
    buttons.set(name, button);
    parts.controls.append(button);
  }
  const ready = h("button.primary.ready", { type: "button", hidden: true, onclick: () => void ask("ready") }, t("control.ready"));
  parts.controls.prepend(ready);
  fill(
    main,
    parts.several,
    h(
      "div.playing",
      {},
      h("section.card.map", {}, canvas),
      h("section.card.facts", {}, parts.title, parts.state, parts.step, parts.next, pacer.root, parts.then, parts.bar, parts.time),
      h("section.card.hand", {}, parts.controls, parts.problem, parts.after),
      parts.notes,
      parts.off,
    ),
  );

  let running = true;
  let session = null;
  let picked = null; // the one of several that is shown and steered; STOP stops all of them
  let drawnStart = null;
  let profile = null; // what plays, as profile.show tells it

  async function ask(control) {
    const wanted = control === "pause" && session.state === "paused" ? "resume" : control;
    try {
      await server.call("session.control", { session: session.id, control: wanted });
      fill(parts.problem);
    } catch (error) {
      fill(parts.problem, told(error));
    }
  }

  function draw() {
    const playing = server.sessions.playing;
    const found = playing.find(({ id }) => id === picked) ?? server.sessions.current ?? null;
    const several = playing.length > 1 ? playing.map((each) => [each.id, `${each.profile} · ${each.devices.join(" ")}`]) : [];
    const pick = (id) => {
      picked = id;
      draw();
    };
    put(parts.several, `${found?.id} ${several}`, several.length > 0 && choice(t("now.which"), several, found.id, pick));
    if (found?.id !== session?.id) playout.begin(found?.id ?? "");
    session = found;
    if (!session) {
      say(parts.title, t("now.nothing"));
      say(parts.state, t("now.nothing.how"));
      put(parts.after, "start", may("operator") && h("a.primary", { href: address("start") }, t("page.start")));
      parts.controls.hidden = parts.bar.hidden = parts.notes.hidden = parts.off.hidden = true;
      if (!drawnStart) map.show(null);
      drawnStart = {};
      return;
    }
    if (session.start !== drawnStart) {
      drawnStart = session.start;
      map.show(session.start.places ? session.start : null);
      drawOff();
      readCourse();
    }
    drawState();
  }

  // What comes next is in the profile; the session tells of a step when it begins.
  async function readCourse() {
    const { id } = session;
    const found = await server.call("profile.show", { profile: session.profile }).catch(() => []);
    profile = found[0] ? { ...found[0], of: id } : null;
    if (running && session) drawState();
  }

  function drawState() {
    const { progress, start, step, state } = session;
    const over = state === "over";
    if (over) map.feel(map.places.map(() => 0));
    awake.keep(!over);
    const known = profile?.of === session.id ? profile : null;
    const following = known?.step.find(({ number }) => number === String((step.step ?? 0) + 1));
    say(parts.then, !over && step.step && following ? t("now.then", { name: following.name }) : "");
    pacer.follow(over ? null : session);
    const links = over && may("operator");
    const lost = session.notes.some(({ event }) => event === "lost");
    const person = session.notes.findLast(({ event }) => event === "recipient")?.name ?? "";
    put(
      parts.after,
      `${links} ${lost}`,
      links && [
        lost && h("a.primary", { href: address("start", session.profile, "again", person) }, t("now.goes on")),
        h("a.primary", { href: address("start") }, t("now.again")),
        !server.about.kiosk && h("a.button", { href: address("people") }, t("page.people")),
      ],
    );
    parts.controls.hidden = over || !may("operator") || !step.name; // whatever a felt test hears but its answers ends it
    parts.bar.hidden = over;
    const felt = !step.name && (session.pulses ? t("place") : start.port && t("now.felt"));
    say(parts.title, felt || (known?.title ?? start.profile ?? session.profile));
    say(parts.state, over ? ended(session) : session.unattended ? t("now.unattended") : t(`state.${state}`));
    say(parts.step, step.name ? t("now.step", { n: step.step, of: start.steps, name: step.name }) : "");
    const guide = over ? "" : session.guide.instruction ?? "";
    main.querySelector(".playing").classList.toggle("guided", Boolean(guide));
    say(parts.next, guide || (session.eased && !over ? t("now.eased", { zone: zoneName(session.eased) }) : ""));
    const total = (progress.t ?? 0) + (progress.left ?? 0);
    parts.bar.value = total ? progress.t / total : 0;
    const left = { left: clock(progress.left ?? 0), strength: percent(progress.intensity ?? 0) };
    say(parts.time, over || progress.left === undefined ? "" : progress.intensity && start.port ? t("now.time", left) : t("now.left", left));
    for (const name of FELT) buttons.get(name).hidden = !start.port;
    say(buttons.get("pause"), t(state === "paused" ? "control.resume" : "control.pause"));
    const waits = state === "paused" && (session.guide.posture ?? null) !== null;
    ready.hidden = !waits;
    const notes = lines(session.notes.filter(({ kind, t: at }) => kind !== "control" || (progress.t ?? 0) < at + CONTROL_NOTE_S));
    parts.notes.hidden = !notes.length;
    put(parts.notes, JSON.stringify(notes), h("h2", {}, t("now.notes")), h("ul", {}, notes.map((text) => h("li", { lang: "en" }, text))));
  }

  function drawOff() {
    const off = session.start.excluded ?? [];
    parts.off.hidden = !off.length;
    fill(
      parts.off,
      h("h2", {}, t("now.off", { n: off.length })),
      h(
        "ul",
        {},
        [...new Set(off.map(({ reason }) => reason))].map((reason) => {
          const ids = off.filter((each) => each.reason === reason).map(({ id }) => id);
          return h("li", {}, h("b", {}, ids.join(", ")), " ", offReason("span", reason));
        }),
      ),
    );
  }

  server.frames = (data, at) => {
    for (const frame of framesOf(data)) playout.take(frame, at);
  };
  (function paint() {
    if (!running) return;
    const frame = playout.due(performance.now());
    if (frame && session?.state !== "over") map.frame(frame.drives);
    pacer.draw(performance.now());
    requestAnimationFrame(paint);
  })();
  server.addEventListener("change", draw);
  draw();
  return {
    close() {
      running = false;
      server.frames = null;
      awake.keep(false);
      pacer.close();
      server.removeEventListener("change", draw);
    },
  };
}

// In German by why it ended, or by which kind of error; else in the words of the command line.
function ended({ end, summary }) {
  const stopped = end.reason && end.reason !== "completed";
  if (end.ok) return t(stopped ? "now.stopped" : "now.done");
  const why = translated(`ending.${summary.reason?.split(":")[0]}`) ?? translated(`exit.${end.exit}`);
  return [why, end.error, end.hint].filter(Boolean).join(". ");
}

const noteKind = ({ kind, left_out, control }) => control ?? (kind === "time" && !left_out ? "hurry" : kind);

function lines(notes) {
  return notes.flatMap((note) => {
    switch (note.event) {
      case "note":
        return note.text ? translated(`note.${noteKind(note)}`) ?? note.text : t(`limit.${note.limit}`, note);
      case "arrangement":
      case "says":
        return note.says || [];
      case "allowed":
        return note.notices;
      case "holds":
        return t("now.holds", { ceiling: percent(note.ceiling) });
      case "lost":
        return t("now.lost", { minutes: clock(note.seconds) });
      case "rest":
        return t("now.rest", { minutes: clock(note.seconds) });
      default:
        return [];
    }
  });
}

// The screen stays on while something plays: a hand that wants to stop does not look for a lock first.

class Awake {
  constructor() {
    this.wanted = false;
    document.addEventListener("visibilitychange", () => this.ask());
  }

  keep(wanted) {
    if (wanted === this.wanted) return;
    this.wanted = wanted;
    if (wanted) this.ask();
    else this.lock?.then((lock) => lock?.release());
  }

  ask() {
    if (!this.wanted || document.visibilityState !== "visible" || !navigator.wakeLock) return;
    this.lock = navigator.wakeLock.request("screen").catch(() => null); // a battery that is low may refuse
  }
}
