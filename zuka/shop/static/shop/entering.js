// Signing in and up, with the second step where there is one.

import { Refusal, call, callAccounts, token } from "./api.js";
import { readCart } from "./basket.js";
import { isKnown } from "./tracking.js";

async function arrive(answer, fact) {
  token.keepSession(answer.meta.session_token);
  const person = await call("GET", "me/");
  isKnown(person, fact);
  window.dispatchEvent(new Event("shop:person"));
  await readCart().catch(() => null); // merges the guest's cart; the next page asks again
  return person;
}

async function enter(path, body, fact) {
  token.forgetSession(); // a kept one would be refused as signed in already
  return arrive(await callAccounts("POST", path, body), fact);
}

/** Sign in; returns the customer. */
export const signIn = ({ email, password }) => enter("auth/login", { email, password }, "user.logged_in");

/** Make an account and sign in; returns the customer. */
export const signUp = ({ name, email, password }) =>
  enter("auth/signup", name ? { name, email, password } : { email, password }, "user.created");

/** Sign in by a code that the phone got, or up when there is no account with it; returns the customer. */
export const signInByPhone = ({ phone, code, name }) =>
  enter("auth/phone", name ? { phone, code, name } : { phone, code }, "user.logged_in");

/** The token of a sign-in that still lacks its second step, of its refusal; null for any other refusal. */
export const pendingOf = (error) =>
  error instanceof Refusal && error.data?.flows?.some((flow) => flow.id === "mfa_authenticate" && flow.is_pending)
    ? error.meta.session_token
    : null;

/** Finish a sign-in by the code of the app, or a recovery code; returns the customer. */
export const finishSignIn = async (pending, code) =>
  arrive(
    await callAccounts("POST", "auth/2fa/authenticate", { code }, { "X-Session-Token": pending }),
    "user.logged_in",
  );
