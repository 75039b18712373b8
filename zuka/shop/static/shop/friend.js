// The code of a friend, from their link: kept on this device until its visitor has signed in.

import { local } from "./keeping.js";

const NAME = "zuka.shop.friend";

/** Keep the code that this page's address names, and take it out of the address. */
export function keepFriend() {
  const parts = new URLSearchParams(location.search);
  const code = parts.get("friend");
  if (!code) return;
  local.keep(NAME, code.slice(0, 20));
  parts.delete("friend");
  const text = parts.toString();
  history.replaceState(history.state, "", location.pathname + (text && `?${text}`) + location.hash);
}

/** The code that is kept, null without one. */
export const friendCode = () => local.read(NAME);
export const forgetFriend = () => local.forget(NAME);
