// Feeling what is tuned: one step as it is now, or two versions of it, blind; answered by buttons.

import { fill, h, say } from "./dom.js";
import { told } from "./main.js";
import { t } from "./strings.js";
import { button } from "./ui.js";

// `about` is the profile and the step; what is felt is told by the session's own events.
export function feelPanel(server, about) {
  const device = h("input", { value: "sim:", maxLength: 200, autocomplete: "off", autocapitalize: "none" });
  const state = h("p", { role: "status" });
  const answers = h("div.row");
  const problem = h("div");
  let session = null;

  async function feel(test) {
    fill(problem);
    fill(answers);
    try {
      ({ session } = await server.call("session.feel", { ...about, test, device: device.value }));
      say(state, t("feel.begins"));
    } catch (error) {
      fill(problem, told(error));
    }
  }

  function hear({ detail }) {
    if (detail.session !== session) return;
    const { delta } = detail;
    if (delta.event === "progress" && delta.level !== undefined) say(state, t("feel.level", { percent: Math.round(100 * delta.level) }));
    const first = delta.part === "first";
    if (delta.event === "part") say(state, t(first ? "feel.first" : "feel.second"));
    if (delta.event === "question") ask(delta.choices);
    if (delta.event === "end") end(delta);
  }

  function ask(choices) {
    say(state, t("feel.which"));
    const answer = (key) => {
      fill(answers);
      server.call("session.key", { session, key });
    };
    fill(answers, choices.map((key) => button(t(`feel.answer.${key}`), () => answer(key))));
  }

  function end(delta) {
    fill(answers);
    if (!delta.ok) fill(problem, told({ message: delta.error, data: delta }));
    const edited = delta.answer === "edited";
    const decided = edited || delta.answer === "saved";
    say(state, decided ? t(edited ? "feel.edited" : "feel.saved") : t("feel.over"));
  }

  server.addEventListener("delta", hear);
  return {
    root: h(
      "section.card.feel",
      {},
      h("h2", {}, t("feel")),
      h("p.note", {}, t("feel.how")),
      h("div.row", {}, h("label", {}, t("device"), device), button(t("feel.preview"), () => feel("preview")), button(t("feel.ab"), () => feel("ab"))),
      state,
      answers,
      problem,
    ),
    close: () => server.removeEventListener("delta", hear),
  };
}
