// How the motors of a device answer: what is known of it, and measuring it by what somebody feels.

import { fill, h, percent, say } from "./dom.js";
import { may, told } from "./main.js";
import { onceReady } from "./readiness.js";
import { t } from "./strings.js";
import { ask, button, table } from "./ui.js";

export function calibrationPanel(server) {
  const shown = h("div");
  const state = h("p.lead", { role: "status" });
  const answers = h("div.row", { "data-one": true });
  const problem = h("div");
  const url = h("input", { value: "sim:", required: true, maxLength: 200, autocomplete: "off", autocapitalize: "none" });
  const again = h("input", { type: "checkbox" });
  let device = "";
  let session = null;

  async function show(name) {
    device = name;
    const rows = await ask(shown, () => server.call("device.response", { on: name }));
    if (!rows || name !== device) return;
    const known = rows.filter(({ event }) => event === "response");
    fill(
      shown,
      table(
        t("calibrate"),
        ["id", [t("calibrate.start")], [t("calibrate.hold")], [t("calibrate.drive")], t("calibrate.from")],
        known.map(({ actuator, described, tuned, excluded }) => {
          const { start, hold, ceiling } = tuned ?? described;
          const from = t(tuned ? "calibrate.tuned" : "calibrate.described");
          return excluded ? [actuator, ["-"], ["-"], ["-"], t("device.off")] : [actuator, [start], [hold], [percent(ceiling)], from];
        }),
      ),
    );
  }

  const begin = () => onceReady(server, problem, url.value, measure);

  async function measure() {
    const begun = await ask(problem, () => server.call("session.calibrate", { on: device, device: url.value, again: again.checked }));
    if (!begun) return;
    ({ session } = begun);
    say(state, t("feel.begins"));
    await server.over(session);
  }

  // Pressed twice, it would answer the next question as well.
  function felt() {
    fill(answers);
    return ask(problem, () => server.call("session.key", { session, key: " " }));
  }

  function hear({ detail }) {
    if (detail.session !== session) return;
    const { delta } = detail;
    if (delta.event === "asked") {
      say(state, `${t("of", { n: delta.number, of: delta.of })} · ${delta.actuator}: ${t(`calibrate.${delta.part}`)}`);
      const word = t(delta.part === "falling" ? "calibrate.gone" : "calibrate.felt");
      const feels = button(word, felt, ".primary.big");
      fill(answers, feels);
      feels.focus();
    }
    if (delta.event !== "end") return;
    fill(answers);
    if (!delta.ok) fill(problem, told({ message: delta.error, data: delta }));
    say(state, delta.left ? t("calibrate.over", { n: delta.kept, left: delta.left.length }) : t("feel.over"));
    show(device);
  }

  server.addEventListener("delta", hear);
  return {
    show,
    root: h(
      "section.card",
      { "data-one": true },
      h("h2", {}, t("calibrate")),
      shown,
      may("practitioner") && [
        h("p.note", {}, t("calibrate.how")),
        h(
          "form.row",
          { onsubmit: begin },
          h("label", {}, t("start.address"), url),
          h("label.check", {}, again, h("span", {}, t("calibrate.again"))),
          h("button", {}, t("calibrate.go")),
        ),
        state,
        answers,
        problem,
      ],
    ),
    close: () => server.removeEventListener("delta", hear),
  };
}
