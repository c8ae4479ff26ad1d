// Every word of the page lies in strings/LANGUAGE.json; t("key", { n: 3 }) puts values into {n}.

let words = {};
export const LANGUAGES = { en: "English", de: "Deutsch" };
export let language = "en";

export async function load(wanted) {
  const known = wanted in LANGUAGES ? wanted : "en";
  words = await (await fetch(`strings/${known}.json`)).json();
  language = known;
  document.documentElement.lang = known;
}

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
