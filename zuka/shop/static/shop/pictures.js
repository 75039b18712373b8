// Pictures of products, and the tile that stands in for one that is missing or does not load.

import { h } from "./elements.js";

const TINTS = 8;

/** One of eight tints, always the same for the same words. */
export function tint(words) {
  let sum = 0;
  for (const letter of words) sum = (sum * 53 + letter.codePointAt(0)) % 9973;
  return `tint-${(sum % TINTS) + 1}`;
}

const initials = (name) =>
  name
    .split(/\s+/)
    .filter((word) => /^[\p{L}\d]/u.test(word))
    .slice(0, 2)
    .map((word) => word[0].toUpperCase())
    .join("");

const tile = (name, alt) =>
  h(
    "span",
    alt ? { class: "initials", role: "img", "aria-label": alt } : { class: "initials", "aria-hidden": "true" },
    initials(name),
  );

// How wide a picture is on the page, for the browser to choose a file by.
const WIDTHS = {
  card: "(min-width: 62rem) 16rem, (min-width: 40rem) 33vw, 50vw",
  main: "(min-width: 62rem) 36rem, 100vw",
  small: "6rem",
};

/**
 * A picture in a frame of 4:5. `image` is as the API gives it: url and sizes. `alt` is empty where the words beside it
 * say the same; `family` chooses the tint behind it; `isFirst` pictures are loaded at once; `shown` is how wide.
 */
export function picture({ image: given, name, alt = "", family = name, isFirst = false, shown = "card" }) {
  const frame = h("span", { class: `picture ${tint(family)}` });
  if (!given) {
    frame.append(tile(name, alt));
    return frame;
  }
  const image = h("img", { alt, width: 400, height: 500, decoding: "async", loading: isFirst ? "eager" : "lazy" });
  image.addEventListener("error", () => frame.replaceChildren(tile(name, alt)), { once: true });
  if (given.sizes.length) {
    image.sizes = WIDTHS[shown];
    image.srcset = given.sizes.map((each) => `${each.url} ${each.width}w`).join(", ");
  }
  image.src = given.url;
  frame.append(image);
  return frame;
}
