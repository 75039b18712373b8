// The cart: what is in it is the API's to say. Its number of pieces is kept, to show it before the API answers.

import { call, token } from "./api.js";
import { local } from "./keeping.js";
import { changedCart } from "./tracking.js";

const PIECES = "zuka.shop.pieces";

/** How many pieces were in the cart when it was last seen. */
export const lastPieces = () => Number(local.read(PIECES)) || 0;

/** Keep what an answer says of the cart. */
export function took(cart) {
  if (cart.token) token.keepCart(cart.token);
  else if (token.session()) token.forgetCart(); // the guest's cart is now in the customer's
  local.keep(PIECES, cart.quantity);
  window.dispatchEvent(new CustomEvent("shop:cart", { detail: cart }));
  return cart;
}

const lineOf = (cart, sku) => cart.lines.find((line) => line.sku === sku);

/** Read the cart. */
export const readCart = async () => took(await call("GET", "cart/"));

/** Put so many pieces more into the cart. */
export async function addToCart(sku, quantity) {
  const cart = took(await call("POST", "cart/lines/", { body: { sku, quantity } }));
  changedCart("added", cart, lineOf(cart, sku), quantity);
  return cart;
}

/** Set how many pieces of a line are wanted. */
export async function changeLine(line, quantity) {
  const cart = took(await call("PATCH", `cart/lines/${encodeURIComponent(line.sku)}/`, { body: { quantity } }));
  const more = quantity - line.quantity;
  if (more) changedCart(more > 0 ? "added" : "removed", cart, line, Math.abs(more));
  return cart;
}

/** Take a line out of the cart. */
export async function removeLine(line) {
  const cart = took(await call("DELETE", `cart/lines/${encodeURIComponent(line.sku)}/`));
  changedCart("removed", cart, line, line.quantity);
  return cart;
}

/** The cart has become an order, or its owner has left this browser. */
export function forgetCart() {
  token.forgetCart();
  local.forget(PIECES);
  window.dispatchEvent(new CustomEvent("shop:cart", { detail: { quantity: 0, lines: [] } }));
}
