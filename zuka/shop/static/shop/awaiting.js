// "Tell me when it is back": of what is sold out, a button a size and colour.

import { call } from "./api.js";
import { h, icon } from "./elements.js";
import { busy } from "./forms.js";
import { isSignedIn } from "./person.js";
import { address } from "./site.js";
import { note, sentence, toast } from "./states.js";

const choiceOf = (variant) => [variant.size, variant.colour].filter(Boolean).join(", ");

async function change(button, variant) {
  const isAwaited = button.getAttribute("aria-pressed") !== "true";
  try {
    await call(isAwaited ? "PUT" : "DELETE", `stock-alerts/${encodeURIComponent(variant.sku)}/`);
    button.setAttribute("aria-pressed", String(isAwaited));
    toast(isAwaited ? "We tell you when it is back." : "We do not tell you.");
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

function choice(variant, awaited) {
  const button = h(
    "button",
    { type: "button", class: "button button-line", "aria-pressed": String(awaited.includes(variant.sku)) },
    icon("bell"),
    choiceOf(variant) || "Tell me when it is back",
  );
  button.addEventListener("click", () => busy(button, () => change(button, variant)));
  return button;
}

/** Show it in its place, if anything of the product is sold out. */
export async function openAwaiting(product, place) {
  const gone = product.variants.filter((each) => !each.in_stock);
  const next = `product/${product.slug}`;
  const none = { skus: [] };
  const asked = isSignedIn() && call("GET", "stock-alerts/").catch(() => none); // the button asks anew
  const { skus } = (await asked) || none;
  const buttons = isSignedIn()
    ? gone.map((each) => choice(each, skus))
    : h("a", { class: "button button-line", href: address.account(next) }, "Sign in, and we tell you when it is back");
  const isWhole = gone.length === product.variants.length;
  const title = isWhole
    ? "It is sold out. Shall we tell you when it is back?"
    : "Sold out in yours? We tell you when it is back.";
  place.replaceChildren(h("h2", {}, title), h("p", {}, buttons));
  place.hidden = false;
}
