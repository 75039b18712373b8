// Calls of the public API. Every answer is data, a Refusal that says why, or Unreachable.

import { local } from "./keeping.js";
import { accounts, api } from "./site.js";
import { headers as whoActs } from "./tracking.js";

const PATIENCE_MS = 20_000;
const CART = "zuka.shop.cart";
const SESSION = "zuka.shop.session";

/** The API said no: `status`, `code`, a message for people, `field` where it is about one; else what it said. */
export class Refusal extends Error {
  constructor({ message, ...facts }) {
    super(message);
    Object.assign(this, facts);
  }
}

/** Nothing came back, or nothing that can be read. */
export class Unreachable extends Error {}

export const token = {
  cart: () => local.read(CART),
  session: () => local.read(SESSION),
  keepCart: (value) => local.keep(CART, value),
  keepSession: (value) => local.keep(SESSION, value),
  forgetCart: () => local.forget(CART),
  forgetSession: () => local.forget(SESSION),
};

function headersOf(body, more) {
  const sent = { Accept: "application/json", ...whoActs(), ...more };
  if (body !== undefined) sent["Content-Type"] = "application/json";
  if (token.cart()) sent["X-Zuka-Cart"] = token.cart();
  if (token.session()) sent["X-Session-Token"] = token.session();
  return sent;
}

/** Send a request and return what came back, as it is. Throws Unreachable. */
export async function ask(method, url, { body, headers, keepalive, patience = PATIENCE_MS }) {
  const options = { method, credentials: "omit", headers: headersOf(body, headers), keepalive };
  if (body !== undefined) options.body = JSON.stringify(body);
  try {
    return await fetch(url, { ...options, signal: AbortSignal.timeout(patience) });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

async function read(answer) {
  if (answer.status === 202 || answer.status === 204) return null;
  try {
    return await answer.json();
  } catch {
    throw new Unreachable(`${answer.status} without JSON`);
  }
}

/** Our API says `{code, message, field}`, the accounts' API `{errors: [{code, message, param}]}`. */
function refusalOf(status, body) {
  const first = body?.errors?.[0];
  if (first) return new Refusal({ status, code: first.code, message: first.message, field: first.param });
  return new Refusal({ status, message: "That did not work.", ...body });
}

const SIGNED_OUT = "You are signed out. Sign in again, your cart is waiting for you.";

async function send(method, url, options) {
  const answer = await ask(method, url, options);
  const isStale = (answer.status === 401 || answer.status === 410) && token.session();
  if (isStale && !options.isLast) {
    token.forgetSession();
    window.dispatchEvent(new Event("shop:person"));
    // What changes something must not happen as a guest instead: the cart and the order were the customer's.
    if (method !== "GET") throw new Refusal({ status: 401, code: "session_expired", message: SIGNED_OUT });
    return send(method, url, { ...options, isLast: true });
  }
  const body = await read(answer);
  if (!answer.ok) throw refusalOf(answer.status, body);
  return body;
}

/** Call the shop's API: `call("GET", "products/", {query: {q, size: ["S", "M"]}})`. A stale sign-in asks as a guest. */
export function call(method, path, { query = {}, ...options } = {}) {
  const wanted = Object.entries(query)
    .flatMap(([name, value]) => [value].flat().map((each) => [name, each]))
    .filter(([, value]) => value !== "" && value !== null && value !== undefined);
  const text = new URLSearchParams(wanted).toString();
  return send(method, `${api}${path}${text && `?${text}`}`, options);
}

/** Read a file of the shop's API, as a blob. */
export async function callFile(path, query) {
  const answer = await ask("GET", `${api}${path}?${new URLSearchParams(query)}`, {});
  if (!answer.ok) throw refusalOf(answer.status, await read(answer));
  return answer.blob();
}

/** Read the page of a list that `next` of the page before names. */
export const callNext = (path, next) => send("GET", `${api}${path}${new URL(next, location.href).search}`, {});

/** Call the accounts' API: sign-in, sign-out, second step. */
export const callAccounts = (method, path, body, headers) =>
  send(method, `${accounts}${path}`, { body, headers, isLast: true });
