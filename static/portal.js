// What every page can do beyond its forms: keep a theme, announce messages, send a choice at once
// and a form once.
"use strict";

const themes = document.querySelectorAll("[data-theme-choice]");

/** Mark the chosen theme in its menu. */
function markTheme() {
  const chosen = document.documentElement.dataset.theme ?? "system";
  for (const button of themes) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  }
}

/** Show a theme; "system" is the absence of a choice. */
function chooseTheme(choice) {
  const root = document.documentElement;
  if (choice === "system") delete root.dataset.theme;
  else root.dataset.theme = choice;
  try {
    if (choice === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", choice);
  } catch {
    // Storage is forbidden: the choice holds for this page.
  }
  markTheme();
}

for (const button of themes) {
  button.addEventListener("click", () => {
    chooseTheme(button.dataset.themeChoice);
    button.closest("[popover]").hidePopover();
  });
}
markTheme();

// Screen readers announce what changes, not what is there from the start.
for (const region of document.querySelectorAll("[data-announce]")) {
  const parts = [...region.childNodes];
  requestAnimationFrame(() => region.replaceChildren(...parts));
}

// A second click must not send a form again.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formMethod === "dialog") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// Arrow keys change a drop-down step by step, so only the pointer's choice goes at once.
for (const form of document.querySelectorAll("form[data-autosubmit]")) {
  let byPointer = false;
  form.addEventListener("pointerdown", () => (byPointer = true));
  form.addEventListener("keydown", () => (byPointer = false));
  form.addEventListener("change", (event) => {
    if (byPointer && event.target.matches("select")) form.requestSubmit();
  });
}
