// The cart: lines with their numbers, problems said clearly, the sum, the way to the checkout.

import { changeLine, readCart, removeLine } from "../basket.js";
import { count, find, h, icon } from "../elements.js";
import { busy } from "../forms.js";
import { tab } from "../keeping.js";
import { picture } from "../pictures.js";
import { address } from "../site.js";
import { fill, note, nothing, say, sentence, toast } from "../states.js";
import { stepper } from "../stepper.js";
import { kind, totals } from "../totals.js";
import { viewedCart } from "../tracking.js";

const MOST_KNOWN = 10; // the API says how many are left only up to ten
const MOST_OF_ONE = 99;

const PROBLEMS = {
  not_for_sale: () => "This is no longer for sale. Please remove it.",
  out_of_stock: () => "Sold out since you put it here. Please remove it.",
  too_few: (line) => `Only ${line.available} left. Please take fewer.`,
};

const place = find("#cart");

/** Run a change; its answer is the new cart and is told by `said`; a refusal is shown and undone. */
async function change(act, said, undo = () => null) {
  place.setAttribute("aria-busy", "true");
  try {
    const cart = await act();
    render(cart);
    said();
  } catch (error) {
    note(error);
    undo();
    toast(sentence(error), null, "bad");
  } finally {
    place.removeAttribute("aria-busy");
  }
}

async function remove(line, button) {
  await busy(button, () =>
    change(
      () => removeLine(line),
      () => toast(`${line.name} was taken out.`),
    ),
  );
  find("h1").tabIndex = -1;
  find("h1").focus();
}

async function set(line, quantity, undo) {
  const focused = document.activeElement?.getAttribute("aria-label");
  await change(
    () => changeLine(line, quantity),
    () => say(`${count(quantity, "piece")} of ${line.name}.`),
    undo,
  );
  if (focused)
    [...place.querySelectorAll("[aria-label]")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
}

function quantityOf(line) {
  if (line.problem === "not_for_sale" || line.problem === "out_of_stock") return null;
  const most = line.available < MOST_KNOWN ? line.available : MOST_OF_ONE;
  return stepper({
    quantity: line.quantity,
    most,
    label: `pieces of ${line.name}`,
    onChange: (quantity, undo) => set(line, quantity, undo),
  }).element;
}

function lineItem(line) {
  const button = h(
    "button",
    { type: "button", class: "button button-quiet" },
    icon("bin"),
    h("span", { class: "word" }, "Remove", h("span", { class: "unseen" }, ` ${line.name}`)),
  );
  button.addEventListener("click", () => remove(line, button));
  const problem = PROBLEMS[line.problem]?.(line);
  return h(
    "li",
    { class: `cart-line${problem ? " has-problem" : ""}` },
    picture({ image: line.image, name: line.name, shown: "small" }),
    h(
      "div",
      { class: "cart-words" },
      h("h2", {}, h("a", { href: address.product(line.slug) }, line.name)),
      h("p", { class: "quiet" }, [kind(line), `${line.unit_price.display} each`].filter(Boolean).join(" · ")),
      problem && h("p", { class: "problem" }, icon("warning"), problem),
    ),
    h("p", { class: "cart-total" }, line.total.display),
    h("div", { class: "cart-actions" }, quantityOf(line), button),
  );
}

function summary(cart) {
  const go = cart.can_check_out
    ? h("a", { class: "button button-strong button-wide", href: address.checkout }, "Go to checkout")
    : [
        h("p", { class: "problem" }, icon("warning"), "Please put the lines marked above right first."),
        h("span", { class: "button button-strong button-wide is-off" }, "Go to checkout"),
      ];
  return h(
    "aside",
    { class: "card summary", "aria-labelledby": "sum" },
    h("h2", { id: "sum" }, count(cart.quantity, "item")),
    totals({ subtotal: cart.subtotal }),
    h("p", { class: "hint" }, "Delivery and the ways to pay are shown at checkout."),
    go,
    h("p", { class: "center" }, h("a", { href: address.home }, "Keep shopping")),
  );
}

const empty = () =>
  nothing({
    title: "Your cart is empty",
    text: "Find something you like; it waits for you here.",
    actions: [
      h("a", { class: "button button-strong", href: address.search({ ordering: "popular" }) }, "See what is popular"),
    ],
  });

const content = (cart) => (cart instanceof Node ? cart : lines(cart));

const lines = (cart) =>
  cart.lines.length
    ? h("div", { class: "cart" }, h("ul", { class: "cart-lines" }, cart.lines.map(lineItem)), summary(cart))
    : empty();

const render = (cart) => place.replaceChildren(content(cart));

const waiting = () => [h("div", { class: "skeleton skeleton-card" }), h("div", { class: "skeleton skeleton-card" })];

/** A reminder's link led here, now or before somebody signed in. */
const isLinked = () => location.hash.startsWith("#recover=") || tab.read("zuka.shop.recover");

fill(place, {
  waiting: waiting(),
  ask: async () => (isLinked() ? (await import("../recovering.js")).recoverCart() : readCart()),
  show: content,
  after: (cart) => cart.lines?.length && viewedCart(cart),
});
