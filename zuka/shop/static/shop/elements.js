// Elements made by hand: text is always text, never HTML, so nothing that the API says can run.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = new URL("./icons.svg", import.meta.url).pathname;

/** Find the first element of a selector. */
export const find = (selector, root = document) => root.querySelector(selector);

/** Make an element: `h("a", {href, class: "x", onclick}, ...children)`. Absent children and attributes are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setAttribute(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : value);
}

/** Make an icon of the sprite. It is decoration: what it means stands beside it in words. */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${ICONS}#${name}`);
  picture.append(use);
  return picture;
}

/** The heart of a product. What it does comes with wishes.js, which a page loads once it stands. */
export const heart = ({ id, slug, name }) =>
  h(
    "button",
    { type: "button", class: "heart", "data-wish": id, "data-slug": slug, "aria-pressed": "false", hidden: true },
    icon("heart"),
    unseen(`Wishlist: ${name}`),
  );

/** Words for screen readers only. */
export const unseen = (text) => h("span", { class: "unseen" }, text);

/** Show or hide an element. */
export const show = (element, isShown = true) => element.toggleAttribute("hidden", !isShown);

/** "1 item", "3 items". */
export const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** Copy a text; false where the browser does not let a page do that. */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // not allowed here: whoever asks shows it to be copied by hand
    return false;
  }
}

const DAY = new Intl.DateTimeFormat("en-NG", { day: "numeric", month: "long", year: "numeric" });

/** A moment of the API as a day for people; empty without one. */
export const day = (moment) => (moment ? DAY.format(new Date(moment)) : "");
