// The API's one word for an order, said to people.

import { h } from "./elements.js";
import { owes } from "./paying.js";

// Word of the API → what is shown, and its tone: green when all is done, red when it came to nothing.
const WORDS = {
  pending: ["Order received", "open"],
  paid: ["Paid", "open"],
  processing: ["Being packed", "open"],
  shipped: ["On its way", "open"],
  delivered: ["Delivered", "good"],
  cancelled: ["Cancelled", "bad"],
  refunded: ["Refunded", "bad"],
};
const UNPAID = ["Not paid yet", "open"];
const EXPIRED = ["Expired", "bad"];

/** Say whether nobody paid an order in time: nobody cancelled it, and yet it is. */
export const hasExpired = (order) => order.status === "cancelled" && !order.cancelled_at;

function wordsFor(order) {
  if (hasExpired(order)) return EXPIRED;
  if (order.status === "pending" && owes(order)) return UNPAID;
  return WORDS[order.status] || [order.status, "open"];
}

/** An order's state as a small coloured word. */
export function pill(order) {
  const [words, tone] = wordsFor(order);
  return h("span", { class: `pill pill-${tone}` }, words);
}

/** Say whether the order is still on its way to its buyer. */
export const isUnderWay = (status) => (WORDS[status] || [])[1] === "open";
