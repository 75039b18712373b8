// A list of products with filters, sorting and "show more". Its address keeps what was chosen.

import { Refusal } from "./api.js";
import { card, grid, waitingCards } from "./cards.js";
import { facets, moreProducts, products } from "./catalogue.js";
import { count, find, show } from "./elements.js";
import { drawChosen, drawFacets } from "./facets.js";
import { busy } from "./forms.js";
import { fill, note, sentence, toast } from "./states.js";
import { viewedList } from "./tracking.js";
import { filtersOf, keepWish, readWish, SEVERAL, SINGLE, without } from "./wish.js";

const TYPING_MS = 600;
const AT_ONCE = 8;

const form = find("#filters");
const sheet = find("#filters-sheet");
const place = find("#products");
const moreButton = find("#more");
let wish = readWish();

/** Put the wish into what does not come with the counts: prices, flags, order. */
function fillForm() {
  for (const name of ["min_price", "max_price"]) form.elements.namedItem(name).value = wish[name] || "";
  for (const name of ["on_sale", "in_stock"]) form.elements.namedItem(name).checked = wish[name] === "true";
  const order = find("#ordering");
  order.value = wish.ordering || "";
  if (order.selectedIndex < 0) order.value = "";
}

/** Read the wish from the form; filters that are not drawn stay as they are. */
function readForm() {
  const given = new FormData(form);
  const isDrawn = (name) => form.elements.namedItem(name) !== null;
  const read = (name) => (SEVERAL.includes(name) ? given.getAll(name) : given.get(name));
  const found = [...SEVERAL, ...SINGLE].map((name) => [name, isDrawn(name) ? read(name) : wish[name]]);
  return Object.fromEntries(found.filter(([, value]) => value && value.length));
}

const report = (number, isMore) => {
  find("#found").textContent = number ? `${isMore ? "More than " : ""}${count(number, "product")}` : "";
};

function reportCount(number) {
  report(number, false);
  find("#filters-show").textContent = number ? `Show ${count(number, "product")}` : "Nothing fits";
  const filters = filtersOf(wish).length;
  find("#filters-label").textContent = filters ? `Filters (${filters})` : "Filters";
}

/**
 * Open the list. `query` is what the page itself asks for; `facts(results)` names the list for the tracker;
 * `empty(hasFilters, clear)` makes what is shown when nothing is found; `onFound(answer)` hears of each first page,
 * `onFacets(answer)` of each count.
 */
export async function openListing({ query, facts, empty, onFound = () => null, onFacets = () => null }) {
  let next = null;
  let known = null; // the newest answer about filters
  const tell = (answer) => {
    onFound(answer);
    if (answer.results.length) viewedList({ ...facts(), products: answer.results });
  };
  const content = (answer) => {
    next = answer.next;
    show(moreButton, Boolean(next));
    if (!known) report(answer.results.length, Boolean(next));
    // Nothing to sort, and no filter to blame.
    const isBare = !answer.results.length && !filtersOf(wish).length;
    for (const each of [find(".tools"), sheet]) show(each, !isBare);
    return answer.results.length ? grid(answer.results, { level: "h2" }) : empty(filtersOf(wish).length > 0, clear);
  };
  const askFor = async (asked) => {
    try {
      return await products(asked);
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 400)) throw error;
      find("#filters-error").textContent = sentence(error);
      show(find("#filters-error"));
      return { results: [], next: null };
    }
  };
  const countAll = async (asked) => {
    const answer = await facets(asked).catch((error) => note(error));
    if (!answer || asked !== latest) return;
    known = answer;
    drawFacets(answer, wish, query);
    drawChosen(wish, answer, drop, clear);
    reportCount(answer.count);
    onFacets(answer);
  };
  let latest = null;
  const load = async () => {
    const asked = { ...wish, ...query };
    latest = asked;
    drawChosen(wish, known, drop, clear);
    show(find("#filters-error"), false);
    const waiting = find(".grid", place) ? null : waitingCards(AT_ONCE);
    const counting = countAll(asked);
    await fill(place, { waiting, ask: () => askFor(asked), show: content, after: tell });
    await counting;
  };
  const wishFor = (wanted) => {
    wish = wanted;
    keepWish(wish);
    fillForm();
    return load();
  };
  const drop = (name, value) => wishFor(without(wish, name, value));
  const clear = () => wishFor(wish.ordering ? { ordering: wish.ordering } : {});
  listen(() => wishFor(readForm()), clear);
  window.addEventListener("popstate", () => {
    wish = readWish();
    fillForm();
    load();
  });
  moreButton.addEventListener("click", () => busy(moreButton, async () => (next = await showMore(next, facts))));
  fillForm();
  await load();
}

function listen(changed, clear) {
  let typing = 0;
  const later = (wait) => {
    window.clearTimeout(typing);
    typing = window.setTimeout(changed, wait);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    sheet.close();
  });
  form.addEventListener("input", (event) => {
    const { target } = event;
    if (target.dataset.one !== undefined && target.checked)
      for (const other of form.querySelectorAll(`input[name="${target.name}"]`)) other.checked = other === target;
    later(target.type === "number" ? TYPING_MS : 0);
  });
  form.addEventListener("reset", (event) => {
    event.preventDefault();
    clear();
  });
  find("#ordering").addEventListener("input", () => later(0));
  find("#filters-toggle").addEventListener("click", () => sheet.showModal());
  find("#filters-close").addEventListener("click", () => sheet.close());
  sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
}

async function showMore(next, facts) {
  try {
    const answer = await moreProducts(next);
    const list = find(".grid", place);
    const cards = answer.results.map((each) => card(each, { level: "h2" }));
    list.append(...cards);
    find("a", cards[0])?.focus({ preventScroll: true });
    show(moreButton, Boolean(answer.next));
    viewedList({ ...facts(), products: answer.results });
    return answer.next;
  } catch (error) {
    toast(sentence(error), null, "bad");
    return next;
  }
}
