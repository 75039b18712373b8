// The way to a partner's API keys, for who has some.

import { call } from "./api.js";
import { find, show } from "./elements.js";

/** Show the link where somebody owns keys. */
export async function offerKeys() {
  const keys = await call("GET", "keys/mine/");
  show(find("#own-keys"), keys.length > 0);
}
