// What every page has: the categories, the menu, the number at the cart, the name at the account.

import { token } from "./api.js";
import { lastPieces, readCart } from "./basket.js";
import { below, categories, tops } from "./catalogue.js";
import { count, find, h, show } from "./elements.js";
import { FRIEND, local } from "./keeping.js";
import { isSignedIn } from "./person.js";
import { address, page } from "./site.js";
import { fill, note, waitingLines } from "./states.js";

const READS_THE_CART_ITSELF = ["cart", "checkout"];
const ASKS_AGAIN = [...READS_THE_CART_ITSELF, "account", "thank_you"];

function showPieces(pieces) {
  const number = find("#cart-count");
  number.textContent = pieces > 99 ? "99+" : pieces;
  show(number, pieces > 0);
  find("#cart-link").setAttribute("aria-label", pieces ? `Cart, ${count(pieces, "item")}` : "Cart, empty");
}

function showPerson() {
  const words = isSignedIn() ? "Account" : "Sign in";
  find("#account-link .icon-label").textContent = words;
  find("#account-link").setAttribute("aria-label", words); // phones show the picture alone
  if (!isSignedIn()) return;
  import("./bell.js");
  if (!local.read(FRIEND)) return;
  const joined = import("./friend.js").then(({ joinFriend }) => joinFriend());
  joined.catch(note); // the next page tries again
}

const linkTo = (category) =>
  h(
    "a",
    {
      href: address.category(category.slug),
      "aria-current": page.slug === category.slug && page.kind === "category" ? "page" : null,
    },
    category.name,
  );

const branch = (list, top) =>
  h(
    "details",
    { open: below(list, top.slug).some((each) => each.slug === page.slug) || top.slug === page.slug },
    h("summary", {}, top.name),
    h(
      "ul",
      {},
      h("li", {}, h("a", { href: address.category(top.slug) }, `All of ${top.name}`)),
      below(list, top.slug).map((each) => h("li", {}, linkTo(each))),
    ),
  );

const treeOf = (list) => [
  ...tops(list).map((top) => (below(list, top.slug).length ? branch(list, top) : h("p", {}, linkTo(top)))),
  h("p", {}, h("a", { href: address.search({ on_sale: true }) }, "On sale")),
];

async function showAisles() {
  const list = await categories().catch(() => []); // the page does without
  const links = tops(list).map((top) => h("li", {}, linkTo(top)));
  find("#aisles").replaceChildren(
    ...links,
    h("li", {}, h("a", { class: "sale-link", href: address.search({ on_sale: true }) }, "Sale")),
  );
}

function openMenu() {
  find("#menu").showModal();
  fill(find("#menu-tree"), { waiting: waitingLines(6), ask: categories, show: treeOf });
}

/** What the search box offers is loaded for those who go to it. */
function openSearch() {
  const input = find("#search");
  const load = () => import("./suggestions.js");
  if (document.activeElement === input) load();
  else input.addEventListener("focus", load, { once: true });
}

function showKept() {
  showPieces(lastPieces());
  showPerson();
}

/** The browser shows a page again as it was left; a cart, an account or an order may be another by now. */
function comeBack() {
  if (ASKS_AGAIN.includes(page.kind)) location.reload();
  else showKept();
}

function start() {
  showKept();
  window.addEventListener("shop:cart", (event) => showPieces(event.detail.quantity));
  window.addEventListener("shop:person", showPerson);
  window.addEventListener("storage", showKept);
  window.addEventListener("pageshow", (event) => event.persisted && comeBack());
  find("#menu-open").addEventListener("click", openMenu);
  find("#menu").addEventListener(
    "click",
    (event) => event.target === event.currentTarget && event.currentTarget.close(),
  );
  openSearch();
  showAisles();
  import("./wishes.js");
  find("#pet-open").onclick = () => import("./pet_chat.js").then(({ openChat }) => openChat(), note);
  const hasCart = token.cart() || token.session();
  if (hasCart && !READS_THE_CART_ITSELF.includes(page.kind)) readCart().catch(() => null); // the cart's page says why
}

start();
