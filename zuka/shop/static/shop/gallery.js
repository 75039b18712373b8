// A product's pictures: one large, and small ones to choose it by.

import { h } from "./elements.js";
import { picture } from "./pictures.js";

function pictures(product) {
  const main = product.images.some((each) => each.url === product.image_url) ? null : product.image;
  const all = [main, ...product.images, ...product.variants.map((each) => each.image)].filter(Boolean);
  const seen = new Set();
  const once = all.filter(({ url }) => !seen.has(url) && seen.add(url));
  return once.length
    ? once.map((image) => ({ image, alt: image.alt || product.name }))
    : [{ image: null, alt: product.name }];
}

/** Make the gallery; `show(url)` brings a variant's picture to the front. */
export function openGallery(product) {
  const list = pictures(product);
  const place = h("div", { class: "gallery-main" });
  const choose = (at) => {
    const family = product.category.slug;
    place.replaceChildren(picture({ ...list[at], name: product.name, family, isFirst: true, shown: "main" }));
    buttons.forEach((button, each) => button.setAttribute("aria-pressed", String(each === at)));
  };
  const small = (each, at) =>
    h(
      "button",
      { type: "button", "aria-label": `Picture ${at + 1} of ${list.length}`, onclick: () => choose(at) },
      picture({ image: each.image, name: product.name, family: product.category.slug, shown: "small" }),
    );
  const buttons = list.length > 1 ? list.map(small) : [];
  choose(0);
  const show = (url) => {
    const at = list.findIndex((each) => each.image?.url === url);
    if (url && at >= 0) choose(at);
  };
  return {
    element: h("div", { class: "gallery" }, place, buttons.length > 0 && h("div", { class: "gallery-small" }, buttons)),
    show,
  };
}
