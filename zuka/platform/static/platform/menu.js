"use strict";

/* Unfold folds a group of the menu by a click on its heading; this lets the keyboard do so, and says what is open. */

document.addEventListener("DOMContentLoaded", () => {
  for (const heading of document.querySelectorAll("#nav-sidebar h2.cursor-pointer")) {
    const list = heading.nextElementSibling;
    const tell = () => heading.setAttribute("aria-expanded", String(getComputedStyle(list).display !== "none"));
    heading.tabIndex = 0;
    heading.setAttribute("role", "button");
    heading.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      heading.click();
    });
    new MutationObserver(tell).observe(list, { attributes: true, attributeFilter: ["style"] });
    tell();
  }
});
