// The shell: logging in, navigation, which page is shown, and STOP, which is always there.

import { fill, h, say } from "./dom.js";
import { Server } from "./server.js";
import { stopBar } from "./stop.js";
import { known, language, LANGUAGES, load, preferred, t, translated } from "./strings.js";

const PAGES = {
  now: { roles: 1 },
  start: { roles: 2 },
  routines: { roles: 1 },
  tune: { roles: 2 },
  people: { roles: 2 },
  recordings: { roles: 2 },
  devices: { roles: 2 },
  simulate: { roles: 2 },
};
const IN_KIOSK = ["now", "start"];
const ROLES = { viewer: 1, operator: 2, practitioner: 3 };

export const server = new Server();
let shown = null; // what the page that is shown gives back: { close }

export const may = (role) => (ROLES[server.about.role] ?? 0) >= ROLES[role];

// Somebody may have typed a % that means nothing.
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

// An address is #page/what/more; each page gets what lies behind its name.
function where() {
  const [page, ...rest] = location.hash.slice(1).split("/").map(decoded);
  const known = server.about.kiosk ? IN_KIOSK.includes(page) : page in PAGES;
  return { page: known ? page : "now", rest };
}

export function address(page, ...rest) {
  return "./#" + [page, ...rest].map(encodeURIComponent).join("/");
}

async function show() {
  const { page, rest } = where();
  shown?.close?.();
  shown = null;
  drawHead(page);
  const main = document.getElementById("main");
  main.setAttribute("aria-busy", "true");
  document.title = `${t(`page.${page}`)} · Kneadwave`;
  main.className = page;
  const here = location.hash;
  const module = await import(`./pages/${page}.js`);
  if (location.hash !== here) return;
  const stage = h("div"); // of its own: a page that was left still fills its own
  fill(main, stage);
  main.focus({ preventScroll: true });
  scrollTo(0, 0);
  const made = (await module.show(stage, server, rest)) ?? {};
  if (location.hash !== here) {
    made.close?.();
    return;
  }
  shown = made;
  main.removeAttribute("aria-busy");
  main.dataset.shown = here.slice(1);
}

function drawHead(page) {
  const kiosk = server.about.kiosk;
  const links = Object.entries(PAGES).filter(
    ([, each]) => (ROLES[server.about.role] ?? 0) >= each.roles,
  );
  fill(
    document.getElementById("head"),
    h("a.brand", { href: address("now") }, "Kneadwave"),
    !kiosk &&
      h(
        "nav",
        { "aria-label": t("nav") },
        links.map(([name]) =>
          h("a", { href: address(name), "aria-current": name === page ? "page" : null }, t(`page.${name}`)),
        ),
        server.about.house && h("a", { href: "house.html" }, t("page.house")),
      ),
    h("span.stale", { id: "stale", role: "status" }),
    h(
      "select",
      { "aria-label": t("language"), onchange: (event) => speak(event.target.value) },
      Object.entries(LANGUAGES).map(([code, name]) => h("option", { value: code, selected: code === language }, name)),
    ),
  );
  document.querySelector("#head [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  tellStale();
}

async function speak(code) {
  localStorage.setItem("language", code);
  await load(code);
  frame();
  show();
}

function frame() {
  const skip = document.getElementById("skip");
  skip.textContent = t("skip");
  skip.onclick = (event) => {
    event.preventDefault(); // the part after # names a page here
    document.getElementById("main").focus();
  };
  stopBar(server);
}

function tellStale() {
  const badge = document.getElementById("stale");
  if (badge) say(badge, server.stale && server.about.role ? t("stale") : "");
  document.body.classList.toggle("old", Boolean(server.stale));
}

// A problem in the words of the command line where that refused, with its hint; what kind it is, in German.
export function told(error) {
  const { hint: words, exit } = error.data ?? {};
  const hint = / --[a-z]/.test(words) && !/knead /.test(words) ? null : words; // there is no --force on a page
  const kind = translated(`exit.${exit}`);
  const lang = exit === undefined ? null : "en";
  const text = error.message === "connection" ? t("connection") : error.message;
  return h("p.alarm", { role: "alert" }, kind && [kind, " "], h("span", { lang }, text), hint ? h("small", { lang }, hint) : null);
}

function askToLogIn(why) {
  shown?.close?.();
  shown = null; // whoever logs in again begins with the page anew
  const field = h("input", { type: "password", id: "password", autocomplete: "current-password", required: true });
  const problem = h("p.alarm", { role: "alert" }, why ?? "");
  const submit = async () => {
    try {
      await server.login({ password: field.value });
    } catch (error) {
      problem.textContent = known(error.message) ? t(error.message) : error.message;
    }
  };
  fill(document.getElementById("head"), h("span.brand", {}, "Kneadwave"));
  fill(
    document.getElementById("main"),
    h(
      "form.card",
      { onsubmit: submit },
      h("h1", {}, t("login")),
      h("p", {}, t("login.how")),
      h("input", { hidden: true, autocomplete: "username" }),
      h("label", { htmlFor: "password" }, t("password"), field),
      h("button.primary", {}, t("login")),
      problem,
    ),
  );
}

async function begin() {
  await load(preferred());
  frame();
  server.addEventListener("change", tellStale);
  server.addEventListener("login", () => askToLogIn());
  server.addEventListener("hello", () => (shown ? drawHead(where().page) : show()));
  addEventListener("hashchange", () => entered() || (server.about.role && show()));
  if (!entered()) server.connect();
}

// Whether the address brought a token, as that of a server begun anew does to a page that was open before.
function entered() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return false;
  history.replaceState(null, "", location.pathname); // it is no longer needed, and not for the history
  server.login({ token }).catch((error) => askToLogIn(error.message));
  return true;
}

begin();
