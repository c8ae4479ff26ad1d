// Where each motor of a device lies, by feel: what has to be so, a soft pulse, and where it was felt.

import { BodyMap } from "./bodymap.js";
import { fill, h, say } from "./dom.js";
import { told } from "./main.js";
import { t } from "./strings.js";
import { ask, button, choice, field, keyed, zoneName } from "./ui.js";

// `done` hears the name of the device once its description is written.
export function placePanel(server, outlines, done) {
  const name = h("input", { required: true, pattern: "[a-z0-9][a-z0-9\\-]*", maxLength: 24, autocomplete: "off", autocapitalize: "none" });
  const url = h("input", { required: true, maxLength: 200, placeholder: "tcode:/dev/…, hf8:/dev/…", autocomplete: "off", autocapitalize: "none" });
  const channels = h("input", { type: "number", min: 1, max: 64 });
  const state = h("p.lead", { role: "status" });
  const asked = h("div", { tabIndex: -1, "data-one": true });
  const problem = h("div");
  let session = null;

  async function begin() {
    fill(asked);
    say(state, "");
    const begun = await ask(problem, () => server.call("session.place", { name: name.value, device: url.value, channels: Number(channels.value) || null }));
    if (!begun) return;
    ({ session } = begun);
    say(state, t("wait"));
    await server.over(session);
  }

  const answer = (text) => {
    fill(asked);
    return ask(problem, () => server.call("session.say", { session, text }));
  };
  const answers = (pairs) => h("div.row", {}, pairs.map(([text, word, kind]) => button(text, () => answer(word), kind)));
  const leave = [t("place.leave"), "q"];

  const QUESTIONS = {
    mounting: ({ choices }) => [
      h("p", {}, t("place.mounting")),
      answers([...choices.map((word) => [t(`mounting.${word}`), word]), [t("mounting.open"), ""]]),
    ],
    promises: ({ promises }) => [
      h("p", {}, t("place.promises")),
      h("ul", {}, promises.map(({ id, say: text }) => keyed("li", `promise.${id}`, text))),
      answers([[t("place.so"), "y", ".primary"], [t("place.not so"), "n"], leave]),
    ],
    clear: ({ zone }) => [h("p", {}, t("place.clear", { zone: zoneName(zone) })), answers([[t("yes"), "y"], [t("no"), "n"], leave])],
    place,
  };

  function place({ zones }) {
    const canvas = h("canvas", { role: "img", "aria-label": t("place.map") });
    const map = new BodyMap(canvas, outlines);
    const [x, y] = ["right", "up"].map(() => h("input", { type: "number", step: 1 }));
    const zone = { name: "", side: "right" };
    const mark = () => map.show({ places: x.value && y.value ? [{ id: "", x_mm: Number(x.value), y_mm: Number(y.value), radius_mm: 20 }] : [] });
    x.onchange = y.onchange = mark;
    canvas.onclick = (event) => {
      [x.value, y.value] = map.at(event).map(Math.round);
      mark();
    };
    map.show(null);
    const submit = () => answer(zone.name ? `${zone.name} ${zone.side}` : `${x.value} ${y.value}`);
    return h(
      "form.playing",
      { onsubmit: submit },
      h("div.map", {}, canvas),
      h(
        "div",
        {},
        h("p", {}, t("place.how")),
        h("div.row", {}, field(t("place.right"), x), field(t("place.up"), y)),
        choice(t("place.zone"), [["", t("place.measured")], ...zones.map((each) => [each, zoneName(each)])], "", (picked) => (zone.name = picked)),
        choice(t("place.side"), ["right", "left"].map((side) => [side, t(`side.${side}`)]), "right", (side) => (zone.side = side)),
        h("div.row", {}, h("button.primary", {}, t("place.here")), button(t("place.again"), () => answer(""))),
        answers([[t("place.nothing"), "n"], [t("place.before"), "b"], leave]),
      ),
    );
  }

  function hear({ detail }) {
    if (detail.session !== session) return;
    const { delta } = detail;
    if (delta.event === "pulse") say(state, t("place.pulse", { n: delta.channel + 1, of: delta.of }));
    if (delta.event === "question") {
      say(state, delta.channel === undefined ? "" : t("place.channel", { n: delta.channel + 1, of: delta.of }));
      fill(problem, delta.problem ? h("p.alarm", { role: "alert", lang: "en" }, delta.problem) : null);
      fill(asked, QUESTIONS[delta.what](delta));
      asked.focus(); // what was pressed before is gone
    }
    if (delta.event === "written") done(name.value);
    if (delta.event === "kept") say(state, t("place.kept", { n: delta.said }));
    if (delta.event !== "end") return;
    fill(asked);
    if (!delta.ok) fill(problem, told({ message: delta.error, data: delta }));
    if (!delta.ok || !state.textContent) say(state, t("feel.over"));
  }

  server.addEventListener("delta", hear);
  return {
    root: h(
      "section.card",
      { "data-one": true },
      h("h2", {}, t("place")),
      h("p.note", {}, t("place.about")),
      h(
        "form.row",
        { onsubmit: begin },
        h("label", {}, t("place.name"), name),
        h("label", {}, t("start.address"), url),
        h("label", {}, t("place.channels"), channels),
        h("button", {}, t("place.go")),
      ),
      state,
      problem,
      asked,
    ),
    close: () => server.removeEventListener("delta", hear),
  };
}
