// The ways to pay at the checkout, as the shop offers them, and what each asks of the form.

import { find, h, icon, show } from "./elements.js";
import { clearError } from "./forms.js";

const email = find("#email");
let offered = [];

const sentenceOf = ({ is_online: isOnline, name }) =>
  isOnline
    ? `By card, bank transfer or USSD, on a secure page of ${name}.`
    : "Pay the courier in cash when your parcel comes.";

const choice = (way, at) =>
  h(
    "label",
    { class: "choice" },
    h("input", { type: "radio", name: "payment_method", value: way.payment_method, checked: at === 0 }),
    h(
      "span",
      { class: "choice-text" },
      h("strong", {}, way.name),
      h("span", { class: "quiet" }, sentenceOf(way)),
    ),
    icon(way.is_online ? "card" : "cash"),
  );

/** The way that is chosen. */
export const chosenWay = () => {
  const { value } = find('input[name="payment_method"]:checked');
  return offered.find((way) => way.payment_method === value);
};

function askForEmail({ is_online: isOnline, name }) {
  email.required = isOnline;
  show(find("#email-optional"), !isOnline);
  show(find("#email-hint"), isOnline);
  find("#email-hint").textContent = isOnline ? `${name} needs it: your receipt goes there.` : "";
  if (!isOnline && email.hasAttribute("aria-invalid")) clearError(email);
}

/** Offer the ways to pay, the first one chosen; `onChange` hears of the first and of every later choice. */
export function offerWays(ways, onChange) {
  offered = ways;
  find("#ways").replaceChildren(...ways.map(choice));
  const follow = () => {
    askForEmail(chosenWay());
    onChange(chosenWay());
  };
  find("#ways").addEventListener("change", follow);
  follow();
}
