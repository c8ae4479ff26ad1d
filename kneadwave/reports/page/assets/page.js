"use strict";
// Everything here reads what the page holds already. Without it the tables say the same.
(() => {
  const root = document.documentElement;
  const run = JSON.parse(document.getElementById("run").textContent);
  const find = (id) => document.getElementById(id);
  const unpack = (text) => (text === null ? null : Uint8Array.from(atob(text), (c) => c.charCodeAt(0)));
  const series = { asked: unpack(run.asked), put: unpack(run.put), peak: unpack(run.peak), felt: unpack(run.felt) };
  const columns = run.columns;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const slider = find("time");
  const play = find("play");
  const discs = new Map();
  for (const group of document.querySelectorAll("#body-map [data-actuator]")) {
    discs.set(Number(group.dataset.actuator), {
      disc: group.querySelector(".disc"), halo: group.querySelector(".halo"), radius: Number(group.dataset.radius),
    });
  }
  const canvases = [...document.querySelectorAll(".wave canvas")];
  const overview = document.querySelector(".overview");
  const details = document.querySelector(".details");
  const seen = new Set(canvases);
  const view = { from: 0, length: Math.max(run.duration, run.column_s) };
  const stepItems = [...document.querySelectorAll(".steps li[data-step]")];
  let now = 0;

  root.classList.add("scripted");

  // -- words ---------------------------------------------------------------------------------------

  const pad = (n) => String(n).padStart(2, "0");
  const clock = (t) => `${Math.floor(t / 60)}:${pad(Math.floor(t % 60))}`;
  const spoken = (t) => `${Math.floor(t / 60)} min ${Math.floor(t % 60)} s`;
  const percent = (level) => `${Math.round(level * 100)} %`;

  function stepAt(t) {
    let at = -1;
    run.steps.forEach((step, i) => { if (step.start <= t + 0.002) at = i; });
    return at;
  }

  function stepWords(t) {
    const at = stepAt(t);
    return at < 0 ? "" : `step ${run.steps[at].number}: ${run.steps[at].name}`;
  }

  // -- the moment ----------------------------------------------------------------------------------

  const columnAt = (t) => Math.max(0, Math.min(columns - 1, Math.floor(t / run.column_s)));
  const feltAt = (actuator, column) => (columns ? series.felt[actuator * columns + column] / 255 : 0);

  function showBody(column) {
    for (const [actuator, { disc, halo, radius }] of discs) {
      const level = feltAt(actuator, column);
      const share = Math.min(1, level / run.top);
      const step = level < run.floor ? 0 : Math.max(1, Math.ceil(share * 8));
      disc.setAttribute("class", `disc l${step}`);
      disc.setAttribute("r", step ? (radius * (0.35 + 0.65 * Math.sqrt(share))).toFixed(1) : "0");
      halo.setAttribute("class", `halo l${step || 1}`);
      halo.style.opacity = step ? (0.08 + 0.34 * share).toFixed(2) : "0";
    }
  }

  const zoneRows = run.zones.map((zone, i) => {
    const item = find("now").children[i];
    return { ...zone, fill: item.querySelector(".full"), figure: item.querySelector("b") };
  });

  function showZones(column) {
    const levels = zoneRows.map((zone) => {
      const level = Math.max(0, ...zone.actuators.map((actuator) => feltAt(actuator, column)));
      zone.fill.setAttribute("width", (100 * Math.min(1, level)).toFixed(1));
      zone.figure.textContent = percent(level);
      return { name: zone.name, level };
    });
    return levels.filter((zone) => zone.level >= run.floor).sort((a, b) => b.level - a.level);
  }

  let saying = 0;
  function say(t, levels, soon) {
    clearTimeout(saying);
    const strongest = levels.slice(0, 3).map((zone) => `${zone.name} ${percent(zone.level)}`).join(", ");
    const words = `${spoken(t)}. ${stepWords(t)}. ${strongest || "nothing is felt"}.`;
    saying = setTimeout(() => { find("moment").textContent = words; }, soon ? 0 : 500);
  }

  let lastStep = -2;
  function show(t, playing = false) {
    now = Math.max(0, Math.min(run.duration, t));
    const column = columnAt(now);
    slider.value = String(Math.round(now));
    slider.setAttribute("aria-valuetext", [spoken(now), stepWords(now)].filter(Boolean).join(", "));
    find("clock").textContent = `${clock(now)} / ${clock(run.duration)}`;
    find("step-now").textContent = stepWords(now);
    find("moment-head").textContent = `Felt level at ${clock(now)}`;
    find("moment-step").textContent = stepWords(now);
    look();
    showBody(column);
    const levels = showZones(column);
    const step = stepAt(now);
    if (!playing || step !== lastStep) say(now, levels, playing);
    if (step !== lastStep) {
      stepItems.forEach((item, i) => item.toggleAttribute("data-now", i === step));
      lastStep = step;
    }
  }

  // -- waveforms -----------------------------------------------------------------------------------

  // Which time the waveforms show, and where the cursors stand in it.
  function look() {
    const whole = Math.max(run.duration, run.column_s);
    const length = Math.min(Number(find("zoom").value) || whole, whole);
    const from = Math.max(0, Math.min(whole - length, now - length / 2));
    const moved = from !== view.from || length !== view.length;
    Object.assign(view, { from, length });
    overview.style.setProperty("--x", now / whole);
    overview.style.setProperty("--from", from / whole);
    overview.style.setProperty("--share", length < whole ? length / whole : 0);
    details.style.setProperty("--x", (now - from) / length);
    if (moved) drawAll();
  }

  function heights(values, actuator, width, pick) {
    const result = new Float32Array(width);
    const first = view.from / run.column_s;
    const each = view.length / run.column_s / width;
    for (let x = 0; x < width; x += 1) {
      const from = Math.min(columns - 1, Math.floor(first + x * each));
      const to = Math.min(columns, Math.max(from + 1, Math.floor(first + (x + 1) * each)));
      let found = 0;
      for (let k = from; k < to; k += 1) {
        const value = values[actuator * columns + k];
        found = pick === "mean" ? found + value / (to - from) : Math.max(found, value);
      }
      result[x] = found;
    }
    return result;
  }

  function draw(canvas, colours) {
    const actuator = Number(canvas.dataset.actuator);
    const scale = window.devicePixelRatio || 1;
    const width = Math.max(1, Math.round(canvas.clientWidth * scale));
    const height = Math.max(1, Math.round(canvas.clientHeight * scale));
    canvas.width = width;
    canvas.height = height;
    const pen = canvas.getContext("2d");
    const room = height - 4 * scale;
    const y = (value) => height - scale - (room * value) / run.drive_top;
    const fill = (values, colour) => {
      pen.fillStyle = colour;
      pen.beginPath();
      pen.moveTo(0, y(0));
      values.forEach((value, x) => { pen.lineTo(x, y(value)); pen.lineTo(x + 1, y(value)); });
      pen.lineTo(width, y(0));
      pen.fill();
    };
    if (columns && series.put) {
      fill(heights(series.peak, actuator, width, "most"), colours.peak);
      fill(heights(series.put, actuator, width, "mean"), colours.put);
    }
    if (columns && series.asked) {
      pen.strokeStyle = colours.asked;
      pen.lineWidth = 1.2 * scale;
      pen.lineJoin = "round";
      pen.beginPath();
      heights(series.asked, actuator, width, "mean").forEach((value, x) => pen.lineTo(x + 0.5, y(value)));
      pen.stroke();
    }
    const ceiling = Number(canvas.dataset.ceiling);
    pen.strokeStyle = colours.ceiling;
    pen.lineWidth = scale;
    pen.setLineDash([3 * scale, 4 * scale]);
    pen.beginPath();
    pen.moveTo(0, y(ceiling));
    pen.lineTo(width, y(ceiling));
    pen.stroke();
  }

  function drawAll() {
    const style = getComputedStyle(root);
    const colours = {};
    for (const name of ["peak", "put", "asked", "ceiling"]) colours[name] = style.getPropertyValue(`--${name}`).trim();
    seen.forEach((canvas) => draw(canvas, colours));
  }

  let resizing = 0;
  new ResizeObserver(() => {
    cancelAnimationFrame(resizing);
    resizing = requestAnimationFrame(drawAll);
  }).observe(details);
  const watcher = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target);
      else seen.delete(target);
    }
    drawAll();
  }, { rootMargin: "200px" });
  canvases.forEach((canvas) => watcher.observe(canvas));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

  // -- controls ------------------------------------------------------------------------------------

  let timer = 0;
  let before = 0;
  function stop() {
    clearInterval(timer);
    timer = 0;
    play.lastElementChild.textContent = "Play";
    play.firstElementChild.textContent = "\u25b6";
  }

  function tick() {
    const at = performance.now();
    const t = now + ((at - before) / 1000) * Number(find("speed").value);
    before = at;
    if (t >= run.duration) stop();
    show(t, timer !== 0);
  }

  function start() {
    if (now >= run.duration - 0.5) show(0);
    before = performance.now();
    timer = setInterval(tick, calm.matches ? 1000 : 80);
    play.lastElementChild.textContent = "Pause";
    play.firstElementChild.textContent = "\u275a\u275a";
  }

  play.addEventListener("click", () => (timer ? stop() : start()));
  find("zoom").addEventListener("change", look);
  slider.addEventListener("input", () => show(Number(slider.value)));
  for (const canvas of canvases) {
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      show(view.from + ((event.clientX - box.left) / box.width) * view.length);
    });
  }

  function jumping(holder, name) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = holder.textContent;
    if (name) button.setAttribute("aria-label", name);
    button.addEventListener("click", () => show(Number(holder.dataset.t)));
    holder.replaceChildren(button);
    return button;
  }
  for (const cell of document.querySelectorAll("#events [data-t]")) {
    jumping(cell, `${cell.textContent}, go to: ${cell.nextElementSibling.textContent}`);
  }
  stepItems.forEach((item, i) => {
    jumping(item, `go to step ${run.steps[i].number}: ${item.textContent}`).title = item.textContent;
  });

  const themes = ["automatic", "light", "dark"];
  let theme = 0;
  find("theme").addEventListener("click", (event) => {
    theme = (theme + 1) % themes.length;
    if (theme) root.dataset.theme = themes[theme];
    else delete root.dataset.theme;
    event.currentTarget.textContent = `Theme: ${themes[theme]}`;
    drawAll();
  });

  drawAll();
  show(run.first);
  clearTimeout(saying);
})();
