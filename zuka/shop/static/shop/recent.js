// What was looked at lately, kept in this browser alone and only where its owner lets the shop remember.

import { row } from "./cards.js";
import { productsById } from "./catalogue.js";
import { find, show } from "./elements.js";
import { keepJson, local, readJson, RECENT } from "./keeping.js";
import { mayRemember, viewedList } from "./tracking.js";

const KEPT = 13;
const SHOWN = 8;

/** Show what was looked at before this product, the last first; what is gone is forgotten. Then note this one. */
export async function openRecent(product) {
  if (!mayRemember()) {
    local.forget(RECENT);
    return;
  }
  const before = (readJson(local, RECENT) || []).filter((each) => each !== product.id);
  keepJson(local, RECENT, [product.id, ...before].slice(0, KEPT));
  if (!before.length) return;
  const { results } = await productsById(before);
  const still = before.map((id) => results.find((each) => each.id === id)).filter(Boolean);
  keepJson(local, RECENT, [product.id, ...still.map((each) => each.id)].slice(0, KEPT));
  const shown = still.slice(0, SHOWN);
  if (!shown.length) return;
  find("#recent-products").replaceChildren(row(shown));
  show(find("#recent"));
  viewedList({ id: "recent", products: shown });
}
