// A category's products.

import { below, categories, pathTo } from "../catalogue.js";
import { showCrumbs } from "../crumbs.js";
import { find, h, show } from "../elements.js";
import { openListing } from "../listing.js";
import { address, describePage, page } from "../site.js";
import { nothing } from "../states.js";

let name = find("#heading").textContent;

function showHead(list, path) {
  const category = path[path.length - 1];
  name = category.name;
  find("#heading").textContent = name;
  describePage(name, category.description || null);
  find("#category-text").textContent = category.description;
  show(find("#category-text"), Boolean(category.description));
  showCrumbs(path.slice(0, -1), name);
  const narrower = below(list, page.slug).map((each) =>
    h("li", {}, h("a", { href: address.category(each.slug) }, each.name, h("small", {}))),
  );
  find("#below").replaceChildren(...narrower);
}

/** Say beside each narrower category how many products are in it. */
function countBelow({ values }) {
  for (const link of find("#below").querySelectorAll("a")) {
    const found = values.category.find((each) => link.pathname === address.category(each.value));
    link.lastChild.textContent = found ? String(found.count) : "";
  }
}

function empty(hasFilters, clear) {
  const all = h("a", { class: "button button-strong", href: address.search() }, "See everything");
  if (!hasFilters) return nothing({ title: "Nothing here yet", text: "Look at the rest of the shop.", actions: [all] });
  const again = h("button", { type: "button", class: "button button-strong", onclick: clear }, "Clear the filters");
  return nothing({
    title: "Nothing fits these filters",
    text: "Try a wider price, or fewer filters.",
    actions: [again],
  });
}

async function start() {
  const list = await categories().catch(() => []); // the list says why
  const path = pathTo(list, page.slug);
  if (path.length) showHead(list, path);
  const facts = () => ({ id: page.slug, category: name });
  await openListing({ query: { category: page.slug }, facts, empty, onFacets: countBelow });
}

start();
