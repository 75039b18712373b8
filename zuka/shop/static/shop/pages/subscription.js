// A customer's plan: what it is, changing it with its price before they say yes, ending it, and what was charged.

import { Refusal, call } from "../api.js";
import { day, find, h, show } from "../elements.js";
import { busy } from "../forms.js";
import { pause } from "../paying.js";
import { isSignedIn } from "../person.js";
import { address } from "../site.js";
import { fill, note, nothing, sentence, toast, waitingLines } from "../states.js";

const WORDS = {
  active: ["Active", "good"],
  trialing: ["Trial", "good"],
  past_due: ["Not paid yet", "bad"],
};
const TIERS = { pro: "API keys of the tier Pro", enterprise: "API keys of the tier Enterprise" };
const KINDS = { first: "First period", renewal: "Renewal", upgrade: "Change of plan", card: "Check of a card" };
const OFTEN = [0, 2000, 3000, 4000, 6000, 8000];
const dialog = find("#change-dialog");
const yes = find("#change-yes");
let current = null;
let chosen = null;
let watched = 0; // the last charge that was asked about is shown alone

const fact = (title, value) => value && h("div", {}, h("dt", {}, title), h("dd", {}, value));

function button(words, kind, work) {
  const made = h("button", { type: "button", class: `button ${kind}` }, words);
  made.addEventListener("click", () => busy(made, () => attempt(work)));
  return made;
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

const post = (path, body = {}) => call("POST", `subscriptions/current/${path}`, { body });

/** Go to the provider's page where there is one to pay on; else show how things are now. */
function goOn(charge, words) {
  if (charge && charge.status === "pending" && charge.checkout_url) {
    location.assign(charge.checkout_url);
    return;
  }
  if (charge && charge.status === "pending") watch(charge.reference);
  else toast(words);
  open();
}

/** What happens next, in one sentence. */
function outlook(mine) {
  const end = day(mine.current_period_end);
  if (mine.status === "past_due") {
    const again = day(mine.retry_at);
    return `We could not charge ${mine.due.display}. We try again on ${again}; until then all stays yours.`;
  }
  if (mine.cancel_at_period_end) return `It ends on ${end}. Nothing more is charged.`;
  if (mine.next_plan) return `On ${end} it becomes ${mine.next_plan.name} for ${mine.next_plan.price.display}.`;
  if (mine.status === "trialing" && !mine.card) return `Your trial ends on ${end}. Add a card to go on after it.`;
  return `It renews on ${end} for ${mine.price.display}.`;
}

const end = () => post("cancel/").then(() => goOn(null, "Your plan ends with its period."));
const goAhead = () => post("resume/").then(() => goOn(null, "Your plan goes on."));
const pay = () => post("card/").then((charge) => goOn(charge, "Done."));

function own(mine) {
  const [words, kind] = WORDS[mine.status];
  const isEnding = mine.cancel_at_period_end;
  return h(
    "div",
    { class: "card plan-now" },
    h("div", { class: "block-head" }, h("h2", {}, mine.plan.name), h("span", { class: `pill pill-${kind}` }, words)),
    h("p", { class: mine.status === "past_due" ? "notice notice-bad" : "" }, outlook(mine)),
    h(
      "dl",
      { class: "plan-facts" },
      fact("Price", `${mine.price.display} a ${mine.plan.interval}`),
      fact("Until", day(mine.current_period_end)),
      fact("Card", mine.card || "None yet"),
    ),
    h(
      "p",
      { class: "actions" },
      mine.status === "past_due" && button(`Pay ${mine.due.display} now`, "button-strong", pay),
      mine.status !== "past_due" && button(mine.card ? "Use another card" : "Add a card", "button-line", pay),
      (isEnding || mine.next_plan) && button(isEnding ? "Go on after all" : "Keep my plan", "button-strong", goAhead),
      !isEnding && button("End my plan", "button-quiet", end),
    ),
    h("p", { class: "quiet" }, "To know another card we charge a small sum, and send it back at once."),
  );
}

const guest = () =>
  nothing({
    title: "Delivery for nothing, and more points",
    text: "Sign in to take a plan, or to see yours.",
    actions: [h("a", { class: "button button-strong", href: address.account("subscription") }, "Sign in or sign up")],
    picture: "star",
  });

const gives = (plan) =>
  [
    plan.free_shipping && "Delivery for nothing",
    plan.points_percent > 100 && `${plan.points_percent / 100} × the points for your orders`,
    TIERS[plan.key_tier],
    plan.trial_days > 0 && `The first ${plan.trial_days} days for nothing, once a customer`,
  ].filter(Boolean);

async function take(plan) {
  const taken = await call("POST", "subscriptions/current/", { body: { plan: plan.id } });
  goOn(taken.charge, `Your trial of ${plan.name} has begun.`);
}

const line = (title, money, kind = "") =>
  h("div", { class: kind }, h("dt", {}, title), h("dd", {}, money));

const isSame = (plan) => plan.interval === current.plan.interval;
const isWithin = ({ price, credit, total }) => price.kobo - credit.kobo === total.kobo;

/** Show what a change means before it is made. */
async function consider(plan) {
  chosen = { plan, change: await post("preview/", { plan: plan.id }) };
  const { change } = chosen;
  const said = change.is_now
    ? [
        h("p", {}, `${plan.name} begins now.`),
        change.total.kobo > 0 &&
          h(
            "dl",
            {},
            line(isSame(plan) ? "The rest of this period" : "Its period", change.price.display),
            line("Not used of your plan", `−${change.credit.display}`),
            change.tax.kobo > 0 && line(isWithin(change) ? "Tax in it" : "Tax on top", change.tax.display),
            line("You pay now", change.total.display, "plan-total"),
          ),
      ]
    : [h("p", {}, `${plan.name} begins on ${day(change.starts_at)}. Until then you keep ${current.plan.name}.`)];
  find("#change-said").replaceChildren(...said.filter(Boolean));
  yes.textContent = change.total.kobo > 0 ? `Pay ${change.total.display}` : "Change";
  show(find("#change-error"), false);
  if (!dialog.open) dialog.showModal();
}

/** Show what a change costs by now; return what there is to say: why it was refused, or that we could not ask. */
const showAgain = (refusal) =>
  consider(chosen.plan).then(
    () => refusal,
    (error) => error,
  );

async function change() {
  const body = { plan: chosen.plan.id, agreed_kobo: chosen.change.total.kobo, as_of: chosen.change.as_of };
  try {
    const taken = await post("plan/", body);
    dialog.close();
    goOn(taken.charge, chosen.change.is_now ? `Your plan is ${chosen.plan.name}.` : "Your change is planned.");
  } catch (error) {
    const isOther = error instanceof Refusal && error.code === "price_changed";
    const said = isOther ? await showAgain(error) : error;
    note(said);
    find("#change-error").textContent = sentence(said);
    show(find("#change-error"));
  }
}

function choice(plan) {
  if (!isSignedIn()) return null;
  if (!current) return button("Take it", "button-strong", () => take(plan));
  if (plan.id === current.plan.id) return h("span", { class: "pill" }, "Your plan");
  if (current.next_plan && plan.id === current.next_plan.id) return h("span", { class: "pill" }, "Your next plan");
  return button("Change to it", "button-line", () => consider(plan));
}

const card = (plan) =>
  h(
    "li",
    { class: `card plan ${current && plan.id === current.plan.id ? "plan-mine" : ""}` },
    h("h3", {}, plan.name),
    h("p", { class: "plan-price" }, plan.price.display, h("small", {}, ` a ${plan.interval}`)),
    plan.description && h("p", {}, plan.description),
    h(
      "ul",
      {},
      gives(plan).map((words) => h("li", {}, words)),
    ),
    choice(plan),
  );

const cards = (plans) =>
  plans.length
    ? h("ul", { class: "plans" }, plans.map(card))
    : h("p", { class: "quiet" }, "There are no plans just now.");

const charged = (invoice) =>
  h(
    "li",
    {},
    h("span", {}, `${KINDS[invoice.kind]} · ${invoice.plan_name}`),
    h(
      "span",
      { class: "quiet" },
      [
        invoice.number,
        invoice.paid_at ? day(invoice.paid_at) : "not paid",
        invoice.refunded.kobo > 0 && `${invoice.refunded.display} refunded`,
      ]
        .filter(Boolean)
        .join(" · "),
    ),
    h("strong", {}, invoice.total.display),
  );

async function ask() {
  if (!isSignedIn()) return null;
  try {
    return await call("GET", "subscriptions/current/");
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

function openRest(mine) {
  current = mine;
  fill(find("#plans"), { waiting: waitingLines(3), ask: () => call("GET", "subscriptions/plans/"), show: cards });
  if (!isSignedIn()) return;
  fill(find("#invoices"), {
    ask: () => call("GET", "subscriptions/invoices/"),
    show: ({ results }) => h("ul", { class: "charged" }, results.map(charged)),
    after: ({ results }) => show(find("#invoices-part"), results.length > 0),
  });
}

const none = () => h("p", {}, "You have no plan. Take one of these: you can end it at any time.");

const open = () =>
  fill(find("#current"), {
    waiting: waitingLines(3),
    ask,
    show: (mine) => (mine ? own(mine) : isSignedIn() ? none() : guest()),
    after: openRest,
  });

const SAID = {
  paid: ({ amount }) => `We have received ${amount.display}. Thank you.`,
  failed: () => "This payment did not go through. Nothing was taken.",
  pending: () => "We have not heard from your bank yet. This page shows it once we have.",
};
const LATER = "Your bank takes its time. You may close this page: what you paid for is added by itself.";

/** Say what came of a charge; `again` asks once more, where nobody knows. */
function tellCharge(words, { isBad = false, again = null } = {}) {
  const place = find("#charge-said");
  place.classList.toggle("notice-bad", isBad);
  place.classList.toggle("notice-good", !isBad);
  place.replaceChildren(words);
  if (again) {
    const check = h("button", { type: "button", class: "button button-line", onclick: again }, "Check again");
    place.append(h("span", { class: "actions" }, check));
  }
  show(place);
}

/** The charge as it is now; null while nobody can be asked. Throws where there is none of the customer's. */
async function askCharge(reference) {
  try {
    return await call("GET", `subscriptions/charges/${encodeURIComponent(reference)}/`);
  } catch (error) {
    note(error);
    if (error instanceof Refusal && error.status === 404) throw error;
    return null;
  }
}

/** Say how a charge stands, and return whether more may come of it. */
async function showCharge(reference) {
  try {
    const charge = await askCharge(reference);
    const status = charge ? charge.status : "pending";
    tellCharge(SAID[status](charge), { isBad: status === "failed" });
    return status === "pending";
  } catch (error) { // told on the page
    tellCharge(sentence(error), { isBad: true });
    return false;
  }
}

/** Ask what became of a charge, again after each pause while nobody knows; the plan is shown as it then is. */
async function watch(reference) {
  const turn = (watched += 1);
  for (const milliseconds of OFTEN) {
    await pause(milliseconds);
    if (turn !== watched) return;
    if (await showCharge(reference)) continue;
    if (turn === watched) open();
    return;
  }
  if (turn === watched) tellCharge(LATER, { again: () => watch(reference) });
}

/** Who comes back from a provider's page hears what came of it; the provider is asked, the address proves nothing. */
function comeBack() {
  const query = new URLSearchParams(location.search);
  const reference = query.get("reference") || query.get("tx_ref");
  if (!reference || !isSignedIn()) return;
  history.replaceState(null, "", location.pathname);
  watch(reference);
}

yes.addEventListener("click", () => busy(yes, change));
find("#change-no").addEventListener("click", () => dialog.close());
open();
comeBack();
