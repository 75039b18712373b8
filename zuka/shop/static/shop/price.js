// What the address, a way to deliver and coupons make of the price, as the shop says.

import { call } from "./api.js";
import { find, h, icon, show, unseen } from "./elements.js";
import { clearError, say, showError, values } from "./forms.js";
import { PET_CODE, tab } from "./keeping.js";
import { chosenAddress } from "./saved.js";
import { note, sentence } from "./states.js";

const form = find("#order-form");
const list = find("#delivery-list");
const coupon = find("#coupon_code");
const codeList = find("#coupons");
let rate = null;
let codes = [];
let accepted = []; // as the shop has answered last: codes with what each takes off
let points = 0; // that pay for goods
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

/** What an order takes along: the way to deliver and the coupons that its price was shown with. */
export const choices = () => ({
  ...(rate && { delivery_rate: rate }),
  ...(codes.length && { coupon_codes: codes }),
  ...(points && { points }),
});

/** Wait until the shop has said what the last change makes of the price; false when it refused that. */
export const priceIsKnown = () => newest;

function offer(options) {
  const ways = options.filter((each) => each.id);
  list.replaceChildren(...ways.map(option));
  show(find("#delivery"), ways.length > 0);
}

const codeItem = ({ code, discount }, onQuote) =>
  h(
    "li",
    {},
    h("strong", {}, code),
    h("span", { class: "quiet" }, discount.kobo ? `−${discount.display}` : "off the delivery"),
    h(
      "button",
      { type: "button", class: "button button-quiet", onclick: () => dropCode(code, onQuote) },
      "Remove",
      unseen(` ${code}`),
    ),
  );

function showCodes(found, onQuote) {
  accepted = found;
  codeList.replaceChildren(...found.map((each) => codeItem(each, onQuote)));
  show(codeList, found.length > 0);
}

const typedCode = () => coupon.value.trim().toUpperCase();

/** Ask for the price. An answer that a newer question has overtaken is left alone. */
async function ask(onQuote, isNewest) {
  const { state, country } = chosenAddress(values(form));
  const quote = await call("POST", "checkout/", { body: { state, country, ...choices() } });
  if (!isNewest()) return newest;
  offer(quote.delivery_options);
  codes = quote.coupons.map(({ code }) => code);
  showCodes(quote.coupons, onQuote);
  if (codes.includes(typedCode())) coupon.value = "";
  offerPoints(quote);
  onQuote(quote);
  return true;
}

/** Ask after a change; what the shop refuses is said beside what it is about, and taken back. */
function change(onQuote, name) {
  questions += 1;
  const mine = questions;
  const isNewest = () => mine === questions;
  newest = ask(onQuote, isNewest).catch((error) => {
    if (!isNewest()) return newest;
    if (error.field === "points" && points) return withoutPoints(error, onQuote, name);
    const asked = codes.length;
    const about = error.field?.startsWith("coupon_code") ? "coupon_code" : name;
    if (about === "state") nowhere();
    else takeCodesBack(error, onQuote);
    if (!showError(form, about, sentence(error))) note(error);
    if (about !== name && codes.length < asked) change(onQuote, name); // the rest of what was asked is to be said yet
    return false;
  });
}

/** Ask for all but the points, as they were refused: codes take away what points may pay for, and others spend them. */
function withoutPoints(error, onQuote, name) {
  dropPoints();
  change(onQuote, name);
  const words = sentence(error);
  newest.then(() => showError(form, "use_points", words) || say(form, words));
  return false;
}

/** A code that was refused is not kept; one that was taken out stays out, unless the shop has not heard of it. */
function takeCodesBack(error, onQuote) {
  if (codes.length > accepted.length || !error.field) codes = accepted.map(({ code }) => code);
  else
    showCodes(
      accepted.filter(({ code }) => codes.includes(code)),
      onQuote,
    );
}

function addCode(onQuote) {
  const typed = typedCode();
  clearError(coupon);
  if (!typed || codes.includes(typed)) return;
  codes = [...codes, typed];
  change(onQuote, "coupon_code");
}

function dropCode(code, onQuote) {
  clearError(coupon);
  codes = codes.filter((each) => each !== code);
  coupon.focus();
  change(onQuote, "coupon_code");
}

/** Offer to pay with points what points may pay for. */
function offerPoints({ points_most: most, points_discount: off }) {
  show(find("#pay-points"), most > 0);
  find("#pay-points").dataset.most = most;
  const worth = points ? `: ${off.display} less` : "";
  find("#pay-points-words").textContent = `Pay with ${(points || most).toLocaleString("en-NG")} points${worth}`;
}

function dropPoints() {
  points = 0;
  form.elements.use_points.checked = false;
}

function nowhere() {
  rate = null;
  offer([]);
}

/** Follow what the customer chooses, from the first quote on; `onQuote` hears of each new price. */
export function watchPrice(quote, onQuote) {
  offerPoints(quote);
  form.addEventListener("change", ({ target }) => {
    if (target === coupon) addCode(onQuote);
    if (target.name === "use_points") {
      points = target.checked ? Number(find("#pay-points").dataset.most) : 0;
      change(onQuote, "state");
    }
    if (!["state", "saved_address", "delivery_rate"].includes(target.name)) return;
    rate = target.name === "delivery_rate" ? Number(target.value) : null;
    change(onQuote, "state");
  });
  find("#apply").addEventListener("click", () => addCode(onQuote));
  const told = tab.read(PET_CODE);
  if (told) {
    tab.forget(PET_CODE);
    coupon.value = told;
    addCode(onQuote);
  } else if (chosenAddress(values(form)).state) change(onQuote, "state");
}
