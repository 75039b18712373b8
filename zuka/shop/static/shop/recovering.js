// The link of a reminder: the cart that was left, on whatever device the mail is read.

import { Refusal, call } from "./api.js";
import { readCart, took } from "./basket.js";
import { h } from "./elements.js";
import { tab } from "./keeping.js";
import { address } from "./site.js";
import { nothing, toast } from "./states.js";

const LATER = "zuka.shop.recover";

/** The token that the address holds, or that waited for somebody to sign in. */
function takeToken() {
  const token = location.hash.match(/^#recover=(.+)/)?.[1] || tab.read(LATER);
  tab.forget(LATER);
  history.replaceState(history.state, "", location.pathname + location.search);
  return token;
}

function signInFirst(token) {
  tab.keep(LATER, token);
  return nothing({
    title: "Your cart is waiting",
    text: "It belongs to an account. Sign in, and it is here.",
    actions: [h("a", { class: "button button-strong", href: address.account("cart") }, "Sign in")],
    level: "h2",
  });
}

/** The cart of the link; where that cannot be had, the cart of this browser, or what to do first as an element. */
export async function recoverCart() {
  const token = takeToken();
  try {
    const cart = took(await call("POST", "cart/recovery/", { body: { token } }));
    toast("Here is what you had chosen.");
    return cart;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    if (error.code === "sign_in_needed") return signInFirst(token);
    toast(error.message, null, "bad");
    return readCart();
  }
}
