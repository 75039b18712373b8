// What the address, a way to deliver and a coupon make of the price, as the shop says.

import { call } from "./api.js";
import { find, h, icon, show } from "./elements.js";
import { clearError, showError, values } from "./forms.js";
import { chosenAddress } from "./saved.js";
import { note } from "./states.js";

const form = find("#order-form");
const list = find("#delivery-list");
const coupon = find("#coupon_code");
let rate = null;
let code = "";
let questions = 0;
let newest = Promise.resolve(true);

const daysOf = ({ min_days: least, max_days: most }) =>
  least === most ? `${most} ${most === 1 ? "day" : "days"}` : `${least} to ${most} days`;

const option = (each, at) =>
  h(
    "label",
    { class: "choice" },
    h("input", { type: "radio", name: "delivery_rate", value: each.id, checked: rate ? each.id === rate : at === 0 }),
    h(
      "span",
      { class: "choice-text" },
      h("strong", {}, `${each.name} · ${each.price.kobo ? each.price.display : "Free"}`),
      h("span", { class: "quiet" }, daysOf(each)),
    ),
    icon("truck"),
  );

/** What an order takes along: the way to deliver and the coupon that its price was shown with. */
export const choices = () => ({ ...(rate && { delivery_rate: rate }), ...(code && { coupon_code: code }) });

/** Wait until the shop has said what the last change makes of the price; false when it refused that. */
export const priceIsKnown = () => newest;

function offer(options) {
  const ways = options.filter((each) => each.id);
  list.replaceChildren(...ways.map(option));
  show(find("#delivery"), ways.length > 0);
}

/** Ask for the price. An answer that a newer question has overtaken is left alone. */
async function ask(onQuote, isNewest) {
  const { state, country } = chosenAddress(values(form));
  const quote = await call("POST", "checkout/", { body: { state, country, ...choices() } });
  if (!isNewest()) return newest;
  offer(quote.delivery_options);
  onQuote(quote);
  return true;
}

/** Ask after a change; what the shop refuses is said beside what was changed, and taken back. */
function change(onQuote, name, takeBack) {
  questions += 1;
  const mine = questions;
  const isNewest = () => mine === questions;
  newest = ask(onQuote, isNewest).catch((error) => {
    if (!isNewest()) return newest;
    takeBack();
    if (!showError(form, name, error.message)) note(error);
    return false;
  });
}

function useCoupon(onQuote) {
  const typed = coupon.value.trim();
  if (typed === code) return;
  clearError(coupon);
  const before = code;
  code = typed;
  change(onQuote, "coupon_code", () => {
    code = before;
  });
}

function nowhere() {
  rate = null;
  offer([]);
}

/** Follow what the customer chooses; `onQuote` hears of each new price. */
export function watchPrice(onQuote) {
  form.addEventListener("change", ({ target }) => {
    if (target === coupon) useCoupon(onQuote);
    if (!["state", "saved_address", "delivery_rate"].includes(target.name)) return;
    rate = target.name === "delivery_rate" ? Number(target.value) : null;
    change(onQuote, "state", nowhere);
  });
  find("#apply").addEventListener("click", () => useCoupon(onQuote));
  if (chosenAddress(values(form)).state) change(onQuote, "state", nowhere);
}
