// The filters of a list with how many products each would leave, and the chips of what was chosen.

import { find, h, icon, show, unseen } from "./elements.js";
import { filtersOf } from "./wish.js";

// Name of the parameter → its heading; of those marked `one` only one value can be chosen.
const GROUPS = [
  { name: "category", title: "Category", one: true },
  { name: "gender", title: "For whom" },
  { name: "size", title: "Size" },
  { name: "colour", title: "Colour" },
  { name: "brand", title: "Maker" },
  { name: "tags", title: "Style and occasion" },
  { name: "min_rating", title: "Rating", one: true },
];
const NAMES = { on_sale: "On sale", in_stock: "In stock" };
const TITLES = Object.fromEntries(GROUPS.map((each) => [each.name, each.title]));
const closed = new Set(["tags", "min_rating"]); // as people leave them

const isChosen = (wish, name, value) => [wish[name] || []].flat().includes(value);
const words = ({ value, name }) => (name === value ? value : name);

const option = (group, each, wish) =>
  h(
    "li",
    {},
    h(
      "label",
      { class: "check" },
      h("input", {
        type: "checkbox",
        name: group.name,
        value: each.value,
        checked: isChosen(wish, group.name, each.value),
        "data-one": group.one,
      }),
      h("span", {}, words(each)),
      h("small", {}, String(each.count), unseen(" products")),
    ),
  );

function groupOf(group, values, wish) {
  const isUsed = values.some((each) => isChosen(wish, group.name, each.value));
  if (values.filter((each) => each.count).length < 2 && !isUsed) return null;
  const list = h(
    "ul",
    {},
    values
      .filter((each) => each.count || isChosen(wish, group.name, each.value))
      .map((each) => option(group, each, wish)),
  );
  const part = h(
    "details",
    { class: "facet", open: isUsed || !closed.has(group.name) },
    h("summary", {}, group.title),
    list,
  );
  part.addEventListener("toggle", () => (part.open ? closed.delete(group.name) : closed.add(group.name)));
  return part;
}

/** Draw the filters of an answer of the API; what has the focus keeps it. `left` is what the page itself asks for. */
export function drawFacets(answer, wish, left) {
  const focused = document.activeElement;
  const parts = GROUPS.filter((group) => !(group.name in left)).map((group) =>
    groupOf(group, answer.values[group.name] || [], wish),
  );
  const lists = () => [...document.querySelectorAll(".facet ul")];
  const scrolled = lists().map((each) => each.scrollTop);
  find("#facets").replaceChildren(...parts.filter(Boolean));
  for (const [at, each] of lists().entries()) each.scrollTop = scrolled[at] || 0;
  for (const name of Object.keys(NAMES)) find(`#${name}-count`).textContent = answer.values[name][0].count;
  if (focused?.name && !focused.isConnected)
    find(`#facets input[name="${focused.name}"][value="${CSS.escape(focused.value)}"]`)?.focus();
}

/** The name of a chosen value as people read it; `answer` may not be there yet. */
function nameOf(name, value, answer) {
  if (NAMES[name]) return NAMES[name];
  if (name === "min_price") return `From ₦${Number(value).toLocaleString("en-NG")}`;
  if (name === "max_price") return `Up to ₦${Number(value).toLocaleString("en-NG")}`;
  const known = answer?.values[name]?.find((each) => each.value === value);
  return known ? words(known) : value;
}

/** Show what was chosen as chips; `drop(name, value)` takes one back, `clear()` all. */
export function drawChosen(wish, answer, drop, clear) {
  const chips = filtersOf(wish).map(([name, value]) => {
    const text = nameOf(name, value, answer);
    const title = `Remove ${TITLES[name] ? `${TITLES[name]}: ` : ""}${text}`;
    const button = { type: "button", "aria-label": title, onclick: () => drop(name, value) };
    return h("li", {}, h("button", button, text, icon("close")));
  });
  if (chips.length > 1)
    chips.push(h("li", {}, h("button", { type: "button", class: "clear", onclick: clear }, "Clear all")));
  find("#chosen").replaceChildren(...chips);
  show(find("#chosen"), chips.length > 0);
}
