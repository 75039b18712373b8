// Choosing a variant: a size and a colour, of those that are there. What is sold out can be seen but not chosen.

import { h, unseen } from "./elements.js";

const PARTS = [
  ["size", "Size"],
  ["colour", "Colour"],
];

const different = (variants, part) => [...new Set(variants.map((each) => each[part]).filter(Boolean))];

/**
 * Make the choice. `element` is to be shown; `variant()` is what is chosen, null while something is missing;
 * `missing()` is the name of the part to choose first; `onChange` hears of every change.
 */
export function openChoice(variants, onChange) {
  const options = PARTS.map(([part, title]) => ({ part, title, values: different(variants, part) })).filter(
    (each) => each.values.length,
  );
  const picked = Object.fromEntries(
    options.filter((each) => each.values.length === 1).map((each) => [each.part, each.values[0]]),
  );
  const fits = (variant, wanted) => Object.entries(wanted).every(([part, value]) => variant[part] === value);
  const isThere = (part, value) => variants.some((each) => each.in_stock && each[part] === value);
  // What no longer goes with the last choice is to be chosen again; nothing can be chosen into a corner.
  const makeRoom = (part, value) => {
    if (variants.some((each) => each.in_stock && fits(each, { ...picked, [part]: value }))) return;
    options.filter((each) => each.part !== part && each.values.length > 1).forEach((each) => delete picked[each.part]);
  };
  const element = h("div", { class: "variants" });
  const pick = (part, value) => {
    makeRoom(part, value);
    picked[part] = value;
    refresh();
    onChange();
  };
  const groups = options.map((option) => group(option, pick));
  const refresh = () => groups.forEach((each) => each.refresh(isThere, picked));
  element.append(...groups.map((each) => each.element));
  refresh();
  return {
    element,
    picked,
    variant: () =>
      options.every(({ part }) => picked[part]) ? variants.find((each) => fits(each, picked)) || null : null,
    missing: () => groups.find((each) => !picked[each.part]) || null,
  };
}

function group({ part, title, values }, pick) {
  if (values.length === 1)
    return {
      part,
      element: h("p", { class: "only" }, h("span", { class: "quiet" }, `${title}: `), values[0]),
      refresh: () => null,
    };
  const error = h(
    "p",
    { class: "field-error", id: `${part}-error`, hidden: true },
    `Choose a ${title.toLowerCase()} first.`,
  );
  const options = values.map((value) =>
    option(part, value, () => {
      error.hidden = true;
      pick(part, value);
    }),
  );
  const row = h(
    "div",
    { class: "options" },
    options.map((each) => each.element),
  );
  const refresh = (isThere, picked) =>
    options.forEach((each) => each.refresh(isThere(part, each.value), picked[part] === each.value));
  const complain = () => {
    error.hidden = false;
    const first = (options.find((each) => !each.input.disabled) || options[0]).input;
    first.focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  };
  return {
    part,
    title,
    element: h("fieldset", { class: "option-group" }, h("legend", {}, title), row, error),
    refresh,
    complain,
  };
}

function option(part, value, onPick) {
  const input = h("input", { type: "radio", name: part, value, onchange: onPick });
  const soldOut = unseen("");
  const element = h("label", { class: "option" }, input, h("span", {}, value, soldOut));
  const refresh = (isThere, isPicked) => {
    input.disabled = !isThere;
    soldOut.textContent = isThere ? "" : ", sold out";
    input.checked = isThere && isPicked;
  };
  return { value, input, element, refresh };
}
