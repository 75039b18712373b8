// What a search finds; the whole shop without words.

import { row, waitingCards } from "../cards.js";
import { brands, categories, products, tops } from "../catalogue.js";
import { find, h, show } from "../elements.js";
import { openListing } from "../listing.js";
import { address, describePage } from "../site.js";
import { fill, nothing } from "../states.js";
import { searched } from "../tracking.js";

const asked = new URLSearchParams(location.search);
const words = (asked.get("q") || "").trim().slice(0, 100);

const TITLES = [
  [words, `Results for “${words}”`],
  [asked.get("on_sale"), "On sale"],
  [asked.get("ordering") === "popular", "Popular"],
];
const title = TITLES.find(([applies]) => applies)?.[1] || "Everything";

const chips = () => {
  const place = h("ul", { class: "chips", "aria-label": "Categories" });
  categories()
    .then((list) =>
      place.append(...tops(list).map((each) => h("li", {}, h("a", { href: address.category(each.slug) }, each.name)))),
    )
    .catch(() => null); // the page does without
  return place;
};

function popular() {
  const place = h("div");
  fill(place, {
    waiting: waitingCards(4, "grid row"),
    ask: () => products({ ordering: "popular", page_size: 8 }),
    show: ({ results }) => row(results),
  });
  return h(
    "section",
    { class: "block", "aria-labelledby": "liked" },
    h("div", { class: "block-head" }, h("h2", { id: "liked" }, "What others like")),
    place,
  );
}

function empty(hasFilters, clear) {
  const again = h("button", { type: "button", class: "button button-strong", onclick: clear }, "Clear the filters");
  const state = nothing({
    title: words ? `We found nothing for “${words}”` : "Nothing fits these filters",
    text: words ? "Check the spelling, try one word like “ankara”, or start from a category." : "Try fewer filters.",
    actions: hasFilters ? [again] : [],
    picture: "search",
  });
  return [state, chips(), popular()];
}

let isTold = false;

function tell({ results }) {
  if (words && !isTold) searched(words, results.length);
  isTold = true;
}

/** Say what is shown where nothing is written like what was typed. */
function showMeant({ did_you_mean: meant, count: found }) {
  const place = find("#meant");
  const link = h("a", { href: address.search({ q: meant || "" }) }, meant);
  place.replaceChildren(`Nothing is called “${words}”. These are for `, link, ".");
  show(place, Boolean(meant && found));
}

/** A search comes with its best matches first. */
function offerBestMatch() {
  const first = find("#ordering").options[0];
  first.textContent = "Best match";
  first.after(h("option", { value: "newest" }, "Newest"));
}

function showHead(name, text = "") {
  find("#heading").textContent = name;
  find("#about").textContent = text;
  show(find("#about"), Boolean(text));
  describePage(name, text);
}

/** A maker's products without words are the maker's own page. */
async function showMaker(slug) {
  const list = await brands().catch(() => []); // the list has no head then
  const maker = list.find((each) => each.slug === slug);
  if (maker) showHead(maker.name, maker.description);
}

function start() {
  find("#search").value = words;
  showHead(title);
  const makers = asked.getAll("brand");
  if (makers.length === 1 && !words) showMaker(makers[0]);
  if (words) offerBestMatch();
  const facts = () => ({ id: words ? "search" : "everything", category: title });
  const query = words ? { q: words } : {};
  openListing({ query, facts, empty, onFound: tell, onFacets: showMeant });
}

start();
