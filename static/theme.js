// Sets the remembered theme before the page is painted.
"use strict";
{
  const theme = localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
}
