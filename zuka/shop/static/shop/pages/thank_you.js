// A placed order: its number, what was bought, what happens next.

import { Refusal, call } from "../api.js";
import { day, find, h, icon } from "../elements.js";
import { busy } from "../forms.js";
import { begunPayment, isOnline, owes, providerName } from "../paying.js";
import { parcels } from "../parcels.js";
import { paymentPanel } from "../payment_panel.js";
import { isJustPlaced, receiptOf } from "../receipts.js";
import { address, describePage, page } from "../site.js";
import { fill, note, nothing, sentence, toast } from "../states.js";
import { isUnderWay, pill } from "../status.js";
import { kind, totals } from "../totals.js";

const token = receiptOf(page.number);
const isNew = isJustPlaced(page.number);

const CALL = ["We call you", "to confirm the order and the time of delivery."];
const PACK = ["We pack it", "and hand it to a rider."];
const CASH = ["You pay the rider", "in cash, when it is in your hands."];
const BRING = ["The rider brings it", "and you pay nothing more."];

function nextSteps(order) {
  if (!isOnline(order)) return [CALL, PACK, CASH];
  const pay = ["You pay", `on a secure page of ${providerName(order.payment_method)}.`];
  return owes(order) ? [pay, CALL, PACK, BRING] : [CALL, PACK, BRING];
}

const steps = (order) =>
  h(
    "section",
    { class: "card", "aria-labelledby": "next" },
    h("h2", { id: "next" }, "What happens next"),
    h(
      "ol",
      { class: "next-steps" },
      nextSteps(order).map(([title, text]) => h("li", {}, h("strong", {}, title), ` ${text}`)),
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
      h(
        "p",
        { class: "quiet" },
        [kind(each), `× ${each.quantity}`, each.cancelled && `${each.cancelled} cancelled`].filter(Boolean).join(" · "),
      ),
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

async function getInvoice() {
  try {
    await (await import("../invoice.js")).keepInvoice(page.number, token);
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

const invoice = () =>
  h(
    "button",
    { type: "button", class: "button button-line", onclick: ({ currentTarget }) => busy(currentTarget, getInvoice) },
    "Download the invoice",
  );

const keepLink = () =>
  token &&
  h(
    "button",
    { type: "button", class: "button button-line", onclick: copyLink },
    icon("link"),
    "Copy the link to this order",
  );

function head(order) {
  const isPlaced = isNew && isUnderWay(order.status);
  const isDone = isPlaced && !owes(order);
  const placed = isDone ? "Thank you. Your order is placed." : "Your order is placed.";
  return h(
    "header",
    { class: "order-head" },
    isDone && !isOnline(order) && h("span", { class: "tick" }, icon("check")),
    h("h1", { tabindex: "-1" }, isPlaced ? placed : `Order ${order.number}`),
    h(
      "p",
      { class: "lead" },
      "Order ",
      h("strong", { id: "order-number" }, order.number),
      ` · ${day(order.placed_at)} `,
      pill(order),
    ),
  );
}

const hasReturns = ({ lines, returns }) => returns.length > 0 || lines.some((line) => line.returnable);

function showOrder(order, isEnded) {
  describePage(isNew ? "Thank you" : `Order ${order.number}`);
  const actions = h(
    "p",
    { class: "actions" },
    h("a", { class: `button ${owes(order) ? "button-line" : "button-strong"}`, href: address.home }, "Keep shopping"),
    invoice(),
    keepLink(),
  );
  const options = { token, reload: () => open({ isEnded }) };
  const hasLeft = order.parcels.length > 0;
  const sendBack = hasReturns(order) && h("div");
  if (sendBack) fill(sendBack, { ask: () => import("../returns.js"), show: (each) => each.returns(order, options) });
  return [
    head(order),
    paymentPanel(order, { token, reload: () => open({ isEnded: true }), isEnded }),
    h(
      "div",
      { class: "order-row" },
      details(order),
      h("div", {}, isUnderWay(order.status) && !hasLeft && steps(order), parcels(order), sendBack, actions),
    ),
  ];
}

const ELSEWHERE = "Open it in the browser where you ordered, or sign in to the account that placed it.";

/** For who has no right to see the order; a bank's app may bring its customer back into another browser. */
const unknown = () =>
  nothing({
    title: "We cannot show this order here",
    text: begunPayment(page.number) ? `If you have paid, the payment is added to the order. ${ELSEWHERE}` : ELSEWHERE,
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

/** Show the order; again after its payment has ended. */
function open({ isEnded = false } = {}) {
  fill(find("#order"), { ask, show: (order) => (order ? showOrder(order, isEnded) : unknown()) });
}

open();
