// Who is signed in on this browser.

import { Refusal, call, callAccounts, token } from "./api.js";
import { forgetCart } from "./basket.js";
import { local, RECENT, tab } from "./keeping.js";
import { isGone } from "./tracking.js";

/** Say whether somebody signed in here; the API has the last word. */
export const isSignedIn = () => Boolean(token.session());

/** The signed-in customer; null for a guest. */
export async function me() {
  if (!isSignedIn()) return null;
  try {
    return await call("GET", "me/");
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return null;
    throw error;
  }
}

/** Forget here who was signed in. */
export function forgetPerson() {
  token.forgetSession();
  forgetCart();
  local.forget(RECENT);
  tab.forgetAll("zuka.shop."); // orders and addresses are nobody else's on a shared phone
  isGone();
  window.dispatchEvent(new Event("shop:person"));
}

/** Sign out, here and at the shop. Without a connection it is forgotten here all the same. */
export async function signOut() {
  try {
    await callAccounts("DELETE", "auth/session");
  } catch {
    // The accounts' API answers a sign-out with 401: nobody is signed in any more.
  }
  forgetPerson();
}
