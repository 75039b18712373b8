// Who is signed in on this browser.

import { Refusal, call, callAccounts, token } from "./api.js";
import { forgetCart, readCart } from "./basket.js";
import { tab } from "./keeping.js";
import { isGone, isKnown } from "./tracking.js";

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

async function enter(path, body, fact) {
  token.forgetSession(); // a kept one would be refused as signed in already
  const answer = await callAccounts("POST", path, body);
  token.keepSession(answer.meta.session_token);
  const person = await call("GET", "me/");
  isKnown(person, fact);
  window.dispatchEvent(new Event("shop:person"));
  await readCart().catch(() => null); // merges the guest's cart; the next page asks again
  return person;
}

/** Sign in; returns the customer. */
export const signIn = ({ email, password }) => enter("auth/login", { email, password }, "user.logged_in");

/** Make an account and sign in; returns the customer. */
export const signUp = ({ name, email, password }) =>
  enter("auth/signup", name ? { name, email, password } : { email, password }, "user.created");

/** Sign out, here and at the shop. Without a connection it is forgotten here all the same. */
export async function signOut() {
  try {
    await callAccounts("DELETE", "auth/session");
  } catch {
    // The accounts' API answers a sign-out with 401: nobody is signed in any more.
  }
  token.forgetSession();
  forgetCart();
  tab.forgetAll("zuka.shop."); // orders and addresses are nobody else's on a shared phone
  isGone();
  window.dispatchEvent(new Event("shop:person"));
}
