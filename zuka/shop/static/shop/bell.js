// The bell of who is signed in: how many notices are not read.

import { call } from "./api.js";
import { count, find, show } from "./elements.js";
import { isSignedIn } from "./person.js";

const bell = find("#bell");

async function ring() {
  show(bell, isSignedIn());
  if (!isSignedIn()) return;
  const { unread } = await call("GET", "notifications/unread/").catch(() => ({ unread: 0 })); // the page does without
  const number = find("#bell-count");
  number.textContent = unread > 99 ? "99+" : unread;
  show(number, unread > 0);
  bell.setAttribute("aria-label", unread ? count(unread, "new notice") : "Notices");
}

window.addEventListener("shop:person", ring);
window.addEventListener("shop:notices", ring);
ring();
