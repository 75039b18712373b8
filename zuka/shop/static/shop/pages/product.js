// A product: pictures, price, sizes and colours, the button, what it is made of; reviews; others like it.

import { Refusal } from "../api.js";
import { addToCart } from "../basket.js";
import { priceTag, percentOff, rating, row } from "../cards.js";
import { categories, pathTo, product as readProduct, related } from "../catalogue.js";
import { openChoice } from "../choice.js";
import { showCrumbs } from "../crumbs.js";
import { find, h, heart, icon, show } from "../elements.js";
import { busy } from "../forms.js";
import { openGallery } from "../gallery.js";
import { openRecent } from "../recent.js";
import { openReviews } from "../reviews.js";
import { address, describePage, page, returnDays } from "../site.js";
import { fill, note, nothing, sentence, toast } from "../states.js";
import { stepper } from "../stepper.js";
import { seenVariant, viewedList, viewedProduct } from "../tracking.js";

const RELATED = 8;
const promised = `Does it not suit you? Send it back within ${returnDays} ${returnDays === 1 ? "day" : "days"}.`;

const fact = (title, text) =>
  text && h("details", { class: "fact", open: title === "About it" }, h("summary", {}, title), h("p", {}, text));

const measures = ({ weight_grams: grams, dimensions }) =>
  [grams && `${grams} g`, ...Object.entries(dimensions || {}).map(([name, value]) => `${name}: ${value}`)]
    .filter(Boolean)
    .join(", ");

const facts = (product) =>
  h(
    "div",
    { class: "facts" },
    fact("About it", product.description || product.short_description),
    fact("Material", product.material),
    fact("Care", product.care_instructions),
    fact("Weight and size", measures(product)),
  );

const buttonWords = (product, variant) => {
  if (!product.variants.some((each) => each.in_stock)) return "Sold out";
  return variant && !variant.in_stock ? "Sold out in this choice" : "Add to cart";
};

/** The part of the page that sells: price, choice, quantity, button. */
function purchase(product, gallery) {
  const price = h("div", { class: "buy-price" });
  const button = h("button", { type: "button", class: "button button-strong", id: "add" }, icon("bag"), h("span"));
  const pieces = stepper({ label: "Quantity" });
  const choice = openChoice(product.variants, () => refresh());
  const refresh = () => {
    const variant = choice.variant();
    const own = variant && variant.price.kobo !== product.price.kobo ? variant.price : null;
    price.replaceChildren(priceTag(own || product.price, own ? null : product.regular_price));
    gallery.show(variant?.image_url);
    const words = buttonWords(product, variant);
    button.lastChild.textContent = words;
    button.disabled = words !== "Add to cart";
  };
  button.addEventListener("click", () => add(product, choice, pieces, button));
  refresh();
  const quantity = h("div", { class: "buy-pieces" }, h("span", { class: "quiet" }, "Quantity"), pieces.element);
  return [h("div", { class: "buy-choice" }, choice.element, quantity), h("div", { class: "buy" }, price, button)];
}

async function add(product, choice, pieces, button) {
  const missing = choice.missing();
  if (missing) {
    missing.complain();
    return;
  }
  await busy(button, async () => {
    try {
      await addToCart(choice.variant().sku, pieces.read());
      toast(`${product.name} is in your cart.`, h("a", { href: address.cart }, "View cart"));
    } catch (error) {
      note(error);
      toast(sentence(error), null, "bad");
    }
  });
}

function sale(product) {
  const off = percentOff(product.price, product.regular_price);
  return product.on_sale && off > 0 ? h("span", { class: "badge badge-sale" }, `−${off}%`) : null;
}

function showProduct(product) {
  const gallery = openGallery(product);
  const maker =
    product.brand &&
    h("a", { class: "maker", href: address.search({ brand: product.brand.slug }) }, product.brand.name);
  const side = h(
    "div",
    { class: "product-side" },
    h("p", { class: "product-top" }, maker, sale(product), heart(product)),
    h("h1", {}, product.name),
    rating(product.rating_average, product.rating_count),
    product.short_description && h("p", { class: "lead" }, product.short_description),
    purchase(product, gallery),
    h("section", { class: "awaiting", id: "awaiting", hidden: true }),
    h("p", { class: "assurance" }, icon("cash"), "You can pay cash when it arrives."),
    returnDays && h("p", { class: "assurance", id: "promise", hidden: true }, icon("truck"), promised),
    facts(product),
  );
  return h("div", { class: "product" }, gallery.element, side);
}

async function showAround(product) {
  describePage(product.name, product.short_description || product.description.slice(0, 160));
  const list = await categories().catch(() => []); // the page does without
  showCrumbs(pathTo(list, product.category.slug), product.name);
  const others = (await related(product.slug).catch(() => [])).slice(0, RELATED); // the page does without
  if (!others.length) return;
  find("#related-products").replaceChildren(row(others));
  show(find("#related"));
  viewedList({ id: "related", category: product.category.name, products: others });
}

async function ask() {
  try {
    return await readProduct(page.slug);
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

const gone = () =>
  nothing({
    title: "This product is not for sale",
    text: "It may have been sold out for good. There is more like it.",
    actions: [h("a", { class: "button button-strong", href: address.search() }, "See everything")],
    level: "h1",
  });

function showRest(product) {
  if (!product) return;
  if (returnDays) seenVariant("product-promise").then((variant) => variant === "promise" && show(find("#promise")));
  viewedProduct(product);
  openReviews(product);
  if (product.variants.some((each) => !each.in_stock))
    import("../awaiting.js").then(({ openAwaiting }) => openAwaiting(product, find("#awaiting")));
  showAround(product);
  openRecent(product).catch(note);
}

fill(find("#product"), { ask, show: (product) => (product ? showProduct(product) : gone()), after: showRest });
