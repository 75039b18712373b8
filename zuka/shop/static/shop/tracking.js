// What visitors do, told to the tracker. It may be blocked or switched off: then nothing is told and all works.

import { local, readJson } from "./keeping.js";

const naira = (money) => money.kobo / 100;

function tell(act) {
  try {
    if (window.zuka) act(window.zuka);
  } catch {
    // Telling must never break shopping.
  }
}

/** Headers that say to the API who acts; none without a tracker. */
export function headers() {
  let known = {};
  tell((zuka) => (known = zuka.headers?.() || {}));
  return known;
}

const productFacts = (product) => ({
  product_id: product.id,
  sku: product.sku,
  name: product.name,
  category: product.category.name,
  brand: product.brand?.name,
  price: naira(product.price),
  currency: product.price.currency,
});

const lineFacts = (line) => ({ product_id: line.product_id, qty: line.quantity, price: naira(line.unit_price) });

const cartFacts = (cart) => ({
  cart_id: cart.id,
  value: naira(cart.subtotal),
  currency: cart.currency,
  products: cart.lines.map(lineFacts),
});

export const viewedProduct = (product) => tell((zuka) => zuka.product(productFacts(product)));

/** Resolves with a flag's variant for this visitor, true or false, and notes that it was seen: ask where it matters. */
export const seenVariant = (name) =>
  new Promise((answer) => {
    if (window.zuka?.flags) window.zuka.flags(() => answer(window.zuka.flag(name)));
    else answer(false);
  });

export const viewedList = ({ id, category, products }) =>
  tell((zuka) =>
    zuka.track("product.list_viewed", {
      list_id: id,
      category,
      products: products.map((product, position) => ({ product_id: product.id, position: position + 1 })),
    }),
  );

export const searched = (query, results) => tell((zuka) => zuka.search(query, results));

/** A line of the cart grew or shrank by so many pieces; `verb` is `added` or `removed`. */
export const changedCart = (verb, cart, line, quantity) =>
  tell((zuka) =>
    zuka.cart(verb, {
      product_id: line.product_id,
      sku: line.sku,
      name: line.name,
      variant: [line.size, line.colour].filter(Boolean).join(", ") || undefined,
      price: naira(line.unit_price),
      quantity,
      currency: line.unit_price.currency,
      cart_id: cart.id,
    }),
  );

export const viewedCart = (cart) => tell((zuka) => zuka.cart("viewed", cartFacts(cart)));

export const startedCheckout = (cart) =>
  tell((zuka) => {
    const { cart_id: _, ...facts } = cartFacts(cart);
    zuka.checkout("started", { checkout_id: cart.id, ...facts });
  });

/** A step of the checkout was `viewed` or `completed`: contact, delivery or payment. */
export const checkoutStep = (verb, step) => tell((zuka) => zuka.checkout(`step_${verb}`, { step }));

export const choseHowToPay = (method) =>
  tell((zuka) => zuka.checkout("payment_info_entered", { payment_method: method }));

export const placedOrder = (order) =>
  tell((zuka) => {
    zuka.order({
      order_id: order.number,
      total: naira(order.total),
      currency: order.total.currency,
      payment_method: order.payment_method,
      products: order.lines.map(lineFacts),
    });
    zuka.flush?.();
  });

/** Somebody signed up (`user.created`) or in (`user.logged_in`): from now on the visitor is this person. */
export const isKnown = (person, fact) =>
  tell((zuka) => {
    zuka.identify(String(person.id));
    zuka.track(fact, { platform: "web" });
  });

export const reviewed = (product, rating) =>
  tell((zuka) => zuka.track("product.reviewed", { product_id: product.id, rating }));

/** Whether this browser's owner lets the shop remember: not before an answer where one is asked for, nor after a no. */
export function mayRemember() {
  const said = readJson(local, "zuka.consent");
  return said === null ? !document.querySelector("script[data-consent]") : said === true;
}

/** A guest's wish, which no server hears of: it was `added` or `removed`. */
export const wished = (verb, id) => tell((zuka) => zuka.track(`wishlist.item_${verb}`, { product_id: id }));

export const isGone = () => tell((zuka) => zuka.reset());
