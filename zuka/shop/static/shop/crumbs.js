// Where a page stands in the tree of categories.

import { find, h } from "./elements.js";
import { address } from "./site.js";

/** Show the way: links to categories, and the last one as the place where we are when it is a page of its own. */
export function showCrumbs(path, last = null) {
  const home = h("li", {}, h("a", { href: address.home }, "Home"));
  const links = path.map((each) => h("li", {}, h("a", { href: address.category(each.slug) }, each.name)));
  const here = last && h("li", {}, h("span", { "aria-current": "page" }, last));
  find("#crumbs").replaceChildren(home, ...links, ...(here ? [here] : []));
}
