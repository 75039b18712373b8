// A list of products with filters, sorting and "show more". Its address keeps what was chosen.

import { busy } from "./forms.js";
import { Refusal } from "./api.js";
import { card, grid, waitingCards } from "./cards.js";
import { brands, moreProducts, products } from "./catalogue.js";
import { count, find, h, show } from "./elements.js";
import { fill, sentence, toast } from "./states.js";
import { viewedList } from "./tracking.js";

const CHOSEN = ["min_price", "max_price", "gender", "brand", "on_sale", "ordering"];
const TYPING_MS = 500;
const AT_ONCE = 8;

const form = find("#filters");
const place = find("#products");
const moreButton = find("#more");

function readAddress() {
  const asked = new URLSearchParams(location.search);
  for (const name of CHOSEN) {
    const input = form.elements.namedItem(name);
    const value = asked.get(name) || (name === "ordering" ? "newest" : "");
    if (input.type === "checkbox") input.checked = value === "true";
    else input.value = value;
  }
}

function chosen() {
  const found = Object.fromEntries([...new FormData(form)].filter(([, value]) => value));
  if (found.ordering === "newest") delete found.ordering;
  return found;
}

function writeAddress(query) {
  const asked = new URLSearchParams(location.search);
  for (const name of CHOSEN) asked.delete(name);
  for (const [name, value] of Object.entries(query)) asked.set(name, value);
  const text = asked.toString();
  history.replaceState(history.state, "", `${location.pathname}${text && `?${text}`}`);
}

function countFilters(query) {
  const filters = Object.keys(query).filter((name) => name !== "ordering").length;
  find("#filters-label").textContent = filters ? `Filters (${filters})` : "Filters";
  return filters;
}

async function fillBrands() {
  const list = await brands().catch(() => []);
  find("#brand").append(...list.map((brand) => h("option", { value: brand.slug }, brand.name)));
}

const report = ({ results, next }) =>
  (find("#found").textContent = results.length ? `${next ? "More than " : ""}${count(results.length, "product")}` : "");

/**
 * Open the list. `query` is what the page itself asks for; `facts(results)` names the list for the tracker;
 * `empty(hasFilters, clear)` makes what is shown when nothing is found; `onFound(answer)` hears of each first page.
 */
export async function openListing({ query, facts, empty, onFound = () => null }) {
  let next = null;
  const tell = (answer) => {
    onFound(answer);
    if (answer.results.length) viewedList({ ...facts(), products: answer.results });
  };
  const content = (answer) => {
    next = answer.next;
    show(moreButton, Boolean(next));
    report(answer);
    const filters = countFilters(chosen());
    return answer.results.length ? grid(answer.results, { level: "h2" }) : empty(filters > 0, clear);
  };
  const load = async () => {
    const asked = chosen();
    writeAddress(asked);
    show(moreButton, false);
    show(find("#filters-error"), false);
    await fill(place, { waiting: waitingCards(AT_ONCE), ask: () => askFor(asked), show: content, after: tell });
  };
  const askFor = async (asked) => {
    try {
      return await products({ ...query, ...asked });
    } catch (error) {
      if (!(error instanceof Refusal && error.status === 400)) throw error;
      find("#filters-error").textContent = sentence(error);
      show(find("#filters-error"));
      return { results: [], next: null };
    }
  };
  const clear = () => form.reset(); // the form's reset loads the list again
  listen(load);
  moreButton.addEventListener("click", () => busy(moreButton, async () => (next = await showMore(next, facts))));
  await fillBrands();
  readAddress();
  await load();
}

function listen(load) {
  let typing = 0;
  const later = (wait) => {
    window.clearTimeout(typing);
    typing = window.setTimeout(load, wait);
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => later(event.target.type === "number" ? TYPING_MS : 0));
  form.addEventListener("reset", () => later(0));
  find("#ordering").addEventListener("input", () => later(0));
  const toggle = find("#filters-toggle");
  toggle.addEventListener("click", () => {
    const isOpen = form.classList.toggle("is-open");
    toggle.setAttribute("aria-expanded", String(isOpen));
  });
}

async function showMore(next, facts) {
  try {
    const answer = await moreProducts(next);
    const list = find(".grid", place);
    const cards = answer.results.map((each) => card(each, { level: "h2" }));
    list.append(...cards);
    find("a", cards[0])?.focus({ preventScroll: true });
    report({ results: [...list.children], next: answer.next });
    show(moreButton, Boolean(answer.next));
    viewedList({ ...facts(), products: answer.results });
    return answer.next;
  } catch (error) {
    toast(sentence(error), null, "bad");
    return next;
  }
}
