// Every word of the page lies in strings/LANGUAGE.json; t("key", { n: 3 }) puts values into {n}. What knead itself
// says has a key, too, where a person must understand it: strings/said.LANGUAGE.json; in English it is as it comes.

let words = {};
let said = {};
export const LANGUAGES = { en: "English", de: "Deutsch" };
export let language = "en";

export async function load(wanted, more = "") {
  const known = wanted in LANGUAGES ? wanted : "en";
  const own = more ? read(known, more) : {};
  const [shared, spoken, added] = await Promise.all([read(known), known === "en" ? {} : read(`said.${known}`), own]);
  words = { ...shared, ...added };
  said = spoken;
  language = known;
  document.documentElement.lang = known;
}

const read = async (name, folder = "strings") => (await fetch(`${folder}/${name}.json`)).json();

// In the language of the page what knead says by a key; undefined where it is said in English.
export const translated = (key) => said[key];

export function preferred() {
  const kept = localStorage.getItem("language");
  const asked = kept ?? navigator.language.slice(0, 2);
  return asked in LANGUAGES ? asked : "en";
}

export function t(key, values = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

export const known = (key) => key in words;

// A part of the body by its id, such as lumbar-left.
export function zoneName(id) {
  const [, name, side] = /^(.*?)(?:-(left|right))?$/.exec(id ?? "");
  const found = t(`zone.${name}`);
  return [found === `zone.${name}` ? name : found, side && t(`side.${side}`)].filter(Boolean).join(", ");
}
