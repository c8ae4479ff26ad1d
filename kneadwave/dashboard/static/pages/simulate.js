// Simulate: a routine on any device, without one, with faults of the line; then what was felt.

import { fill, h } from "../dom.js";
import { t } from "../strings.js";
import { ask, choice, routines, said } from "../ui.js";
import { drawn } from "./recordings.js";

const FAULTS = { drop: "drop=0.1%", flip: "flip=0.01%", delay: "delay=1%", stall: "stall@12s+0.4s", unplug: "unplug@20s" };

export async function show(main, server, [wanted = "first-session"]) {
  const problem = h("div");
  const result = h("div");
  fill(main, h("h1", {}, t("page.simulate")), problem, result);
  const calls = ["profile.list", "profile.own", "device.list", "body.map"];
  const found = await ask(problem, () => Promise.all(calls.map((name) => server.call(name))));
  if (!found) return;
  const [profiles, own, devices, outlines] = found;
  const asked = { profile: wanted, on: "reference-cushion", course: true };
  const limit = h("input", { type: "number", min: 10, max: 100, value: 100 });
  const strength = h("input", { type: "number", min: 10, max: 100, value: 100 });
  const faults = Object.entries(FAULTS).map(([name, spec]) => [name, h("input", { type: "checkbox", value: spec })]);
  const submit = async () => {
    fill(result);
    const told = await ask(problem, () =>
      server.call("simulate.start", {
        ...asked,
        limit: limit.value / 100,
        intensity: strength.value / 100,
        fault: faults.filter(([, box]) => box.checked).map(([, box]) => box.value),
      }),
    );
    if (!told) return;
    const end = told.find(({ event: name, ok }) => name === "end" && !ok);
    const notes = told.filter(({ event: name, text }) => name === "finding" || (name === "note" && text)).map(({ text, message }) => text ?? message);
    fill(
      result,
      end && said("p.alarm", end.error, h("small", {}, end.hint ?? "")),
      notes.length > 0 && h("section.card", {}, h("h2", {}, t("now.notes")), h("ul", {}, notes.map((text) => said("li", text)))),
      drawn(told, outlines),
    );
    result.querySelector("h2").scrollIntoView({ block: "nearest" });
  };
  result.before(
    h(
      "form.card",
      { onsubmit: submit },
      h("p", {}, t("simulate.how")),
      routines(t("routine"), profiles, own, wanted, (name) => (asked.profile = name)),
      choice(t("device"), devices.map(({ name, title }) => [name, title]), asked.on, (name) => (asked.on = name)),
      h("div.row", {}, h("label", {}, `${t("limit")} %`, limit), h("label", {}, `${t("strength")} %`, strength)),
      h("fieldset", {}, h("legend", {}, t("simulate.faults")), faults.map(([name, box]) => h("label.check", {}, box, h("span", {}, t(`fault.${name}`), h("small", {}, box.value))))),
      h("button.primary", {}, t("simulate.go")),
    ),
  );
}
