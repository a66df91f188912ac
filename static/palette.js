// The command palette: Ctrl+K, a few letters, arrows, Enter.
"use strict";

const palette = document.getElementById("palette");
const opener = document.querySelector("[data-palette]");

if (palette && opener) {
  const input = palette.querySelector("input");
  const list = palette.querySelector("[role=listbox]");
  let asked = 0;

  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled])")];
  const chosen = () => list.querySelector("[aria-selected=true]");

  /** Mark one option as the one that Enter opens. */
  function choose(option) {
    chosen()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  }

  /** Show what the question finds, unless a later one was asked meanwhile. */
  async function ask() {
    const turn = ++asked;
    const address = `${palette.dataset.address}?q=${encodeURIComponent(input.value)}`;
    const answer = await fetch(address).catch(() => null);
    if (turn !== asked || !answer) return;
    if (answer.redirected) return location.reload();
    list.innerHTML = await answer.text();
    choose(options()[0]);
  }

  /** Open the palette, empty. */
  function open() {
    if (palette.open) return;
    input.value = "";
    palette.showModal();
    ask();
  }

  /** Move the choice, around the ends. */
  function move(step) {
    const all = options();
    if (all.length) choose(all[(all.indexOf(chosen()) + step + all.length) % all.length]);
  }

  opener.hidden = false;
  opener.addEventListener("click", open);
  input.addEventListener("input", ask);
  palette.addEventListener("click", (event) => event.target === palette && palette.close());
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  input.addEventListener("keydown", (event) => {
    const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1) };
    if (event.key in keys) {
      event.preventDefault();
      keys[event.key]();
    } else if (event.key === "Enter") {
      event.preventDefault();
      chosen()?.click();
    }
  });
}
