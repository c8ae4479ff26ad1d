// Start: who is massaged, what speaks against it today, what is played on what, and the list before a run.

import { fill, h, percent, say } from "../dom.js";
import { address, may } from "../main.js";
import { boxes } from "../readiness.js";
import { t } from "../strings.js";
import { ask, button, choice, field, keyed, playedOf, routines, said } from "../ui.js";
import { personForm } from "./people.js";

const FIRST = "first-session";
const USUAL = "relaxing-back";
const BETWEEN_SESSIONS = 155; // a rule
const FELT_S = 60; // what is longer is a session
const PLAIN = "reference-cushion"; // what a routine is measured on where nothing else is said

export async function show(main, server, [wanted = "", again = "", person = ""]) {
  const plan = { profile: wanted || USUAL, on: "", limit: 1, minutes: "", answers: {}, asked: false, looks: false, why: "", rule: null };
  const card = h("section.card", { "data-one": true }); // one thing after the other
  const problem = h("div");
  let follow = null;
  fill(main, h("h1", {}, t("page.start")), card, problem);

  const lead = h("p.lead");
  // How many steps it is depends on what is chosen: who is clear today is not asked, and whoever only looks has no list.
  function count(step) {
    const steps = ["who", plan.asked && "questions", "what", !plan.looks && "list"].filter(Boolean);
    const how = plan.who ? t("start.for", { name: plan.who }) : t("start.for nobody");
    const which = t("start.step", { n: steps.indexOf(step) + 1, of: steps.length });
    say(lead, again ? how : `${which} · ${how}`);
    lead.hidden = step === "who";
  }

  // What is too short for a session, or done by hand, needs no hour before it.
  const barrier = said("p.alarm");
  barrier.hidden = true;
  function bar(profile) {
    say(barrier, plan.why);
    barrier.hidden = !plan.why || (plan.rule === BETWEEN_SESSIONS && (profile?.guided_only || profile?.duration_s <= FELT_S));
  }

  function put(step, title, ...children) {
    const heading = h("h2.big", { tabIndex: -1 }, title);
    count(step);
    // Why no session may begin now is known before anything is asked.
    fill(card, lead, heading, step !== "who" && barrier, children);
    heading.focus();
  }

  async function who() {
    const people = await ask(problem, () => server.call("recipient.list"));
    if (!people) return;
    put(
      "who",
      t("start.who"),
      h(
        "div.row",
        {},
        people.map(({ name, current }) => button(name, () => take(name), current ? ".primary" : "")),
        button(t("start.nobody"), () => take("")),
      ),
      may("practitioner") && personForm(server, problem, take, people.length > 0),
    );
  }

  async function take(name) {
    Object.assign(plan, { asked: false, looks: !name, why: "" });
    if (!name) return what("");
    const about = await ask(problem, async () => (await server.call("recipient.show", { recipient: name }))[0]);
    if (!about) return null;
    plan.who = name;
    const told = await ask(problem, () => server.call("history.show", { recipient: name }));
    if (!told) return null;
    const today = told.find(({ event }) => event === "today");
    Object.assign(plan, { why: today.why, rule: today.rule });
    if (!wanted && about.first_session) plan.profile = had(told) ? USUAL : FIRST;
    const [shown] = plan.why ? await server.call("profile.show", { profile: plan.profile }).catch(() => []) : [];
    bar(shown);
    if (about.screening.startsWith("clear")) return what(name);
    plan.asked = true;
    return about.blocked.length ? blocked(about.blocked) : questions();
  }

  const speaks = (some) => h("p.alarm", {}, t("start.against"), some.map(({ id, title }) => keyed("small", `title.${id}`, title)));

  async function against(name) {
    const [about] = await server.call("recipient.show", { recipient: name }).catch(() => []);
    return about?.blocked ?? [];
  }

  // Whether somebody had a session already: a first one is another routine.
  const had = (told) => told.some(({ event, counts }) => event === "session" && counts);

  // A yes stands for the day; a doctor's consent may come later, where one lifts it.
  function blocked(some) {
    put(
      "questions",
      t("start.blocked"),
      some.length ? speaks(some) : problem.firstChild,
      h("div.row", {}, button(t("back"), who), some.every(({ consent }) => consent) && button(t("start.consented"), questions)),
    );
  }

  async function questions() {
    const told = await ask(problem, () => server.call("screen.questions"));
    if (told) question(told.filter(({ event }) => event === "question"), 0);
  }

  function question(all, i) {
    const { id, ask: text, consent } = all[i];
    const back = () => (i ? question(all, i - 1) : who());
    const told = all.find((each) => plan.answers[each.id]?.yes && !plan.answers[each.id].consent_date);
    const answer = async (given) => {
      plan.answers[id] = given;
      if (i + 1 < all.length) {
        question(all, i + 1);
        return;
      }
      const recorded = await ask(problem, () => server.call("screen.answer", { recipient: plan.who, answers: plan.answers }));
      if (recorded) await what(plan.who);
      else blocked(await against(plan.who));
    };
    fill(problem);
    put(
      "questions",
      keyed("span", `question.${id}`, text),
      h(
        "div.answers",
        {},
        button(t("no"), () => answer({ yes: false })),
        button(t("yes"), () => (consent ? agreed(all[i], answer, back) : answer({ yes: true }))),
      ),
      told && speaks([told]),
      h("label", {}, t("start.question", { n: i + 1, of: all.length }), h("progress", { max: all.length, value: i })),
      button(t("back"), back),
    );
  }

  function agreed({ id, ask: text }, answer, back) {
    const date = h("input", { type: "date", required: true, max: new Date().toLocaleDateString("sv") });
    const reason = h("input", { required: true, maxLength: 200 });
    const submit = () => answer({ yes: true, consent_date: date.value, consent_reason: reason.value });
    put(
      "questions",
      keyed("span", `question.${id}`, text),
      h(
        "form",
        { onsubmit: submit },
        h("p", {}, t("start.consent")),
        h("label", {}, t("date"), date),
        h("label", {}, t("start.reason"), reason),
        h("div.row", {}, h("button.primary", {}, t("start.agreed")), button(t("start.not agreed"), () => answer({ yes: true }))),
      ),
      button(t("back"), back),
    );
  }

  async function what(person) {
    plan.who = person;
    const calls = ["device.list", "device.scan", "config.show", "profile.own"].map((name) => server.call(name));
    const listed = () => server.call("profile.list", { on: plan.on || PLAIN });
    const told = await ask(problem, () => Promise.all([listed(), ...calls]));
    if (!told) return;
    let [profiles] = told;
    const [, descriptions, found, settings, own] = told;
    const set = settings.find(({ key }) => key === "device")?.value;
    const known = (found.find((each) => each.known) ?? found.find(({ kind }) => kind === "virtual"))?.urls[0];
    plan.device = person ? (set ?? known ?? "") : "sim:";
    // What is set is one of what is there, by whichever name: one device, one entry.
    const urls = found.flatMap(({ set: chosen, urls: some, about, likely }) => (chosen ? [set] : some).map((url) => [url, `${url} · ${about || likely}`]));
    if (set && set !== "sim:" && !urls.some(([url]) => url === set)) urls.unshift([set, set]);
    const typed = h("input", { placeholder: "/dev/…, id:…", autocomplete: "off", autocapitalize: "none" });
    const other = h("label", { hidden: plan.device !== "" }, t("start.address"), typed);
    const about = h("p.note");
    const posture = h("p.alarm", {}, t("start.posture"));
    const next = h("button.primary");
    const looks = () => !person || plan.device === "sim:" && !profiles.find(({ name }) => name === plan.profile)?.guided_only;
    const tell = () => {
      plan.looks = looks();
      count("what");
      next.textContent = t(plan.looks ? "start.look" : "start.next");
      const chosen = profiles.find(({ name }) => name === plan.profile);
      const { description = "", fit = [], peak } = chosen ?? {};
      bar(chosen);
      next.disabled = !plan.looks && !barrier.hidden;
      fill(about, said("span", description), h("small", {}, fit[0] ? `${fit[0].device}: ${playedOf(fit[0], peak)}` : ""));
      posture.hidden = fit[0]?.posture_fits ?? true;
    };
    const pick = (name) => {
      plan.profile = name;
      tell();
    };
    const place = h("div");
    const draw = () => {
      fill(place, routines(t("routine"), profiles, own, plan.profile, pick), about, posture);
      tell();
    };
    const describe = async (name) => {
      plan.on = name;
      profiles = (await ask(problem, listed)) ?? profiles;
      draw();
    };
    const strength = h("output", {}, percent(plan.limit));
    const submit = async () => {
      plan.url = plan.device || typed.value.trim();
      const shown = await ask(problem, () => server.call("profile.show", { profile: plan.profile }));
      if (!shown) return;
      plan.guided = shown[0].guided_only;
      if (plan.guided && !person) fill(problem, h("p.alarm", { role: "alert" }, t("start.hands")));
      else await (plan.url === "sim:" && !plan.guided ? begin() : list());
    };
    const { kiosk } = server.about; // of one device, the one that is set or known
    if (kiosk) plan.device ||= "sim:";
    const device = [["sim:", t("start.sim")], ...urls, ["", t("start.other")]].filter(([url]) => (person && !kiosk) || url === plan.device);
    put(
      "what",
      t("start.what"),
      h(
        "form",
        { onsubmit: submit },
        place,
        choice(t("start.device"), device, plan.device, (url) => {
          plan.device = url;
          other.hidden = url !== "";
          tell();
        }),
        other,
        !kiosk && choice(
          t("start.described"),
          [["", t("start.itself")], ...descriptions.map(({ name, title }) => [name, title])],
          plan.on,
          describe,
        ),
        h(
          "label",
          {},
          t("limit"),
          " ",
          strength,
          h("input", {
            type: "range",
            min: 10,
            max: 100,
            step: 5,
            value: plan.limit * 100,
            oninput: ({ target }) => {
              plan.limit = target.value / 100;
              strength.value = percent(plan.limit);
            },
          }),
        ),
        field(t("start.minutes"), {
          type: "number",
          min: 1,
          max: 20,
          step: 0.5,
          value: plan.minutes,
          onchange: ({ target }) => (plan.minutes = target.value),
        }),
        h("div.row", {}, button(t("back"), who), next),
      ),
    );
    draw();
  }

  async function list() {
    const told = await ask(problem, () => server.call("screen.questions"));
    if (!told) return;
    const items = told.filter(({ event, powered }) => event === "ready" && !(powered && plan.guided));
    put(
      "list",
      t("start.list"),
      h(
        "form",
        { onsubmit: () => begin(items.map(({ id }) => id)) },
        boxes(items),
        h("div.row", {}, !again && button(t("back"), () => what(plan.who)), h("button.primary", {}, t("start.begin"))),
      ),
    );
  }

  async function begin(ready) {
    const { profile, who: recipient, on, limit } = plan;
    const { stops } = server;
    const begun = await ask(problem, async () => {
      if (ready) await server.call("screen.answer", { recipient: recipient || null, ready });
      if (server.stops !== stops) throw new Error(t("start.stopped"));
      if (again) return server.call("session.again", { recipient: recipient || null });
      return server.call("session.start", {
        profile,
        limit,
        recipient: (ready && recipient) || null,
        device: plan.guided || !plan.url ? [] : [plan.url],
        on: plan.guided || !on ? [] : [on],
        minutes: Number(plan.minutes) || null,
      });
    });
    if (begun) await ask(problem, () => underWay(begun.session));
  }

  // It is under way once it plays; one that ends before, says why.
  function underWay(id) {
    return new Promise((done, fail) => {
      follow = () => {
        const { state = "starting", start, end } = server.sessions.all.get(id) ?? {};
        if (state === "starting") return;
        server.removeEventListener("change", follow);
        if (end?.ok === false && !start?.profile) fail({ message: end.error, data: end });
        else done((location.href = address("now")));
      };
      server.addEventListener("change", follow);
      follow();
    });
  }

  // A session that lost its device goes on past the list alone: what, where and for how long is known.
  if (again) {
    plan.who = person;
    await list();
  } else await who();
  return { close: () => server.removeEventListener("change", follow) };
}
