// Devices: descriptions drawn on the body, how their motors answer and where they lie; what is plugged in, what
// stops it, and whether everything is in place.

import { BodyMap } from "../bodymap.js";
import { calibrationPanel } from "../calibration.js";
import { fill, h, percent } from "../dom.js";
import { address, may } from "../main.js";
import { placePanel } from "../placing.js";
import { t } from "../strings.js";
import { ask, button, choice, facts, offReason, said, table, zoneName } from "../ui.js";

const GUARDED = /^(hf8|tcode|intiface|audio|evdev):/; // devices that guard nobody: kneadwave/guards/dialects.py
const STATUSES = { ok: "good", warn: "alarm", fail: "alarm" };

const stopsBy = (guarded) => t(guarded ? "device.guarded" : "device.firmware");

export async function show(main, server, [wanted = "reference-cushion"]) {
  const problem = h("div");
  fill(main, h("h1", {}, t("page.devices")), problem);
  const found = await ask(problem, () => Promise.all([server.call("device.list"), server.call("body.map")]));
  if (!found) return;
  const [devices, outlines] = found;
  const canvas = h("canvas", { role: "img", "aria-label": t("device.map") });
  const map = new BodyMap(canvas, outlines);
  const about = h("div");
  const calibration = calibrationPanel(server);
  const placing = may("practitioner") ? placePanel(server, outlines, (name) => (location.href = address("devices", name))) : null;
  async function pick(name) {
    const told = await ask(problem, () => server.call("device.show", { name }));
    if (!told) return;
    const [{ actuators, stature_m, mounting, title }] = told;
    const off = actuators.filter(({ excluded }) => excluded);
    map.show({ places: actuators, stature_m, excluded: off });
    map.feel(actuators.map(({ excluded, ceiling_felt: most }) => (excluded ? 0 : most / 2)));
    canvas.setAttribute("aria-label", `${t("device.map")}: ${title}`);
    fill(
      about,
      said("p", devices.find((each) => each.name === name).description),
      facts([
        [t("device.actuators"), actuators.length],
        [t("device.off"), off.length],
        [t("device.lies"), mounting ? t(`mounting.${mounting}`) : "-"],
      ]),
      table(
        t("device.actuators"),
        ["id", t("device.kind"), t("device.where"), [t("ceiling")]],
        actuators.map(({ id, kind, zone_title: zone, ceiling_felt: most, excluded }) => [
          id,
          said("span", kind),
          excluded ? offReason("span.alarm", excluded) : zoneName(zone),
          [excluded ? "-" : percent(most)],
        ]),
      ),
    );
    await calibration.show(name);
  }
  main.append(
    h(
      "section.card",
      {},
      h("h2", {}, t("device.descriptions")),
      choice(t("device"), devices.map(({ name, title }) => [name, title]), wanted, pick),
      h("div.playing", {}, h("div.map", {}, canvas), about),
    ),
    calibration.root,
    look("device.scan", t("device.found"), [t("start.device"), t("device.is"), t("start.address"), t("device.stops")], ({ node, about: what, likely, urls }) => [
      node,
      said("span", what || likely),
      urls.join(" "),
      stopsBy(urls.some((url) => GUARDED.test(url))),
    ]),
    placing?.root ?? "",
    look("doctor.run", t("device.doctor"), [t("device.what"), t("device.value"), t("device.remedy")], ({ status, what, found: words, remedy }) => [
      h(`span.${STATUSES[status]}`, {}, `${t(`doctor.${status}`)}: `, said("span", what)),
      said("span", words),
      remedy ? said("span", remedy) : "",
    ]),
    look("config.show", t("device.config"), [t("device.what"), t("device.value"), t("calibrate.from")], ({ key, says, source }) => [
      key,
      said("span", says),
      said("span", source),
    ]),
  );
  await pick(wanted);
  return {
    close() {
      calibration.close();
      placing?.close();
    },
  };

  // A table that is asked for by a button.
  function look(method, title, heads, row) {
    const box = h("div");
    const look_up = async () => {
      const told = await ask(box, () => server.call(method));
      if (!told) return;
      const rows = told.filter(({ event }) => event !== "end").map(row);
      fill(box, rows.length ? table(title, heads, rows) : h("p", { role: "status" }, t("device.nothing")));
    };
    return h("section.card", {}, h("h2", {}, title), button(t("device.look"), look_up), box);
  }
}
