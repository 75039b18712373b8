// Google and Apple: leaving for the page that asks who somebody is, and what came back from there.
// State and nonce are made here and stay in this tab: an answer that was not asked for here signs nobody in.

import { h } from "./elements.js";
import { keepJson, readJson, tab } from "./keeping.js";
import { address } from "./site.js";

const KEPT = "zuka.shop.vouching";
const CANCELLED = ["access_denied", "user_cancelled_authorize"];

const random = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(24)), (each) => each.toString(16).padStart(2, "0")).join("");

/** Go to a provider's page; `aim` is "enter" or "connect". */
export function leaveFor({ id, name, page_url: page }, aim) {
  const begun = { id, name, aim, state: random(), nonce: random(), search: location.search };
  keepJson(tab, KEPT, begun);
  const url = new URL(page);
  url.searchParams.set("redirect_uri", new URL(`${address.account()}back/`, location.href).href);
  url.searchParams.set("state", begun.state);
  url.searchParams.set("nonce", begun.nonce);
  location.assign(url);
}

/** Apple tells a name once, beside the token. */
function nameIn(text) {
  try {
    const { firstName, lastName } = JSON.parse(text).name;
    return [firstName, lastName].filter(Boolean).join(" ").slice(0, 200);
  } catch {
    return "";
  }
}

function readAnswer() {
  const found = new URLSearchParams(location.hash.slice(1));
  if (!found.has("state")) return null;
  const begun = readJson(tab, KEPT);
  tab.forget(KEPT);
  history.replaceState(history.state, "", location.pathname + (begun?.search || location.search));
  if (begun?.state !== found.get("state")) return { problem: "This sign-in was not begun here. Try again." };
  const { name } = begun;
  if (CANCELLED.includes(found.get("error"))) return { ...begun, problem: `You left ${name} without signing in.` };
  if (!found.has("id_token")) return { ...begun, problem: `${name} did not sign you in. Please try again.` };
  return { ...begun, token: found.get("id_token"), person: nameIn(found.get("user")) };
}

let answer = readAnswer();

/** What a provider answered, once: `token`, or the `problem` in a sentence; null when nobody comes from one. */
export function takeAnswer() {
  const taken = answer;
  answer = null;
  return taken;
}

/** A provider's mark. */
export const mark = (id) => h("img", { src: new URL(`./${id}.svg`, import.meta.url).pathname, alt: "", class: "mark" });
