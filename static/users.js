// The selection of the Users list: a box for the whole page, and a count that follows the boxes.
"use strict";

for (const form of document.querySelectorAll("[data-selection]")) {
  const boxes = [...form.querySelectorAll('input[name="user"]:not(:disabled)')];
  const whole = form.querySelector("[data-tick-page]");
  const count = form.querySelector("[data-count]");
  const none = form.querySelector("[data-tick-none]");

  /** Show how many are ticked; where all that match are selected, the page has said so already. */
  function show() {
    if (!boxes.length) return;
    const ticked = boxes.filter((box) => box.checked).length;
    count.textContent = String(ticked);
    whole.checked = ticked === boxes.length;
    whole.indeterminate = ticked > 0 && ticked < boxes.length;
    none.hidden = ticked === 0;
    for (const button of form.querySelectorAll("[data-needs-users]")) button.disabled = ticked === 0;
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
    tick(false);
  });
  // A browser that goes back fills the boxes in again.
  window.addEventListener("pageshow", show);
  show();
}
