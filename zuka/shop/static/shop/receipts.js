// Tokens of guests' orders. A token opens its order, so it is kept in this tab and never in an address that is tracked.

import { tab } from "./keeping.js";

const token = (number) => `zuka.shop.order.${number}`;
const JUST_PLACED = "zuka.shop.placed";

/** Keep the token of an order that was placed right now. */
export function keepReceipt(order) {
  tab.keep(token(order.number), order.access_token);
  tab.keep(JUST_PLACED, order.number);
}

/** The token of an order: from this tab, or from a link `#token=…`, which is taken out of the address at once. */
export function receiptOf(number) {
  const linked = new URLSearchParams(location.hash.slice(1)).get("token");
  if (linked) {
    tab.keep(token(number), linked);
    history.replaceState(history.state, "", location.pathname);
  }
  return tab.read(token(number));
}

/** Say whether an order was placed right now in this tab. */
export const isJustPlaced = (number) => tab.read(JUST_PLACED) === number;
