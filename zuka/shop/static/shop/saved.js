// Saved addresses at the checkout: choose one, or write a new one.

import { call } from "./api.js";
import { find, h, show } from "./elements.js";

const NEW = "new";
let saved = [];

const oneLine = (each) => [each.street_address, each.city, each.state].filter(Boolean).join(", ");

const choice = (value, title, text, isChosen) =>
  h(
    "label",
    { class: "choice" },
    h("input", { type: "radio", name: "saved_address", value, checked: isChosen }),
    h("span", { class: "choice-text" }, h("strong", {}, title), text && h("span", { class: "quiet" }, text)),
  );

const chosen = () => find('input[name="saved_address"]:checked')?.value || NEW;

/** Offer the customer's addresses; the form for a new one stays without any. Returns the one that is chosen. */
export async function offerAddresses() {
  const answer = await call("GET", "addresses/").catch(() => []); // the form is there
  saved = answer.results || answer;
  show(find("#save-address"));
  if (!saved.length) return null;
  const options = saved.map((each, at) =>
    choice(
      each.id,
      each.label || each.recipient_name,
      oneLine(each),
      each.is_default || (at === 0 && !saved.some((other) => other.is_default)),
    ),
  );
  find("#saved-list").replaceChildren(...options, choice(NEW, "Another address", "", false));
  show(find("#saved"));
  const follow = () => show(find("#new-address"), chosen() === NEW);
  find("#saved-list").addEventListener("change", follow);
  follow();
  return saved.find((each) => each.id === chosen()) || null;
}

/** The address of the order: the saved one, else what was typed, for the person of the contact. */
export function chosenAddress(typed) {
  const known = saved.find((each) => each.id === chosen());
  const source = known || { ...typed, recipient_name: typed.name, country: "NG" };
  const { recipient_name, phone, street_address, city, state, country } = source;
  return { recipient_name, phone: phone || typed.phone, street_address, city, state, country };
}

/** Save a typed address for next time. The order is placed already: a refusal here must not stop it. */
export async function saveAddress(address) {
  if (chosen() !== NEW) return;
  await call("POST", "addresses/", { body: address }).catch(() => null); // the order stands
}
