// The signed-in customer's orders, newest first.

import { call, callNext } from "./api.js";
import { count, day, find, h, show, unseen } from "./elements.js";
import { busy } from "./forms.js";
import { owes } from "./paying.js";
import { address } from "./site.js";
import { fill, note, nothing, sentence, toast } from "./states.js";
import { pill } from "./status.js";

let next = null;

const pieces = (order) => order.lines.reduce((sum, line) => sum + line.quantity - line.cancelled, 0);

const payLink = (order) =>
  h(
    "a",
    { class: "button button-strong", href: address.order(order.number) },
    "Pay now",
    unseen(` for order ${order.number}`),
  );

const item = (order) =>
  h(
    "li",
    { class: "card order-card" },
    h(
      "div",
      { class: "order-top" },
      h("h2", {}, h("a", { class: "card-link", href: address.order(order.number) }, order.number)),
      pill(order),
    ),
    h("p", {}, order.lines.map((line) => line.name).join(", ")),
    h(
      "p",
      { class: "quiet" },
      `${day(order.placed_at)} · ${count(pieces(order), "item")} · `,
      h("strong", {}, order.comes_to.display),
    ),
    owes(order) && payLink(order),
  );

const none = () =>
  nothing({
    title: "No orders yet",
    text: "What you order is listed here, with where it is.",
    actions: [h("a", { class: "button button-strong", href: address.home }, "Go shopping")],
  });

function keepNext(answer) {
  next = answer.next;
  show(find("#orders-more"), Boolean(next));
  return answer;
}

async function showMore() {
  try {
    find(".order-list").append(...keepNext(await callNext("orders/", next)).results.map(item));
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

const waiting = () => [1, 2].map(() => h("div", { class: "skeleton skeleton-card" }));

/** Show the orders. */
export function openOrders() {
  const more = find("#orders-more");
  more.onclick = () => busy(more, showMore);
  fill(find("#orders"), {
    waiting: waiting(),
    ask: async () => keepNext(await call("GET", "orders/")),
    show: ({ results }) => (results.length ? h("ul", { class: "order-list" }, results.map(item)) : none()),
  });
}
