// The catalogue as the API tells it. The tree of categories is on every page, so it is kept for five minutes.

import { call, callNext } from "./api.js";
import { keepJson, readJson, tab } from "./keeping.js";

const KEPT = "zuka.shop.categories";
const KEPT_MS = 5 * 60_000;
let asked = null;

/** All categories, in the order they are shown. */
export function categories() {
  const kept = readJson(tab, KEPT);
  if (kept && Date.now() - kept.at < KEPT_MS) return Promise.resolve(kept.list);
  asked ??= call("GET", "categories/")
    .then((list) => {
      keepJson(tab, KEPT, { at: Date.now(), list });
      return list;
    })
    .finally(() => (asked = null));
  return asked;
}

/** The categories at the top. */
export const tops = (list) => list.filter((each) => !each.parent);
/** The categories right below one. */
export const below = (list, slug) => list.filter((each) => each.parent === slug);

/** A category with those above it, the top one first; empty when there is no such category. */
export function pathTo(list, slug) {
  const found = list.find((each) => each.slug === slug);
  return found ? [...(found.parent ? pathTo(list, found.parent) : []), found] : [];
}

/** A page of products: `{results, next}`. */
export const products = (query) => call("GET", "products/", { query });
export const moreProducts = (next) => callNext("products/", next);
/** What filters would leave: `{count, did_you_mean, price, values}`. */
export const facets = ({ ordering: _, ...query }) => call("GET", "products/facets/", { query });
/** What goes with a product, and products by id; those that are gone are left out. */
export const related = (slug) => call("GET", `products/${slug}/related/`);
export const productsById = (ids) => call("GET", "products/", { query: { ids: ids.join(",") } });
export const product = (slug) => call("GET", `products/${slug}/`);

let makers = null;

/** All makers, by name; asked once a page. */
export function brands() {
  makers ??= call("GET", "brands/").catch((error) => {
    makers = null;
    throw error;
  });
  return makers;
}
