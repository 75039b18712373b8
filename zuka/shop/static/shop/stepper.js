// A number of pieces, with buttons to have one less or one more.

import { h, icon } from "./elements.js";

/** Make a stepper from 1 to `most`; `onChange(quantity, undo)` hears of every change. `read()` gives the number. */
export function stepper({ quantity = 1, most = 10, label, onChange = () => null }) {
  let now = quantity;
  const input = h("input", {
    type: "number",
    inputmode: "numeric",
    min: 1,
    max: most,
    value: quantity,
    "aria-label": label,
  });
  const less = h("button", { type: "button", class: "icon-button", "aria-label": `One less: ${label}` }, icon("minus"));
  const more = h("button", { type: "button", class: "icon-button", "aria-label": `One more: ${label}` }, icon("plus"));
  const put = (value) => {
    now = value;
    input.value = value;
    less.disabled = now <= 1;
    more.disabled = now >= most;
  };
  const change = (wanted) => {
    const before = now;
    put(Math.min(Math.max(Math.trunc(wanted) || 1, 1), most));
    if (now !== before) onChange(now, () => put(before));
  };
  less.addEventListener("click", () => change(now - 1));
  more.addEventListener("click", () => change(now + 1));
  input.addEventListener("change", () => change(Number(input.value)));
  put(quantity);
  return {
    element: h("div", { class: "stepper", role: "group", "aria-label": label }, less, input, more),
    read: () => now,
  };
}
