// The parcels of an order: where each is, who brings it, and what is in it.

import { day, h } from "./elements.js";

// Word of the API → what is shown, its tone, and the moment that goes with it.
const WORDS = {
  shipped: ["On its way", "open", "shipped_at"],
  delivered: ["Delivered", "good", "delivered_at"],
  refused: ["Refused", "bad", "refused_at"],
};

const isLink = (text) => /^https?:\/\//.test(text);

/** Pieces in words: "2 × Adire gown". */
export const pieces = (lines) =>
  h(
    "ul",
    { class: "pieces" },
    lines.map((each) => h("li", {}, `${each.quantity} × ${each.name}`)),
  );

const tracking = ({ courier, tracking_number, tracking_url }) =>
  (courier || tracking_number) &&
  h(
    "p",
    { class: "quiet" },
    courier && `With ${courier}. `,
    tracking_number && ["Tracking number ", h("strong", {}, tracking_number), ". "],
    isLink(tracking_url) && h("a", { href: tracking_url, rel: "noopener" }, "See where it is"),
  );

function parcel(each, isOnly) {
  const [words, tone, moment] = WORDS[each.parcel_status] || [each.parcel_status, "open", "shipped_at"];
  return h(
    "li",
    {},
    h(
      "p",
      { class: "parcel-head" },
      h("strong", {}, isOnly ? "Your parcel" : `Parcel ${each.parcel}`),
      h("span", { class: `pill pill-${tone}` }, words),
      h("span", { class: "quiet" }, day(each[moment])),
    ),
    !isOnly && pieces(each.lines),
    tracking(each),
  );
}

const sum = (lines) => lines.reduce((all, each) => all + each.quantity - (each.cancelled || 0), 0);

const isMore = (order) => sum(order.lines) > sum(order.parcels.flatMap((each) => each.lines));

/** The card with an order's parcels; nothing before the first one has left. */
export function parcels(order) {
  if (!order.parcels.length) return null;
  const more = isMore(order);
  return h(
    "section",
    { class: "card", "aria-labelledby": "parcels" },
    h("h2", { id: "parcels" }, "Where it is"),
    h(
      "ul",
      { class: "parcels" },
      order.parcels.map((each) => parcel(each, order.parcels.length === 1 && !more)),
    ),
    more && order.status !== "cancelled" && h("p", { class: "quiet" }, "The rest of your order follows."),
  );
}
