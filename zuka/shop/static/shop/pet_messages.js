// Messages of a pet, each kind as its metadata says: words, products, a cart, points, a question.

import { call } from "./api.js";
import { count, day, h, unseen } from "./elements.js";
import { PET_CODE, tab } from "./keeping.js";
import { picture } from "./pictures.js";
import { address } from "./site.js";

/** Words of one side. */
export const bubble = (role, text, kind = "") =>
  h("p", { class: `pet-bubble pet-${role} ${kind}` }, unseen(role === "user" ? "You: " : "Your pet: "), text);

const clicked = (message, product) =>
  call("POST", `pets/messages/${message.id}/clicks/`, { body: { product_id: product.id }, keepalive: true })
    .catch(() => null); // it is counted where it can be; the page opens all the same

const product = (each, message) =>
  h(
    "li",
    { class: "pet-card" },
    picture({ image: each.image, name: each.name, family: each.category, shown: "small" }),
    h(
      "a",
      { class: "card-link", href: address.product(each.slug), onclick: () => clicked(message, each) },
      each.name,
    ),
    h("strong", {}, each.price.display),
    !each.in_stock && h("span", { class: "quiet" }, "Sold out"),
    each.reason && h("span", { class: "quiet" }, each.reason),
  );

const products = (list, message) => h("ul", { class: "pet-cards" }, list.map((each) => product(each, message)));

const ROWS = [
  ["Price", (each) => each.price.display],
  ["Sizes", (each) => each.sizes.join(", ")],
  ["Colours", (each) => each.colours.join(", ")],
  ["Material", (each) => each.material],
  ["Rated", (each) => each.rating_average && `${each.rating_average} of 5`],
  ["In stock", (each) => (each.in_stock ? "Yes" : "No")],
];

function comparison(list) {
  const heads = list.map((each) => h("th", { scope: "col" }, h("a", { href: address.product(each.slug) }, each.name)));
  const rows = ROWS.filter(([, value]) => list.some(value)).map(([title, value]) =>
    h("tr", {}, h("th", { scope: "row" }, title), list.map((each) => h("td", {}, value(each) || "–"))),
  );
  const table = h("table", {}, h("thead", {}, h("tr", {}, h("td"), heads)), h("tbody", {}, rows));
  return h("div", { class: "pet-table", role: "region", "aria-label": "Comparison", tabindex: "0" }, table);
}

const cart = ({ lines, subtotal }) =>
  lines.length > 0 &&
  h(
    "div",
    { class: "pet-note" },
    h("ul", {}, lines.map((each) => h("li", {}, `${each.quantity} × ${each.name}, ${each.total.display}`))),
    h("p", {}, h("strong", {}, subtotal.display), " · ", h("a", { href: address.cart }, "See your cart")),
  );

function coupon(found) {
  if (!found?.is_applied) return null;
  const there = h("a", { href: address.checkout }, "Go to the checkout");
  return h("p", { class: "pet-note" }, there, `, ${found.code} is kept.`);
}

/** Let the checkout begin with a coupon that was just agreed to; that of an older message changes nothing there. */
export function keepCoupon(messages) {
  for (const { metadata } of messages) if (metadata.coupon?.is_applied) tab.keep(PET_CODE, metadata.coupon.code);
}

const order = (found) =>
  h(
    "div",
    { class: "pet-note" },
    h("a", { href: address.order(found.number) }, found.number),
    ` · ${found.status} · ${found.total.display}`,
    h("p", { class: "quiet" }, count(found.lines.length, "product")),
  );

const memory = (list) =>
  list.length > 0 &&
  h(
    "div",
    { class: "pet-note" },
    h("ul", {}, list.map((each) => h("li", {}, each.words))),
    h("a", { href: address.pet }, "Change what I remember"),
  );

const number = (value) => value.toLocaleString("en-NG");

function points(have) {
  const next = have.next_level && `${number(have.xp_to_next)} XP to ${have.next_level}`;
  const lapses = have.expiring_points > 0 && `${number(have.expiring_points)} lapse from ${day(have.expiring_at)} on.`;
  const streak = have.streak_days > 1 && `${have.streak_days} days in a row`;
  return h(
    "div",
    { class: "pet-note" },
    h("p", {}, [`${have.level}, ${number(have.xp)} XP`, next, streak].filter(Boolean).join(" · ")),
    lapses && h("p", {}, lapses),
    h("a", { href: address.rewards }, "See your points"),
  );
}

const TIMES = { day: "today", week: "this week", all: "of all time" };

const placed = (each) =>
  h("li", {}, `${number(each.position)}. ${each.name}${each.is_you ? " (you)" : ""}, ${number(each.score)}`);

function board({ title, period, rows, you }) {
  const isShown = rows.some((each) => each.is_you);
  const list = h("ul", {}, rows.map(placed), you && !isShown && placed(you));
  const best = rows.length > 0 && [h("p", { class: "quiet" }, `Best at ${title} ${TIMES[period]}`), list];
  return h("div", { class: "pet-note" }, best, h("a", { href: address.games }, "Play"));
}

const button = (words, kind, act) => h("button", { type: "button", class: `button ${kind}`, onclick: act }, words);

const choices = (list, acts) =>
  h("p", { class: "pet-actions" }, list.map((each) => button(each.label, "button-line", () => acts.say(each.say))));

const question = (message, acts) =>
  h(
    "p",
    { class: "pet-actions" },
    button("Yes, do it", "button-strong", () => acts.settle(message, true)),
    button("No", "button-line", () => acts.settle(message, false)),
  );

/** A message with what goes with it. `acts.say(text)` says something, `acts.settle(message, isYes)` answers it. */
export function drawn(message, acts) {
  const { role, kind, text, metadata: facts } = message;
  const parts = [
    kind === "comparison" ? comparison(facts.products) : facts.products && products(facts.products, message),
    facts.cart && cart(facts.cart),
    coupon(facts.coupon),
    facts.order && order(facts.order),
    facts.memory && memory(facts.memory),
    facts.points && points(facts.points),
    facts.board && board(facts.board),
    facts.choices && choices(facts.choices, acts),
    facts.action?.is_open && question(message, acts),
  ].filter(Boolean);
  return h("div", { class: `pet-message pet-of-${role}` }, bubble(role, text), parts);
}
