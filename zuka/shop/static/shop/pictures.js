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

/**
 * A picture in a frame of 4:5. `alt` is empty where the words beside it say the same; `family` chooses the tint
 * behind it; `isFirst` pictures are loaded at once.
 */
export function picture({ url, name, alt = "", family = name, isFirst = false }) {
  const frame = h("span", { class: `picture ${tint(family)}` });
  if (!url) {
    frame.append(tile(name, alt));
    return frame;
  }
  const image = h("img", { alt, width: 400, height: 500, decoding: "async", loading: isFirst ? "eager" : "lazy" });
  image.addEventListener("error", () => frame.replaceChildren(tile(name, alt)), { once: true });
  image.src = url;
  frame.append(image);
  return frame;
}
