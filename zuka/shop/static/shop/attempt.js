// One attempt to place an order: the same key for a double click, a retry or a reload, so that one order is placed.
// It is kept in this tab until the shop has answered. A changed order is another attempt with a key of its own.

import { Refusal, Unreachable, call } from "./api.js";
import { keepJson, newKey, readJson, tab } from "./keeping.js";

const KEPT = "zuka.shop.attempt";

const send = ({ key, body }) => call("POST", "orders/", { body, headers: { "Idempotency-Key": key } });

/** An attempt whose answer never came; null when there is none. */
export const openAttempt = () => readJson(tab, KEPT);

function attemptFor(body, cart) {
  const about = JSON.stringify([
    body,
    cart.id,
    cart.lines.map((line) => [line.sku, line.quantity, line.unit_price.kobo]),
  ]);
  const kept = openAttempt();
  return kept?.about === about ? kept : { key: newKey(), body, about };
}

async function finish(attempt) {
  try {
    const order = await send(attempt);
    tab.forget(KEPT);
    return order;
  } catch (error) {
    if (!(error instanceof Unreachable) && error.status < 500) tab.forget(KEPT); // the shop said no: nothing was placed
    throw error;
  }
}

/** Place the order. When an earlier attempt had become the order after all, that order is the answer. */
export async function placeOrder(body, cart) {
  const before = openAttempt();
  const attempt = attemptFor(body, cart);
  keepJson(tab, KEPT, attempt);
  try {
    return await finish(attempt);
  } catch (error) {
    const isConverted = error instanceof Refusal && error.code === "empty_cart";
    if (isConverted && before && before.key !== attempt.key) return send(before);
    throw error;
  }
}

/** The order of an attempt whose answer never came, asked for again under its key; null when there is none. */
export async function recoverOrder() {
  const attempt = openAttempt();
  if (!attempt) return null;
  try {
    return await finish(attempt);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
