// A placed order: its number, what was bought, what happens next.

import { Refusal, call } from "../api.js";
import { day, find, h, icon } from "../elements.js";
import { isJustPlaced, receiptOf } from "../receipts.js";
import { address, describePage, page } from "../site.js";
import { fill, nothing, toast } from "../states.js";
import { isUnderWay, pill } from "../status.js";
import { kind, totals } from "../totals.js";

const token = receiptOf(page.number);
const isNew = isJustPlaced(page.number);

const NEXT = [
  ["We call you", "to confirm the order and the time of delivery."],
  ["We pack it", "and hand it to a rider."],
  ["You pay the rider", "in cash, when it is in your hands."],
];

const steps = () =>
  h(
    "section",
    { class: "card", "aria-labelledby": "next" },
    h("h2", { id: "next" }, "What happens next"),
    h(
      "ol",
      { class: "next-steps" },
      NEXT.map(([title, text]) => h("li", {}, h("strong", {}, title), ` ${text}`)),
    ),
  );

const line = (each) =>
  h(
    "li",
    {},
    h(
      "div",
      {},
      h("p", {}, h("strong", {}, each.name)),
      h("p", { class: "quiet" }, [kind(each), `× ${each.quantity}`].filter(Boolean).join(" · ")),
    ),
    h("p", {}, each.total.display),
  );

const parcel = ({ recipient_name, phone, street_address, city, state }) =>
  h(
    "address",
    {},
    [recipient_name, street_address, [city, state].filter(Boolean).join(", "), phone]
      .filter(Boolean)
      .flatMap((each) => [each, h("br")]),
  );

function details(order) {
  return h(
    "section",
    { class: "card", "aria-labelledby": "bought" },
    h("h2", { id: "bought" }, "Your order"),
    h("ul", { class: "summary-lines no-pictures" }, order.lines.map(line)),
    totals(order),
    h("h3", {}, "Delivery address"),
    parcel(order.shipping_address),
    order.tracking_number && h("p", {}, "Tracking number: ", h("strong", {}, order.tracking_number)),
  );
}

async function copyLink() {
  const link = `${location.origin}${address.order(page.number)}#token=${encodeURIComponent(token)}`;
  try {
    await navigator.clipboard.writeText(link);
    toast("The link to your order is copied. Keep it for yourself.");
  } catch {
    toast(link);
  }
}

const keepLink = () =>
  token &&
  h(
    "button",
    { type: "button", class: "button button-line", onclick: copyLink },
    icon("link"),
    "Copy the link to this order",
  );

function head(order) {
  const titled = isNew ? "Thank you. Your order is placed." : `Order ${order.number}`;
  return h(
    "header",
    { class: "order-head" },
    isNew && h("span", { class: "tick" }, icon("check")),
    h("h1", { tabindex: "-1" }, titled),
    h(
      "p",
      { class: "lead" },
      "Order ",
      h("strong", { id: "order-number" }, order.number),
      ` · ${day(order.placed_at)} `,
      pill(order.status),
    ),
  );
}

function showOrder(order) {
  describePage(isNew ? "Thank you" : `Order ${order.number}`);
  const actions = h(
    "p",
    { class: "actions" },
    h("a", { class: "button button-strong", href: address.home }, "Keep shopping"),
    keepLink(),
  );
  return [
    head(order),
    h("div", { class: "order-row" }, details(order), h("div", {}, isUnderWay(order.status) && steps(), actions)),
  ];
}

const unknown = () =>
  nothing({
    title: "We cannot show this order here",
    text: "Open it on the device where you ordered, or sign in to the account that placed it.",
    actions: [h("a", { class: "button button-strong", href: address.account(`thank-you/${page.number}`) }, "Sign in")],
    level: "h1",
  });

async function ask() {
  try {
    return await call("GET", `orders/${page.number}/`, { query: { token } });
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

fill(find("#order"), { ask, show: (order) => (order ? showOrder(order) : unknown()) });
