// The list before something moves on a body: confirmed box by box, and recorded, before a device is felt.

import { fill, h } from "./dom.js";
import { t } from "./strings.js";
import { ask, button, check, keyed } from "./ui.js";

const NOBODY = "sim:"; // a virtual cushion touches nobody

export const boxes = (items) => items.map(({ id, say }) => check(keyed("span", `ready.${id}`, say), { required: true }));

// True once all of it is so, for whoever is in use; false where somebody leaves, or stopped meanwhile.
export async function confirmed(server, box, url) {
  if (url.trim() === NOBODY) return true;
  const told = await ask(box, () => server.call("screen.questions"));
  if (!told) return false;
  const items = told.filter(({ event }) => event === "ready");
  return new Promise((done) => {
    const submit = async (event) => {
      event.preventDefault();
      const { stops } = server;
      const kept = await ask(box, () => server.call("screen.answer", { ready: items.map(({ id }) => id) }));
      if (server.stops !== stops) fill(box, h("p.alarm", { role: "alert" }, t("start.stopped")));
      done(Boolean(kept) && server.stops === stops);
    };
    const leave = () => {
      fill(box);
      done(false);
    };
    const form = h(
      "form",
      { onsubmit: submit },
      h("h3", {}, t("start.list")),
      boxes(items),
      h("div.row", {}, button(t("back"), leave), h("button.primary", {}, t("feel.begin"))),
    );
    fill(box, form);
    form.querySelector("input").focus();
  });
}
