// A product's pictures: one large, and small ones to choose it by.

import { h } from "./elements.js";
import { picture } from "./pictures.js";

function pictures(product) {
  const found = product.images.map((each) => ({ url: each.url, alt: each.alt || product.name }));
  const urls = new Set(found.map((each) => each.url));
  const more = [product, ...product.variants].map((each) => each.image_url).filter((url) => url && !urls.has(url));
  const rest = [...new Set(more)].map((url) => ({ url, alt: product.name }));
  const all = [
    ...rest.filter((each) => each.url === product.image_url),
    ...found,
    ...rest.filter((each) => each.url !== product.image_url),
  ];
  return all.length ? all : [{ url: null, alt: product.name }];
}

/** Make the gallery; `show(url)` brings a variant's picture to the front. */
export function openGallery(product) {
  const list = pictures(product);
  const place = h("div", { class: "gallery-main" });
  const choose = (at) => {
    place.replaceChildren(picture({ ...list[at], name: product.name, family: product.category.slug, isFirst: true }));
    buttons.forEach((button, each) => button.setAttribute("aria-pressed", String(each === at)));
  };
  const small = (each, at) =>
    h(
      "button",
      { type: "button", "aria-label": `Picture ${at + 1} of ${list.length}`, onclick: () => choose(at) },
      picture({ url: each.url, name: product.name, family: product.category.slug }),
    );
  const buttons = list.length > 1 ? list.map(small) : [];
  choose(0);
  const show = (url) => {
    const at = list.findIndex((each) => each.url === url);
    if (url && at >= 0) choose(at);
  };
  return {
    element: h("div", { class: "gallery" }, place, buttons.length > 0 && h("div", { class: "gallery-small" }, buttons)),
    show,
  };
}
