// The first page: categories, what is new, on sale and popular, and the makers.

import { row, waitingCards } from "../cards.js";
import { below, brands, categories, products, tops } from "../catalogue.js";
import { find, h, show } from "../elements.js";
import { picture, tint } from "../pictures.js";
import { address } from "../site.js";
import { fill } from "../states.js";
import { viewedList } from "../tracking.js";

const IN_A_ROW = 8;
const IN_THE_HERO = 3;

function categoryTile(list, category) {
  const names = below(list, category.slug).map((each) => each.name);
  const link = h("a", { class: "card-link", href: address.category(category.slug) }, category.name);
  const words = h(
    "span",
    { class: "aisle-words" },
    h("h3", {}, link),
    names.length > 0 && h("span", {}, names.join(", ")),
  );
  return h(
    "li",
    { class: "aisle" },
    picture({ image: category.image, name: category.name, family: category.slug }),
    words,
  );
}

const showCategories = () =>
  fill(find("#categories"), {
    waiting: h(
      "ul",
      { class: "aisle-grid" },
      Array.from({ length: 6 }, () => h("li", { class: "aisle skeleton" })),
    ),
    ask: categories,
    show: (list) =>
      h(
        "ul",
        { class: "aisle-grid" },
        tops(list).map((each) => categoryTile(list, each)),
      ),
  });

const showBrands = () =>
  fill(find("#brands"), {
    ask: brands,
    show: (list) =>
      h(
        "ul",
        { class: "makers row" },
        list.map((brand) =>
          h(
            "li",
            { class: `maker-card ${tint(brand.slug)}` },
            h("h3", {}, h("a", { class: "card-link", href: address.search({ brand: brand.slug }) }, brand.name)),
            brand.description && h("p", {}, brand.description),
          ),
        ),
      ),
  });

function showProducts(id, title, query, after = () => null) {
  const place = find(`#${id}-products`);
  const told = ({ results }) => {
    show(place.closest("section"), results.length > 0);
    if (results.length) viewedList({ id: `home-${id}`, category: title, products: results });
    after(results);
  };
  const ask = () => products({ ...query, page_size: IN_A_ROW });
  fill(place, { waiting: waitingCards(IN_A_ROW, "grid row"), ask, show: ({ results }) => row(results), after: told });
}

function showHero(results) {
  const shown = results.filter((each) => each.in_stock).slice(0, IN_THE_HERO);
  const tiles = shown.map((each) => {
    const frame = picture({ image: each.image, name: each.name, family: each.category.slug, isFirst: true });
    const link = h("a", { class: "card-link", href: address.product(each.slug) }, each.name);
    return h("li", {}, frame, h("p", { class: "hero-tag" }, link, h("span", {}, each.price.display)));
  });
  if (tiles.length) find("#hero-tiles").replaceChildren(...tiles);
  else show(find("#hero-tiles"), false);
}

showCategories();
showProducts("new", "New arrivals", { ordering: "newest" });
showProducts("sale", "On sale", { on_sale: true, ordering: "popular" });
showProducts("popular", "Popular", { ordering: "popular" }, showHero);
showBrands();
