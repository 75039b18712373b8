// What the search box offers while somebody types: by arrows and Enter, by touch, and told to screen readers.

import { call } from "./api.js";
import { count, find, h, icon } from "./elements.js";
import { picture } from "./pictures.js";
import { address } from "./site.js";
import { say } from "./states.js";

const PAUSE_MS = 180;
const STYLES = new URL("./suggestions.css", import.meta.url).pathname;
const LISTBOX = "offers";
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

const input = find("#search");
const box = h("div", { class: "offers", id: LISTBOX, role: "listbox", "aria-label": "Suggestions", hidden: true });
let typing = 0;
let turn = 0;

const offers = () => [...box.querySelectorAll('[role="option"]')];
const current = () => find('[aria-selected="true"]', box);

function mark(offer) {
  current()?.setAttribute("aria-selected", "false");
  offer?.setAttribute("aria-selected", "true");
  if (offer) input.setAttribute("aria-activedescendant", offer.id);
  else input.removeAttribute("aria-activedescendant");
  offer?.scrollIntoView({ block: "nearest" });
}

function open(isOpen) {
  box.toggleAttribute("hidden", !isOpen);
  input.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) mark(null);
}

const offer = (href, ...content) =>
  h("div", { class: "offer", role: "option", "aria-selected": "false", "data-href": href }, ...content);

const name = (text) => h("span", {}, text);

function draw(text, found) {
  const rows = [
    ...found.categories.map((each) =>
      offer(address.category(each.slug), icon("search"), name(each.name), h("small", {}, "Category")),
    ),
    ...found.brands.map((each) =>
      offer(address.search({ brand: each.slug }), icon("needle"), name(each.name), h("small", {}, "Maker")),
    ),
    ...found.products.map((each) =>
      offer(
        address.product(each.slug),
        picture({ image: each.image_url && { url: each.image_url, sizes: [] }, name: each.name }),
        name(each.name),
        h("small", {}, each.price.display),
      ),
    ),
  ];
  const meant = found.did_you_mean;
  if (meant && rows.length)
    rows.unshift(offer(address.search({ q: meant }), icon("search"), name(`Did you mean “${meant}”?`)));
  for (const [at, row] of rows.entries()) row.id = `offer-${at}`;
  box.replaceChildren(...(rows.length ? rows : [h("p", {}, `Nothing is called “${text}” yet.`)]));
  open(true);
  say(rows.length ? `${count(rows.length, "suggestion")}.` : "No suggestions.");
}

async function suggest() {
  const text = input.value.trim();
  const mine = ++turn;
  if (text.length < 2) {
    open(false);
    return;
  }
  const found = await call("GET", "search/suggestions/", { query: { q: text } }).catch(() => null); // none is no harm
  if (mine === turn && found && document.activeElement === input) draw(text, found);
}

function press(event) {
  if (event.key === "Escape" && !box.hidden) {
    event.preventDefault(); // else the browser empties the box
    open(false);
  } else if (event.key in STEPS && offers().length) {
    event.preventDefault();
    open(true);
    const all = [null, ...offers()]; // before the first and after the last is what was typed
    mark(all[(all.indexOf(current()) + STEPS[event.key] + all.length) % all.length]);
  } else if (event.key === "Enter" && !box.hidden && current()) {
    event.preventDefault();
    location.assign(current().dataset.href);
  }
}

function start() {
  document.head.append(h("link", { rel: "stylesheet", href: STYLES }));
  input.form.append(box);
  const facts = { role: "combobox", "aria-autocomplete": "list", "aria-controls": LISTBOX };
  for (const [key, value] of Object.entries(facts)) input.setAttribute(key, value);
  open(false);
  const later = () => {
    window.clearTimeout(typing);
    typing = window.setTimeout(suggest, PAUSE_MS);
  };
  input.addEventListener("input", later);
  input.addEventListener("keydown", press);
  input.addEventListener("blur", () => open(false));
  input.addEventListener("focus", () => input.value.trim().length > 1 && offers().length && open(true));
  box.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  box.addEventListener("click", (event) => {
    const chosen = event.target.closest('[role="option"]');
    if (chosen) location.assign(chosen.dataset.href);
  });
  if (input.value) later();
}

start();
