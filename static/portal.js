// What every page can do beyond its forms: switch the theme, send a form when a choice is made.
"use strict";

const theme = document.getElementById("theme");
theme.hidden = false;
theme.addEventListener("click", () => {
  const root = document.documentElement;
  const now = root.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  root.dataset.theme = now === "dark" ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
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
