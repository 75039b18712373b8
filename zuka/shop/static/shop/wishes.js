// Hearts. A guest's wishes stay on this device; a customer's are in the account, and the device's go along on sign-in.

import { Refusal, call } from "./api.js";
import { h, show } from "./elements.js";
import { keepJson, local, readJson, tab } from "./keeping.js";
import { isSignedIn } from "./person.js";
import { address } from "./site.js";
import { note, sentence, toast } from "./states.js";
import { wished } from "./tracking.js";

const NAME = "zuka.shop.wishes";
const MOST = 100;

/** What a guest wishes for on this device: `{id, slug}` of products, the last first. */
export const kept = () => readJson(local, NAME) || [];

const ids = () => (isSignedIn() ? readJson(tab, NAME) || [] : kept().map((each) => each.id));

/** Show which hearts are full. */
function mark() {
  const known = new Set(ids());
  for (const button of document.querySelectorAll("[data-wish]")) {
    show(button);
    button.setAttribute("aria-pressed", String(known.has(button.dataset.wish)));
  }
}

/** Bring what the device keeps to the account, once, and read the account's. */
export async function bringAlong() {
  if (!isSignedIn()) return;
  const wishes = kept().reverse();
  if (wishes.length) {
    await call("POST", "wishlist/merge/", { body: { wishes: wishes.map(({ id }) => ({ product_id: id })) } });
    local.forget(NAME);
  } else if (readJson(tab, NAME)) return;
  const { results } = await call("GET", "wishlist/", { query: { page_size: MOST } });
  keepJson(
    tab,
    NAME,
    results.map(({ product }) => product.id),
  );
}

function keep(id, slug, isWished) {
  if (isSignedIn()) {
    const others = ids().filter((each) => each !== id);
    keepJson(tab, NAME, isWished ? [id, ...others] : others);
  } else {
    const others = kept().filter((each) => each.id !== id);
    keepJson(local, NAME, (isWished ? [{ id, slug }, ...others] : others).slice(0, MOST));
    wished(isWished ? "added" : "removed", id);
  }
}

/** Put a product on the wishlist or take it off. What is off already is off. */
export async function wish(id, slug, isWished) {
  if (isSignedIn() && isWished) await call("POST", "wishlist/", { body: { product_id: id } });
  if (isSignedIn() && !isWished)
    await call("DELETE", `wishlist/${id}/`).catch((error) => {
      if (!(error instanceof Refusal && error.status === 404)) throw error;
    });
  keep(id, slug, isWished);
  mark();
  window.dispatchEvent(new CustomEvent("shop:wishes"));
}

async function press(button) {
  const isWished = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(isWished));
  try {
    await wish(button.dataset.wish, button.dataset.slug, isWished);
    const link = h("a", { href: address.wishlist }, "View wishlist");
    toast(isWished ? "It is on your wishlist." : "It is off your wishlist.", isWished && link);
  } catch (error) {
    note(error);
    mark();
    toast(sentence(error), null, "bad");
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-wish]");
  if (button) press(button);
});
// Cards come when the shop has answered, and more of them when somebody asks for more.
new MutationObserver(mark).observe(document.querySelector("main"), { childList: true, subtree: true });
window.addEventListener("shop:person", mark);
mark();
bringAlong()
  .then(mark)
  .catch((error) => note(error));
