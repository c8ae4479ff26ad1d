// Elements, written as data: h("button.primary", { onclick }, "text", child, ...).

export function h(what, props = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "onclick" || name === "onsubmit") made.addEventListener(name.slice(2), (event) => singly(made, event, value));
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && name !== "list" && name !== "form" && !name.includes("-")) made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

// While what a click or a submit began is under way, nothing beside it begins: what is in the same [data-one], in
// the same form, or the button itself. STOP is not made here, and is never held.
const busy = new WeakSet();
const scopeOf = (element) => element.closest("[data-one]") ?? element.closest("form") ?? element;

async function singly(element, event, work) {
  if (event.type === "submit") event.preventDefault();
  const scope = scopeOf(element);
  if (busy.has(scope)) return;
  const begun = work(event);
  if (!(begun instanceof Promise)) return;
  busy.add(scope);
  const held = [element, ...scope.querySelectorAll("button")].filter((each) => each.localName === "button" && scopeOf(each) === scope);
  for (const each of held) each.setAttribute("aria-disabled", "true");
  try {
    await begun;
  } finally {
    busy.delete(scope);
    for (const each of held) each.removeAttribute("aria-disabled");
  }
}

export function fill(parent, ...children) {
  parent.replaceChildren(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
}

// Filled anew only where `what` it shows has changed: what has the focus keeps it.
export function show(parent, what, ...children) {
  if (parent.dataset.shows === what) return;
  parent.dataset.shows = what;
  fill(parent, ...children);
}

// Text that is there already is left alone: a screen reader would read it again.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// As kneadwave/text.py does it.
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(Math.round(seconds * 1000) / 1000));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export const percent = (share) => `${Math.round(share * 100)} %`;

export function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.flat().filter(Boolean));
  return made;
}
