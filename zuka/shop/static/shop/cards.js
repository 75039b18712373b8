// Products in lists: cards, grids, rows, and their skeletons.

import { count, h, heart, icon, unseen } from "./elements.js";
import { picture } from "./pictures.js";
import { address } from "./site.js";

/** How much is taken off, in whole per cent. */
export const percentOff = (price, regular) => Math.round((1 - price.kobo / regular.kobo) * 100);

/** A price; a sale price with the regular one struck through. */
export function priceTag(price, regular = null) {
  if (!regular || regular.kobo <= price.kobo) return h("p", { class: "price" }, price.display);
  const now = h("ins", {}, unseen("Now "), price.display);
  return h("p", { class: "price price-sale" }, now, " ", h("del", {}, unseen("Was "), regular.display));
}

/** Stars as one short line: ★ 4.6 (12). */
export function rating(average, ratings) {
  if (!ratings) return null;
  const value = Number(average).toFixed(1);
  const words = unseen(`Rated ${value} of 5 by ${count(ratings, "customer")}`);
  return h(
    "p",
    { class: "rating" },
    words,
    h("span", { "aria-hidden": "true" }, icon("star"), `${value} (${ratings})`),
  );
}

function badge(product) {
  if (!product.in_stock) return h("span", { class: "badge badge-out" }, "Sold out");
  const off = percentOff(product.price, product.regular_price);
  if (product.on_sale && off > 0) return h("span", { class: "badge badge-sale" }, `−${off}%`);
  return product.new_arrival ? h("span", { class: "badge" }, "New") : null;
}

/** A product as a card that is one link. */
export function card(product, { level = "h3", isFirst = false } = {}) {
  const frame = picture({ image: product.image, name: product.name, family: product.category.slug, isFirst });
  frame.append(badge(product) || "");
  const link = h("a", { class: "card-link", href: address.product(product.slug) }, product.name);
  return h(
    "li",
    { class: `tile${product.in_stock ? "" : " tile-out"}` },
    frame,
    heart(product),
    product.brand && h("p", { class: "maker" }, product.brand.name),
    h(level, { class: "tile-name" }, link),
    priceTag(product.price, product.regular_price),
    rating(product.rating_average, product.rating_count),
  );
}

/** Products in a grid. */
export const grid = (products, options) =>
  h(
    "ul",
    { class: "grid" },
    products.map((each) => card(each, options)),
  );

/** Products in a row that scrolls sideways on a phone. */
export const row = (products, options) =>
  h(
    "ul",
    { class: "grid row" },
    products.map((each) => card(each, options)),
  );

const blank = () =>
  h(
    "li",
    { class: "tile" },
    h("span", { class: "picture skeleton" }),
    h("p", { class: "skeleton skeleton-line" }),
    h("p", { class: "skeleton skeleton-line short" }),
  );

/** So many cards that are still to come. */
export const waitingCards = (cards, kind = "grid") =>
  h("ul", { class: kind, "aria-hidden": "true" }, Array.from({ length: cards }, blank));
