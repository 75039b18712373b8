// Signing in and up by the accounts' API, with the second step where there is one.

import { Refusal, call, callAccounts, token } from "./api.js";
import { readCart } from "./basket.js";
import { isKnown } from "./tracking.js";

const JUST_NOW_MS = 120_000;

// A code or a provider makes an account where there is none, and answers alike.
const factOf = (person) =>
  Math.abs(Date.now() - Date.parse(person.signed_up_at)) < JUST_NOW_MS ? "user.created" : "user.logged_in";

async function arrive(answer) {
  token.keepSession(answer.meta.session_token);
  const person = await call("GET", "me/");
  isKnown(person, factOf(person));
  window.dispatchEvent(new Event("shop:person"));
  await readCart().catch(() => null); // merges the guest's cart; the next page asks again
  return person;
}

async function enter(path, body) {
  token.forgetSession(); // a kept one would be refused as signed in already
  return arrive(await callAccounts("POST", path, body));
}

/** Sign in; returns the customer. */
export const signIn = ({ email, password }) => enter("auth/login", { email, password });

/** Sign in by a code that an "email" or "phone" got, or up when there is no account with it; returns the customer. */
export const signInByCode = ({ kind, address, code }) => enter(`auth/${kind}`, { [kind]: address, code });

/** Sign in by a provider's token, or up when there is no account; returns the customer. */
export const signInByProvider = ({ id, token: given, nonce, person }) =>
  enter("auth/provider", { provider: id, id_token: given, nonce, name: person });

/** The token of a sign-in that still lacks its second step, of its refusal; null for any other refusal. */
export const pendingOf = (error) =>
  error instanceof Refusal && error.data?.flows?.some((flow) => flow.id === "mfa_authenticate" && flow.is_pending)
    ? error.meta.session_token
    : null;

/** Finish a sign-in by the code of the app, or a recovery code; returns the customer. */
export const finishSignIn = async (pending, code) =>
  arrive(await callAccounts("POST", "auth/2fa/authenticate", { code }, { "X-Session-Token": pending }));
