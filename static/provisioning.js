// What the provisioning pages can do beyond their forms: copy, open confirmations as dialogs.
"use strict";

const says = document.getElementById("copy-says");

/** Put text into the clipboard; tell whether that worked. */
async function copy(source) {
  const text = source.value ?? source.textContent;
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Not allowed: the older way below may be.
    }
  }
  select(source);
  return document.execCommand("copy");
}

/** Select a value, so that the reader can copy it by hand. */
function select(source) {
  if (source.select) {
    source.focus();
    source.select();
  } else {
    getSelection().selectAllChildren(source);
  }
}

/** Say on the button and to screen readers what became of a copy, for two seconds. */
function announce(button, copied, source) {
  const label = button.querySelector("[data-copy-label]");
  if (!copied) select(source);
  const words = copied ? says.dataset.copied : says.dataset.selected;
  label.textContent = words;
  button.classList.toggle("copied", copied);
  says.textContent = `${button.dataset.what}: ${words}`;
  clearTimeout(button.timer);
  button.timer = setTimeout(() => {
    label.textContent = says.dataset.copy;
    button.classList.remove("copied");
    says.textContent = "";
  }, 2500);
}

for (const button of document.querySelectorAll("[data-copy-row] button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const source = button.closest("[data-copy-row]").querySelector("[data-copy-text]");
    announce(button, await copy(source), source);
  });
}

// A confirmation is a page of its own; where its dialog is on this page, the button opens that.
for (const button of document.querySelectorAll("button[data-dialog]")) {
  const dialog = document.getElementById(button.dataset.dialog);
  if (!dialog?.showModal) continue;
  button.type = "button";
  if ("commandForElement" in button) {
    button.command = "show-modal";
    button.commandForElement = dialog;
  } else {
    button.addEventListener("click", () => dialog.showModal());
  }
}
