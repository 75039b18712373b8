// Paying an order online: begun at the shop, done on the provider's page, asked after when the customer is back.

import { call } from "./api.js";
import { keepJson, readJson, tab } from "./keeping.js";
import { say } from "./states.js";

const CASH = "cash_on_delivery";
const OPEN = ["unpaid", "pending", "failed", "partially_paid"];
const BEGIN_MS = 40_000; // the shop waits for the provider meanwhile
const LEAVING_MS = 60_000;
const REFERENCES = ["reference", "trxref", "tx_ref"];

const kept = (number) => `zuka.shop.payment.${number}`;
const payments = (number) => `orders/${number}/payments/`;

/** Wait so many milliseconds. */
export const pause = (milliseconds) => new Promise((done) => window.setTimeout(done, milliseconds));

/** Say whether an order is paid on a provider's page. */
export const isOnline = (order) => order.payment_method !== CASH;

/** Say whether an order can be paid online, and is not. */
export const owes = (order) =>
  isOnline(order) && order.status !== "cancelled" && OPEN.includes(order.payment_status);

/** The name of a provider by its word in the API. */
export const providerName = (method) => method.charAt(0).toUpperCase() + method.slice(1);

/** Change the address without a visit of another page. The tracker would count one, so it is not told. */
export const renamePage = (path) => History.prototype.replaceState.call(history, history.state, "", path);

async function begin(number, token, triesLeft = 3) {
  try {
    return await call("POST", payments(number), { query: { token }, patience: BEGIN_MS });
  } catch (error) {
    if (error.code !== "payment_starting" || !triesLeft) throw error;
    await pause(3000);
    return begin(number, token, triesLeft - 1);
  }
}

/** Begin a payment and leave for the provider's page; the button says so meanwhile. */
export async function goToPay(button, order, token) {
  const label = button.textContent;
  button.textContent = `Taking you to ${providerName(order.payment_method)}…`;
  button.classList.add("is-leaving");
  say(button.textContent);
  try {
    const { reference, checkout_url: page } = await begin(order.number, token);
    keepJson(tab, kept(order.number), { reference, said: "" });
    location.assign(page);
    await pause(LEAVING_MS); // a second press would begin to leave again
  } finally {
    button.textContent = label;
    button.classList.remove("is-leaving");
  }
}

/**
 * The payment that an order's customer has begun: its reference, and what the provider's page said on the way back:
 * `returned`, `cancelled`, or nothing for who came back without it. It is taken out of the address, and kept.
 */
export function begunPayment(number) {
  const said = new URLSearchParams(location.search);
  if (location.search) renamePage(location.pathname);
  const before = readJson(tab, kept(number));
  const reference = REFERENCES.map((name) => said.get(name)).find(Boolean) || before?.reference;
  if (!reference) return null;
  const isBack = [...REFERENCES, "status"].some((name) => said.has(name));
  const word = said.get("status")?.startsWith("cancel") ? "cancelled" : "returned";
  const payment = isBack ? { reference, said: word } : before;
  keepJson(tab, kept(number), payment);
  return payment;
}

/** Forget the payment that was begun: it is over, or none of this order's. */
export const forgetPayment = (number) => tab.forget(kept(number));

/** Ask what became of a payment. */
export const askPayment = (number, reference, token) =>
  call("GET", `${payments(number)}${encodeURIComponent(reference)}/`, { query: { token }, patience: BEGIN_MS });

const notBegun = (number) => `zuka.shop.unbegun.${number}`;

/** Keep why no payment could be begun, for the page of the order. */
export const keepReason = (number, reason) => tab.keep(notBegun(number), reason);

/** Why no payment could be begun when the order was placed; said once. */
export function takeReason(number) {
  const reason = tab.read(notBegun(number));
  tab.forget(notBegun(number));
  return reason;
}
