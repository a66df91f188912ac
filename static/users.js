// The selection of the Users list: a box for the whole page, a count that follows the boxes, and
// ticks that last from one page of the list to the next.
"use strict";

const KEPT = "ticked-users";
/** As many ids as fit into a line of a request that any proxy takes. */
const MOST_KEPT = 150;
const PLACE = ["page", "size", "sort"];

/** Return what is ticked on any page of a list, if the reader comes from one of its pages. */
function kept(list) {
  try {
    const stored = JSON.parse(sessionStorage.getItem(KEPT));
    const isPaging = new URL(document.referrer).pathname === location.pathname;
    return isPaging && stored.list === list ? stored.users : [];
  } catch {
    return []; // Nothing is kept, storage is forbidden, or the reader comes from elsewhere.
  }
}

/** Keep what is ticked for the list's other pages. */
function keep(list, users) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ list, users }));
  } catch {
    // Storage is forbidden: the ticks hold for this page.
  }
}

/** Return a field that sends a user who is ticked on another page. */
function hidden(user) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "user", value: user });
  return field;
}

for (const form of document.querySelectorAll("[data-selection]")) {
  const boxes = [...form.querySelectorAll('input[name="user"]:not(:disabled)')];
  const whole = form.querySelector("[data-tick-page]");
  const count = form.querySelector("[data-count]");
  const none = form.querySelector("[data-tick-none]");
  const narrowed = [...form.querySelectorAll(':scope > input[type="hidden"]')];
  const list = JSON.stringify(
    narrowed.filter(({ name }) => !PLACE.includes(name)).map(({ name, value }) => [name, value]),
  );
  let elsewhere = [];

  /** Tick again what was ticked, here and on other pages. */
  function restore() {
    const users = new Set(boxes.length ? kept(list) : []);
    for (const box of boxes) if (users.delete(box.value)) box.checked = true;
    elsewhere = [...users].slice(0, Math.max(0, MOST_KEPT - boxes.length)).map(hidden);
    form.append(...elsewhere);
  }

  /** Show how many are ticked; where all that match are selected, the page has said so already. */
  function show() {
    if (!boxes.length) return keep(list, []);
    const ticked = boxes.filter((box) => box.checked);
    const total = ticked.length + elsewhere.length;
    count.textContent = String(total);
    whole.checked = ticked.length === boxes.length;
    whole.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
    none.hidden = total === 0;
    for (const button of form.querySelectorAll("[data-needs-users]")) button.disabled = total === 0;
    keep(list, [...ticked, ...elsewhere].map(({ value }) => value));
  }

  /** Tick all boxes of the page, or none. */
  function tick(checked) {
    for (const box of boxes) box.checked = checked;
    show();
  }

  form.addEventListener("change", (event) => {
    if (event.target === whole) tick(whole.checked);
    else show();
  });
  form.querySelector("[data-tick-all]")?.addEventListener("click", (event) => {
    event.preventDefault();
    tick(true);
  });
  none.addEventListener("click", (event) => {
    if (!boxes.length) return;
    event.preventDefault();
    for (const field of elsewhere.splice(0)) field.remove();
    tick(false);
  });
  // A browser that goes back fills the boxes in again.
  window.addEventListener("pageshow", show);
  restore();
  show();
}
