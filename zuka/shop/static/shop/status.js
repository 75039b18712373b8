// The API's one word for an order, said to people.

import { h } from "./elements.js";

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

/** An order's state as a small coloured word. */
export function pill(status) {
  const [words, tone] = WORDS[status] || [status, "open"];
  return h("span", { class: `pill pill-${tone}` }, words);
}

/** Say whether the order is still on its way to its buyer. */
export const isUnderWay = (status) => (WORDS[status] || [])[1] === "open";
