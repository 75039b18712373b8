"use strict";

/* A report's form works without this. With it, a choice made by pointer shows at once, a named period takes the place
   of chosen days, and inputs left empty stay out of the address. */

document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("report-picker");
  if (!form) return;
  let byPointer = false;

  form.addEventListener("pointerdown", () => { byPointer = true; });
  form.addEventListener("keydown", () => { byPointer = false; });

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.name === "period" && input.value) {
      form.querySelectorAll("input[type=date]").forEach((day) => { day.value = ""; });
    }
    if (input.tagName === "SELECT" && byPointer && !("waits" in input.dataset)) form.requestSubmit();
  });

  form.addEventListener("submit", () => {
    for (const input of form.elements) {
      if (input.name && !input.value) input.disabled = true;
    }
  });

  window.addEventListener("pageshow", () => {
    for (const input of form.elements) input.disabled = false;
  });
});
