// Who is massaged, and what they received: days, sittings, what is left of today.

import { clock, fill, h, percent } from "../dom.js";
import { may } from "../main.js";
import { t } from "../strings.js";
import { ask, button, check, choice, facts, field, keyed, measured, said, table, zoneName } from "../ui.js";

const DAYS = 14;
const DAY_MIN = 20;
const SENSITIVITIES = ["normal", "sensitive", "very-sensitive"];
const POSTURES = ["any", "prone", "supine", "seated", "side"];
const ZONES = ["neck", "shoulder", "scapular", "upper-back", "flank", "lumbar", "sacrum", "gluteal", "thigh", "calf", "foot", "arm"];
const MIDDLING = 5;
const NOBODY_YET = { sensitivity: "normal", posture: "any", first_session: true, pain: {} };
const COLUMNS = ["date", "start", "ended", "profile", "device", "seconds", "mean", "peak", "reason"];

// No spreadsheet takes a cell of it for a formula.
const cell = (value) => {
  const text = String(value ?? "").replace(/^[=+\-@\t\r]/, "'$&");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

// What is recorded besides, as fields that write into `more`: each can only make a session shorter or softer.
function softer(about, more) {
  const words = (list) => list.map((word) => [word, t(`word.${word}`)]);
  const number = (key, least, most, step) =>
    field(t(`people.${key}`), { type: "number", min: least, max: most, step, value: about[key] ?? "", onchange: ({ target }) => (more[key] = target.value === "" ? null : Number(target.value)) });
  return [
    choice(t("people.sensitivity"), words(SENSITIVITIES), about.sensitivity, (word) => (more.sensitivity = word)),
    choice(t("people.posture"), words(POSTURES), about.posture, (word) => (more.posture = word)),
    number("pregnancy_month", 0, 10, 1),
    number("doctor_max_min", 0, 20, 0.5),
    check(t("people.first"), { checked: about.first_session, onchange: ({ target }) => (more.first = target.checked) }),
    pains(about.pain, more),
  ];
}

// Pain by zone, 0 to 10: above 3 the zone gets less.
function pains(known, more) {
  more.pain = {};
  const rows = h("div.settings");
  const row = (zone, pain) =>
    field(zoneName(zone), { type: "number", min: 0, max: 10, step: 1, value: pain, onchange: ({ target }) => (more.pain[zone] = Number(target.value)) });
  rows.append(...Object.entries(known).map(([zone, pain]) => row(zone, pain)));
  const picked = { name: ZONES[0], side: "" };
  const add = () => {
    const zone = [picked.name, picked.side].filter(Boolean).join("-");
    if (zone in known || zone in more.pain) return;
    more.pain[zone] = MIDDLING;
    rows.append(row(zone, MIDDLING));
    rows.lastChild.querySelector("input").focus();
  };
  return h(
    "fieldset",
    {},
    h("legend", {}, t("people.pain")),
    h("p.note", {}, t("people.pain.how")),
    rows,
    h(
      "div.row",
      {},
      choice(t("zone"), ZONES.map((name) => [name, zoneName(name)]), picked.name, (name) => (picked.name = name)),
      choice(t("place.side"), [["", t("side.both")], ...["left", "right"].map((side) => [side, t(`side.${side}`)])], "", (side) => (picked.side = side)),
      button(t("people.pain.add"), add),
    ),
  );
}

export function personForm(server, problem, done, folded) {
  const name = h("input", { required: true, title: t("people.name.how"), pattern: "[a-z0-9][a-z0-9\\-]*", maxLength: 64, autocapitalize: "none", autocomplete: "off" });
  const age = (word, value) => h("label.check", {}, h("input", { type: "radio", name: "age", value, required: true }), h("span", {}, t(word)));
  const more = {};
  const stature = h("input", { type: "number", min: 1.2, max: 2.2, step: 0.01, value: 1.7, required: true });
  const submit = async () => {
    const about = { ...more, name: name.value, adult: form.elements.age.value === "adult", stature_m: Number(stature.value) };
    if (await ask(problem, () => server.call("recipient.new", about))) await done(name.value);
  };
  const form = h(
    "form",
    { onsubmit: submit },
    h("label", {}, t("person.name"), name, h("small", {}, t("person.name.how"))),
    h("fieldset", {}, h("legend.unseen", {}, t("person.age")), age("person.adult", "adult"), age("person.child", "child")),
    h("label", {}, t("people.stature_m"), stature),
    h("details", { ontoggle: ({ target }) => target.childElementCount > 1 || target.append(...softer(NOBODY_YET, more)) }, h("summary", {}, t("person.more"))),
    h("button.primary", {}, t("person.record")),
  );
  return folded ? h("details", {}, h("summary", {}, t("person.new")), form) : h("div", {}, h("h2", {}, t("person.new")), form);
}

export async function show(main, server, [wanted]) {
  const problem = h("div");
  const body = h("div");
  fill(main, h("h1", {}, t("page.people")), problem, body);

  async function begin(name) {
    const people = await ask(problem, () => server.call("recipient.list"));
    if (!people) return;
    const shown = name ?? people.find(({ current }) => current)?.name ?? people[0]?.name;
    const more = may("practitioner") && h("section.card", {}, personForm(server, problem, begin, people.length > 0));
    if (!shown) {
      fill(body, h("p", {}, t("people.none")), more);
      return;
    }
    const told = await ask(problem, () =>
      Promise.all(["recipient.show", "history.show"].map((method) => server.call(method, { recipient: shown }))),
    );
    if (!told) return;
    const pairs = people.map((each) => [each.name, each.name]);
    fill(body, choice(t("people.who"), pairs, shown, begin), person(told[0][0]), ...past(told[1]), kept(shown), more);
  }

  const person = (about) =>
    h(
      "section.card",
      {},
      h("h2", {}, about.name),
      facts([
        [t("person.age"), t(about.adult ? "person.adult" : "person.child")],
        [t("people.screening"), keyed("span", `screening.${about.screening.split(" ")[0]}`, about.screening)],
        [t("people.stature_m"), about.stature_m.toFixed(2)],
        [t("people.sensitivity"), t("people.of ceilings", { word: t(`word.${about.sensitivity}`), most: percent(about.limit) })],
        [t("people.posture"), t(`word.${about.posture}`)],
        ...Object.entries(about.pain).map(([zone, pain]) => [`${t("people.pain")}: ${zoneName(zone)}`, t("people.pain.most", { n: pain, most: percent(about.ceilings[zone]) })]),
      ]),
      about.blocked.map(({ id, title }) => keyed("p.alarm", `title.${id}`, title)),
      about.notices.map((notice) => said("p.note", notice)),
      may("practitioner") && h("details", {}, h("summary", {}, t("people.change")), changed(about)),
    );

  function changed(about) {
    const answer = h("div");
    const more = { name: about.name };
    const stature = { type: "number", min: 1.2, max: 2.2, step: 0.01, value: about.stature_m, onchange: ({ target }) => (more.stature_m = Number(target.value)) };
    const submit = async () => {
      if (await ask(answer, () => server.call("recipient.change", more))) await begin(about.name);
    };
    return h(
      "form",
      { onsubmit: submit },
      choice(t("person.age"), [["adult", t("person.adult")], ["child", t("person.child")]], about.adult ? "adult" : "child", (word) => (more.adult = word === "adult")),
      field(t("people.stature_m"), stature),
      softer(about, more),
      h("button.primary", {}, t("person.record")),
      answer,
    );
  }

  function left({ running, sessions_left: n, seconds_each: most }) {
    if (running) return t("people.running");
    return n ? t("people.left", { n, minutes: clock(most) }) : t("people.none left");
  }

  function past(told) {
    const today = told.find(({ event }) => event === "today");
    const sittings = told.filter(({ event }) => event === "session");
    const had = sittings.filter(({ date }) => date === today.date).reduce((sum, { seconds }) => sum + seconds, 0);
    const may_s = (today.sessions + today.sessions_left) * today.seconds_each;
    return [
      h(
        "section.card",
        {},
        h("h2", {}, t("people.today")),
        h("p", {}, left(today)),
        today.why && !today.running && said("p.note", today.why),
        may_s > 0 && h("p", {}, measured(had, may_s, t("people.had", { had: clock(had), of: clock(may_s) }))),
        today.zones.length > 0 && [h("h3", {}, t("people.zones")), h("p.note", {}, t("people.zones.how")), byZone(today.zones)],
        today.parts.length > 0 && [h("h3", {}, t("people.parts")), byPart(today.parts)],
        h("h3", {}, t("people.days")),
        days(sittings, today.date),
      ),
      h(
        "section.card",
        {},
        h("h2", {}, t("people.sittings")),
        h(sittings.length ? "p.note" : "p", {}, t(sittings.length ? "people.mean" : "people.no sittings")),
        sittings.length > 0 && table(
          t("people.sittings"),
          [t("date"), t("routine"), [t("time")], [t("mean")], [t("peak")], t("ended")],
          sittings
            .toReversed()
            .map((each) => [
              `${each.date} ${each.start.slice(11, 16)}`,
              each.profile,
              [clock(each.seconds)],
              [percent(each.mean)],
              [percent(each.peak)],
              h(
                "span",
                {},
                keyed("span", `ending.${each.reason.split(":")[0]}`, each.says),
                each.kind === "session" ? "" : ` (${t(`sitting.${each.kind}`)})`,
              ),
            ]),
        ),
        told.filter(({ event }) => event === "noticed").map(({ why }) => said("p.alarm", why)),
        exported(sittings),
      ),
    ];
  }

  const byZone = (zones) =>
    table(
      t("people.zones"),
      [t("zone"), [t("time")], t("peak"), t("stay")],
      zones.map(({ zone, active_s: worked, peak, ceiling, dwell_s: stay, dwell_most_s: most }) => [
        zoneName(zone),
        [clock(worked)],
        measured(peak, ceiling, t("of", { n: Math.round(peak * 100), of: percent(ceiling) })),
        measured(stay, most, t("of", { n: stay.toFixed(1), of: `${most} s` })),
      ]),
    );

  const byPart = (parts) =>
    table(
      t("people.parts"),
      [t("people.part"), t("time")],
      parts.map(({ part, s, most_s: most }) => {
        const hands = Math.max(0, most - s);
        return [t(`part.${part}`), measured(most - hands, most, t("people.hands", { had: clock(s), left: clock(hands) }))];
      }),
    );

  function exported(sittings) {
    const lines = [COLUMNS, ...sittings.map((each) => COLUMNS.map((column) => each[column]))];
    const file = new Blob([lines.map((line) => `${line.map(cell).join(",")}\n`).join("")], { type: "text/csv" });
    return h("p", {}, h("a", { href: URL.createObjectURL(file), download: "sittings.csv" }, t("people.export")));
  }

  function days(sittings, today) {
    const dates = [...Array(DAYS).keys()].map((back) => {
      const day = new Date(`${today}T12:00Z`);
      day.setUTCDate(day.getUTCDate() - (DAYS - 1 - back));
      return day.toISOString().slice(0, 10);
    });
    const spent = dates.map((day) => sittings.filter(({ date }) => date === day).reduce((sum, { seconds }) => sum + seconds / 60, 0));
    const top = Math.max(DAY_MIN, ...spent);
    const column = (value, i) => {
      const full = h("i");
      full.style.height = `${(100 * value) / top}%`;
      return h("span", { title: `${dates[i]}: ${value.toFixed(1)}` }, full, h("small", {}, Number(dates[i].slice(8))));
    };
    const label = `${t("people.days")}: ${dates.map((day, i) => spent[i] && `${day} ${spent[i].toFixed(1)}`).filter(Boolean).join(", ")}`;
    return h("div.days", { role: "img", "aria-label": label }, spent.map(column));
  }

  function kept(name) {
    const answer = h("div");
    const typed = h("input", { autocomplete: "off" });
    const verify = async () => {
      const told = await ask(answer, () => server.call("history.verify", { recipient: name }));
      if (told) fill(answer, h("p.good", { role: "status" }, t("people.whole", { n: told[0].lines })));
    };
    const remove = async () => {
      if (typed.value !== name) fill(answer, h("p.alarm", { role: "alert" }, t("people.typed", { name })));
      else if (await ask(answer, () => server.call("recipient.delete", { name }))) await begin();
    };
    return h(
      "section.card",
      { "data-one": true },
      h("h2", {}, t("people.kept")),
      button(t("people.verify"), verify),
      answer,
      may("practitioner") &&
        h(
          "form",
          { onsubmit: remove },
          h("label", {}, t("people.delete.how", { name }), typed),
          h("button.danger", {}, t("people.delete")),
        ),
    );
  }

  await begin(wanted);
}
