// What customers say of a product, and the form to say it.

import { Refusal, call, callNext } from "./api.js";
import { count, day, find, h, icon, show } from "./elements.js";
import { busy, onSend, showError } from "./forms.js";
import { isSignedIn } from "./person.js";
import { address, page } from "./site.js";
import { fill, note, sentence, toast, waitingLines } from "./states.js";
import { reviewed } from "./tracking.js";

const stars = (rating) =>
  h(
    "p",
    { class: "stars", role: "img", "aria-label": `${rating} of 5 stars` },
    Array.from({ length: 5 }, (_, at) =>
      h("span", { class: at < rating ? "" : "star-off", "aria-hidden": "true" }, "★"),
    ),
  );

const path = () => `products/${page.slug}/reviews/`;

/** A button that says how many found a review helpful, and whether this customer did. */
function vote(each) {
  const button = h("button", { type: "button", class: "button button-quiet vote" });
  const draw = ({ helpful_count: votes, found_helpful: isMine }) => {
    button.setAttribute("aria-pressed", String(isMine));
    button.replaceChildren(...(isMine ? [icon("check")] : []), votes ? `Helpful (${votes})` : "Helpful");
  };
  button.addEventListener("click", () => busy(button, () => cast(each.id, button, draw)));
  draw(each);
  return button;
}

async function cast(id, button, draw) {
  if (!isSignedIn()) {
    toast("Sign in to say that a review helped you.", h("a", { href: signIn() }, "Sign in"));
    return;
  }
  const method = button.getAttribute("aria-pressed") === "true" ? "DELETE" : "PUT";
  try {
    draw(await call(method, `${path()}${id}/helpful/`));
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

const signIn = () => address.account(`product/${page.slug}`);

const review = (each) =>
  h(
    "li",
    { class: "review" },
    stars(each.rating),
    each.title && h("h3", {}, each.title),
    each.body && h("p", {}, each.body),
    h(
      "p",
      { class: "quiet" },
      `${each.author}, ${day(each.created_at)}`,
      each.is_verified_purchase && h("span", { class: "verified" }, icon("check"), "Bought it here"),
    ),
    vote(each),
  );

const listOf = (results) =>
  results.length
    ? h("ul", { class: "review-list" }, results.map(review))
    : h("p", { class: "quiet" }, "Nobody has reviewed it yet. Be the first.");

let next = null;

function keepNext(answer) {
  next = answer.next;
  show(find("#reviews-more"), Boolean(next));
  return answer;
}

const load = () =>
  fill(find("#reviews-list"), {
    waiting: waitingLines(3),
    ask: async () => keepNext(await call("GET", path())),
    show: ({ results }) => listOf(results),
  });

async function showMore() {
  try {
    const answer = keepNext(await callNext(path(), next));
    find(".review-list").append(...answer.results.map(review));
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

function thank(text) {
  show(find("#review-form"), false);
  const done = find("#review-done");
  done.textContent = text;
  show(done);
}

async function post(product, { rating, title, body }) {
  const form = find("#review-form");
  if (!rating) {
    showError(form, "rating", "Choose from one to five stars.");
    return;
  }
  try {
    await call("POST", path(), { body: { rating: Number(rating), title, body } });
    reviewed(product, Number(rating));
    thank("Thank you. Your review is here for everybody now.");
    await load();
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "already_reviewed")) throw error;
    thank("You have reviewed it already. Thank you.");
  }
}

/** Show a product's reviews and, for who is signed in, the form. */
export function openReviews(product) {
  const form = find("#review-form");
  show(find("#reviews"));
  show(form, isSignedIn());
  show(find("#review-guest"), !isSignedIn());
  find("#review-sign-in").href = signIn();
  if (product.rating_count) {
    find("#reviews-average").textContent =
      `★ ${Number(product.rating_average).toFixed(1)} of 5, ${count(product.rating_count, "review")}`;
  }
  const more = find("#reviews-more");
  more.addEventListener("click", () => busy(more, () => showMore()));
  onSend(form, (values) => post(product, values));
  load();
}
