// The sums of a cart or an order, from the first line to the total.

import { h } from "./elements.js";

const line = (title, text, kind = "") => h("div", { class: kind }, h("dt", {}, title), h("dd", {}, text));

/** Sums as a list: what is free says so, what is nothing is left out. */
export function totals(sums) {
  const { subtotal, shipping, coupons = [], points_discount: points, tax, tax_title, tax_included } = sums;
  const { total, taken_off, comes_to } = sums;
  return h(
    "dl",
    { class: "totals" },
    line("Subtotal", subtotal.display),
    shipping && line("Delivery", shipping.kobo ? shipping.display : "Free"),
    coupons.map(({ code, discount }) => discount.kobo > 0 && line(`Discount ${code}`, `−${discount.display}`)),
    points?.kobo > 0 && line("Points", `−${points.display}`),
    tax?.kobo > 0 && line(tax_title || "Tax", tax.display),
    total && line("Total", total.display, "total"),
    tax_included?.kobo > 0 && line(`Includes ${tax_title}`, tax_included.display, "quiet"),
    taken_off?.kobo > 0 && [
      line("Cancelled or refused", `−${taken_off.display}`),
      line("Comes to now", comes_to.display, "total"),
    ],
  );
}

/** What a line of a cart or an order is, beside its name: size and colour. */
export const kind = ({ size, colour }) => [size, colour].filter(Boolean).join(" · ");
