// The checkout: who, where, how to pay; the order is placed once.

import { Refusal, call } from "../api.js";
import { placeOrder, recoverOrder } from "../attempt.js";
import { forgetCart } from "../basket.js";
import { count, find, h, show } from "../elements.js";
import { onSend, say } from "../forms.js";
import { goToPay, keepReason, owes, renamePage } from "../paying.js";
import { me } from "../person.js";
import { picture } from "../pictures.js";
import { choices, priceIsKnown, watchPrice } from "../price.js";
import { keepReceipt } from "../receipts.js";
import { chosenAddress, offerAddresses, saveAddress } from "../saved.js";
import { address } from "../site.js";
import { fill, note, nothing, sentence, waitingLines } from "../states.js";
import { kind, totals } from "../totals.js";
import { checkoutStep, choseHowToPay, placedOrder, startedCheckout } from "../tracking.js";
import { chosenWay, offerWays } from "../ways.js";

const form = find("#order-form");
const state = find("#checkout-state");
const button = find("#place");
const CART_PROBLEMS = ["out_of_stock", "not_for_sale", "empty_cart", "price_changed"];
let quote = null;
let person = null;

const item = (line) =>
  h(
    "li",
    {},
    picture({ image: line.image, name: line.name, shown: "small" }),
    h(
      "div",
      {},
      h("p", {}, h("strong", {}, line.name)),
      h("p", { class: "quiet" }, [kind(line), `× ${line.quantity}`].filter(Boolean).join(" · ")),
    ),
    h("p", {}, line.total.display),
  );

function showSummary() {
  // Without an address nobody knows what delivery costs.
  const sums = { ...quote, shipping: quote.delivery_options.length > 0 && quote.shipping };
  find("#summary").replaceChildren(h("ul", { class: "summary-lines" }, quote.cart.lines.map(item)), totals(sums));
  find("#summary-title").textContent = `Your order, ${count(quote.cart.quantity, "item")}`;
}

/** Say what pressing the button means with a way to pay. */
function showWay({ is_online: isPaidNow, name }) {
  button.textContent = `${isPaidNow ? "Place order and pay" : "Place order"} · ${quote.total.display}`;
  find("#place-hint").textContent = isPaidNow
    ? `You pay on a secure page of ${name}, and come back here.`
    : "You pay nothing now.";
}

const toCart = () => h("a", { class: "button button-strong", href: address.cart }, "Go to your cart");

/** What is shown instead of the form when there is nothing to check out. */
function refusalState(error) {
  if (error.code === "empty_cart")
    return nothing({
      title: "Your cart is empty",
      text: "Put something in it first.",
      actions: [h("a", { class: "button button-strong", href: address.home }, "Go shopping")],
    });
  return nothing({
    title: "Something in your cart has changed",
    text: error.message,
    actions: [toCart()],
    picture: "warning",
  });
}

async function ask() {
  try {
    const [found, ways] = await Promise.all([call("POST", "checkout/", { body: {} }), call("GET", "payment-methods/")]);
    return { quote: found, ways, person: await me() };
  } catch (error) {
    if (!(error instanceof Refusal && CART_PROBLEMS.includes(error.code))) throw error;
    const order = error.code === "empty_cart" ? await recoverOrder() : null;
    if (order) {
      keep(order);
      location.replace(address.order(order.number));
    }
    return { error };
  }
}

function keep(order) {
  keepReceipt(order);
  placedOrder(order);
  forgetCart();
}

/** Leave for the provider's page, else for the order's own, which says why and lets the customer pay from there. */
async function leave(order) {
  const page = address.order(order.number);
  keep(order);
  if (!owes(order)) {
    location.replace(page);
    return;
  }
  renamePage(page); // a reload, and the way back from the provider, lead to the order and not to an empty checkout
  try {
    await goToPay(button, order, order.access_token);
  } catch (error) {
    note(error);
    keepReason(order.number, sentence(error));
    location.replace(page);
  }
}

async function openForm(answer) {
  if (answer.error) return;
  ({ quote, person } = answer);
  showSummary();
  offerWays(answer.ways, showWay);
  show(state, false);
  show(find("#checkout"));
  startedCheckout(quote.cart);
  watchSteps();
  if (person) await fillIn();
  else if (find("#remind")) import("../reminding.js");
  watchPrice(quote, (found) => {
    quote = found;
    showSummary();
    showWay(chosenWay());
  });
}

/** Fill in what is known of the customer who is signed in. */
async function fillIn() {
  show(find("#checkout-guest"), false);
  for (const name of ["name", "email", "phone"]) form.elements[name].value ||= person[name] || "";
  const known = await offerAddresses();
  form.elements.phone.value ||= known?.phone || "";
}

/** A step is viewed when the visitor comes to it, and completed when they go on to the next one. */
function watchSteps() {
  const seen = new Set(["contact"]);
  checkoutStep("viewed", "contact");
  form.addEventListener("focusin", (event) => {
    const step = event.target.closest("[data-step]")?.dataset.step;
    if (!step || seen.has(step)) return;
    checkoutStep("completed", [...seen].pop());
    checkoutStep("viewed", step);
    seen.add(step);
  });
}

function orderOf(typed) {
  const { name, email, phone, notes, payment_method } = typed;
  const contact = { name, ...(email && { email }), ...(phone && { phone }) };
  return { contact, shipping_address: chosenAddress(typed), payment_method, channel: "web", notes, ...choices() };
}

/** The form's field of a field of the API: `shipping_address.city` is `city`, its recipient is the contact. */
function fieldOf(field) {
  if (field.startsWith("coupon_code")) return "coupon_code";
  const own = field.split(".").pop();
  return own === "recipient_name" ? "name" : own;
}

async function place(typed) {
  const shown = quote.total.kobo;
  // What was not shown when the button was pressed is not ordered: look at it, and press again.
  if (!(await priceIsKnown())) return;
  if (quote.total.kobo !== shown) {
    say(form, `The total is now ${quote.total.display}. Press the button again to order for it.`);
    return;
  }
  const body = orderOf(typed);
  choseHowToPay(body.payment_method);
  try {
    const order = await placeOrder({ ...body, expected_total_kobo: quote.total.kobo }, quote.cart);
    if (person && typed.save_address) await saveAddress(body.shipping_address);
    await leave(order);
  } catch (error) {
    if (error instanceof Refusal && CART_PROBLEMS.includes(error.code)) {
      show(find("#checkout"), false);
      show(state);
      state.replaceChildren(refusalState(error));
      find("h1").scrollIntoView();
      return;
    }
    throw error;
  }
}

onSend(form, place, { nameOf: fieldOf, button });
fill(state, { waiting: waitingLines(5), ask, show: ({ error }) => error && refusalState(error), after: openForm });
