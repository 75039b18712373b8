// The code of a friend, from their link: kept on this device until its visitor has signed in, wherever that is.

import { Refusal, call } from "./api.js";
import { FRIEND, local } from "./keeping.js";
import { isSignedIn } from "./person.js";

const DECIDED = ["not_referred", "unknown_code"];
let joining = null;

/** Keep the code that this page's address names, and take it out of the address. */
export function keepFriend() {
  const parts = new URLSearchParams(location.search);
  const code = parts.get("friend");
  if (!code) return;
  local.keep(FRIEND, code.slice(0, 20));
  parts.delete("friend");
  const text = parts.toString();
  history.replaceState(history.state, "", location.pathname + (text && `?${text}`) + location.hash);
}

/** The code that is kept, null without one. */
export const friendCode = () => local.read(FRIEND);

/** Only an answer about the code itself ends it: what was lost on the way, or came too often, is told again. */
async function join(code) {
  try {
    const own = await call("POST", "rewards/referrals/", { body: { code } });
    local.forget(FRIEND);
    return own;
  } catch (error) {
    if (error instanceof Refusal && DECIDED.includes(error.code)) local.forget(FRIEND);
    throw error;
  }
}

/** Tell the shop who brought whoever is signed in, once a page; returns what that brings, null where nobody did. */
export function joinFriend() {
  if (isSignedIn() && friendCode()) joining ??= join(friendCode());
  return joining;
}
