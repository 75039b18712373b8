// The wishlist: of a customer from the account, of a guest from this device.

import { Refusal, call, callNext } from "../api.js";
import { readCart } from "../basket.js";
import { priceTag, waitingCards } from "../cards.js";
import { product as readProduct } from "../catalogue.js";
import { find, h, icon, show, unseen } from "../elements.js";
import { busy } from "../forms.js";
import { isSignedIn } from "../person.js";
import { picture } from "../pictures.js";
import { address } from "../site.js";
import { fill, note, nothing, sentence, toast } from "../states.js";
import { bringAlong, kept, wish } from "../wishes.js";

const GUEST_SHOWS = 24;
const place = find("#wishes");
const moreButton = find("#wishes-more");
let next = null;

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

const toCart = (item) =>
  attempt(async () => {
    try {
      await call("POST", `wishlist/${item.product.id}/cart/`, { body: item.sku ? { sku: item.sku } : {} });
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "choose_variant")) throw error;
      location.assign(address.product(item.product.slug));
      return;
    }
    await readCart();
    await wish(item.product.id, item.product.slug, false);
    toast(`${item.product.name} is in your cart.`, h("a", { href: address.cart }, "View cart"));
    open();
  });

const takeOff = (item) =>
  attempt(async () => {
    await wish(item.product.id, item.product.slug, false);
    toast(`${item.product.name} is off your wishlist.`);
    open();
  });

function action(words, name, kind, act) {
  const button = h("button", { type: "button", class: `button ${kind}` }, words, unseen(` ${name}`));
  button.addEventListener("click", () => busy(button, act));
  return button;
}

function actions(item) {
  const { product } = item;
  const see = h("a", { class: "button button-line", href: address.product(product.slug) }, "See it");
  const isReady = item.in_stock && isSignedIn();
  return h(
    "p",
    { class: "wish-actions" },
    isReady ? action("Add to cart", product.name, "button-strong", () => toCart(item)) : see,
    action("Remove", product.name, "button-quiet", () => takeOff(item)),
  );
}

function tile(item) {
  const { product } = item;
  const choice = [item.size, item.colour].filter(Boolean).join(", ");
  return h(
    "li",
    { class: `wish${item.in_stock ? "" : " tile-out"}` },
    picture({ image: product.image, name: product.name, family: product.category.slug, shown: "small" }),
    h(
      "div",
      {},
      h("h2", {}, h("a", { href: address.product(product.slug) }, product.name)),
      choice && h("p", { class: "quiet" }, choice),
      priceTag(item.price, item.sku ? null : product.regular_price),
      !item.in_stock && h("p", { class: "problem" }, icon("clock"), "Sold out for now"),
      actions(item),
    ),
  );
}

const none = () =>
  nothing({
    title: "Your wishlist is empty",
    text: "Press the heart of what you like; it waits for you here.",
    actions: [
      h("a", { class: "button button-strong", href: address.search({ ordering: "popular" }) }, "See what is popular"),
    ],
    picture: "heart",
  });

/** A guest's wishes are slugs on this device; what the shop shows no more is left out. */
async function ofGuest() {
  const asked = kept()
    .slice(0, GUEST_SHOWS)
    .map(({ slug }) => readProduct(slug).catch(() => null)); // what is gone is left out
  const found = (await Promise.all(asked)).filter(Boolean);
  const results = found.map((product) => ({ product, price: product.price, in_stock: product.in_stock, sku: null }));
  return { results, next: null };
}

async function ask() {
  if (!isSignedIn()) return ofGuest();
  await bringAlong();
  return call("GET", "wishlist/");
}

function keepNext(answer) {
  next = answer.next;
  show(moreButton, Boolean(next));
}

const list = ({ results }) => (results.length ? h("ul", { class: "wishes" }, results.map(tile)) : none());

function open() {
  show(find("#wishes-guest"), !isSignedIn());
  fill(place, { waiting: waitingCards(4), ask, show: list, after: keepNext });
}

moreButton.addEventListener("click", () =>
  busy(moreButton, () =>
    attempt(async () => {
      const answer = await callNext("wishlist/", next);
      find(".wishes").append(...answer.results.map(tile));
      keepNext(answer);
    }),
  ),
);
open();
