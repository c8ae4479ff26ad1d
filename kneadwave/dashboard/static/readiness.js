// The list before something moves on a body: confirmed box by box, and recorded, before a device is felt.

import { fill, h } from "./dom.js";
import { t } from "./strings.js";
import { ask, button, check, keyed } from "./ui.js";

const NOBODY = "sim:"; // a virtual cushion touches nobody

export const boxes = (items) => items.map(({ id, say }) => check(keyed("span", `ready.${id}`, say), { required: true }));

// `then`, once all of it is so for whoever is in use; not where somebody leaves, or stopped meanwhile.
export async function onceReady(server, box, url, then) {
  fill(box);
  if (url.trim() === NOBODY) return then();
  const told = await ask(box, () => server.call("screen.questions"));
  if (!told) return null;
  const items = told.filter(({ event }) => event === "ready");
  const submit = async () => {
    const { stops } = server;
    const kept = await ask(box, () => server.call("screen.answer", { ready: items.map(({ id }) => id) }));
    if (server.stops !== stops) fill(box, h("p.alarm", { role: "alert" }, t("start.stopped")));
    else if (kept) await then();
  };
  const form = h(
    "form",
    { onsubmit: submit },
    h("h3", {}, t("start.list")),
    boxes(items),
    h("div.row", {}, button(t("back"), () => fill(box)), h("button.primary", {}, t("feel.begin"))),
  );
  fill(box, form);
  form.querySelector("input").focus();
  return null;
}
