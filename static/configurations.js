// Offers the variables while one is typed: "$" opens the list, more letters narrow it down.
"use strict";

const offered = document.querySelector("[data-offered]");
const variables = [...(offered?.children ?? [])].map((row) => ({
  text: row.querySelector("code").textContent,
  standsFor: row.querySelector("dd").textContent.trim(),
}));

const list = document.createElement("ul");
list.className = "suggestions";
list.id = "suggestions";
list.role = "listbox";
list.ariaLabel = offered?.dataset.label ?? "";

/** Return what is typed of a variable right before the caret, with where it begins; else null. */
function begun(field) {
  const before = field.value.slice(0, field.selectionStart);
  const found = /\$(\{?)(\w*)$/.exec(before);
  const dollars = /\$*$/.exec(before.slice(0, found?.index ?? 0))[0].length;
  return found && dollars % 2 === 0 ? { start: found.index, letters: found[2].toLowerCase() } : null;
}

/** Show the variables that match what is typed, or nothing. */
function suggest(field) {
  const typed = begun(field);
  const matching = typed
    ? variables.filter(({ text }) => text.toLowerCase().includes(typed.letters))
    : [];
  if (!matching.length) return close(field);
  list.replaceChildren(...matching.map((variable, index) => option(field, variable, index)));
  field.parentElement.append(list);
  expand(field, true);
  choose(field, 0);
}

/** Return an entry of the list. */
function option(field, { text, standsFor }, index) {
  const entry = document.createElement("li");
  const code = document.createElement("code");
  const hint = document.createElement("span");
  entry.id = `suggestion-${index}`;
  entry.role = "option";
  entry.dataset.text = code.textContent = text;
  hint.className = "hint";
  hint.textContent = standsFor;
  entry.append(code, hint);
  entry.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    insert(field, text);
  });
  return entry;
}

/** Mark an entry; its number is taken round the ends of the list. */
function choose(field, index) {
  const entries = [...list.children];
  const chosen = entries.at(index % entries.length);
  for (const entry of entries) entry.setAttribute("aria-selected", String(entry === chosen));
  field.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

/** Put a variable where it was begun. */
function insert(field, text) {
  const { start } = begun(field);
  const end = field.selectionStart + (field.value[field.selectionStart] === "}" ? 1 : 0);
  field.setRangeText(text, start, end, "end");
  close(field);
}

/** Take the list away. */
function close(field) {
  list.remove();
  expand(field, false);
  field.removeAttribute("aria-activedescendant");
}

/** Say whether the list is open; a box of many lines cannot be a combobox: it points at the list. */
function expand(field, isOpen) {
  if (field.role === "combobox") field.setAttribute("aria-expanded", String(isOpen));
  if (field.role === "combobox" || isOpen) field.setAttribute("aria-controls", list.id);
  else field.removeAttribute("aria-controls");
}

/** Move in the list, take an entry, or leave it; all other keys type. */
function press(field, event) {
  if (list.parentElement !== field.parentElement || event.isComposing) return;
  const entries = [...list.children];
  const chosen = entries.findIndex((entry) => entry.ariaSelected === "true");
  if (event.key === "ArrowDown") choose(field, chosen + 1);
  else if (event.key === "ArrowUp") choose(field, chosen - 1);
  else if (event.key === "Enter") insert(field, entries[chosen].dataset.text);
  else if (event.key === "Escape") close(field);
  else return;
  event.preventDefault();
}

for (const field of document.querySelectorAll("[data-variables]")) {
  if (field.tagName === "INPUT") field.role = "combobox";
  field.setAttribute("aria-autocomplete", "list");
  expand(field, false);
  field.addEventListener("input", () => suggest(field));
  field.addEventListener("click", () => suggest(field));
  field.addEventListener("keydown", (event) => press(field, event));
  field.addEventListener("blur", () => close(field));
}
