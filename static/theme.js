// Sets the remembered theme before the page is painted, and tells the stylesheet of JavaScript.
"use strict";
{
  const root = document.documentElement;
  root.classList.add("scripted");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  } catch {
    // Storage is forbidden: the system's theme it is.
  }
}
