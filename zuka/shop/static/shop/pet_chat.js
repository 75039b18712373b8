// The talk with a pet: a dialog over any page. It goes on where it was left in this tab.

import { Refusal, Unreachable, call } from "./api.js";
import { readCart } from "./basket.js";
import { h, icon } from "./elements.js";
import { tab } from "./keeping.js";
import { bubble, drawn, keepCoupon } from "./pet_messages.js";
import { PATIENCE_MS, stream } from "./pet_stream.js";
import { address } from "./site.js";
import { failure, note, sentence, waitingLines } from "./states.js";

const STYLES = new URL("./pet_chat.css", import.meta.url).pathname;
const PICTURES = new URL("./pets/", import.meta.url).pathname;
const KEPT = "zuka.shop.pet";
const STARTERS = ["Show me gowns under 20k", "What is in my cart?", "Any coupon for me?"];
const CHANGES_THE_CART = ["add_to_cart", "remove_from_cart"];

const log = h("div", { class: "pet-log", role: "log", "aria-live": "polite", "aria-label": "Messages", tabindex: "0" });
const typing = { maxlength: "1000", autocomplete: "off", enterkeyhint: "send", placeholder: "Ask your pet" };
const said = h("input", { id: "pet-said", ...typing });
const send = h("button", { type: "submit", class: "icon-button", "aria-label": "Send" }, icon("send"));
const label = h("label", { class: "unseen", for: "pet-said" }, "Say something to your pet");
const form = h("form", { class: "pet-form" }, label, said, send);
const head = h("div", { class: "pet-head" });
const dialog = h("dialog", { class: "pet-chat", "aria-labelledby": "pet-chat-name" }, head, log, form);
let isBusy = false;

const close = () =>
  h(
    "button",
    { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => dialog.close() },
    icon("close"),
  );

function introduce(pet) {
  const picture = pet && h("img", { src: `${PICTURES}${pet.avatar}`, alt: "", width: 40, height: 40 });
  const name = h("h2", { id: "pet-chat-name" }, pet ? pet.name : "Your pet");
  const more = pet && h("a", { class: "quiet", href: address.pet }, `Level ${pet.level} · memory`);
  head.replaceChildren(...[picture, h("div", {}, name, more || ""), close()].filter(Boolean));
}

function add(...nodes) {
  log.append(...nodes.filter(Boolean));
  log.scrollTop = log.scrollHeight;
}

/** Buttons of older messages are answered by now: what is open stands in the newest. */
const settle = () => log.querySelectorAll(".pet-actions").forEach((each) => each.remove());

async function answerTo(message, isYes) {
  settle();
  const { action } = message.metadata;
  const verb = isYes ? "confirm" : "decline";
  await during(async () => {
    const body = { token: action.token };
    const { messages } = await call("POST", `pets/actions/${action.id}/${verb}/`, { body, patience: PATIENCE_MS });
    show(messages);
    keepCoupon(messages);
    if (isYes && CHANGES_THE_CART.includes(action.tool)) await readCart();
  });
}

const acts = { say: (text) => talk(text), settle: answerTo };
const show = (messages) => add(...messages.map((each) => drawn(each, acts)));

async function during(act) {
  if (isBusy) return;
  isBusy = true;
  dialog.setAttribute("aria-busy", "true");
  const waiting = h("p", { class: "pet-bubble pet-waiting", "aria-hidden": "true" }, "…");
  add(waiting);
  try {
    await act(waiting);
  } catch (error) {
    note(error);
    // It may have been heard and answered all the same: what was said is shown, not guessed.
    if (error instanceof Unreachable) await goOn().catch(note); // the reason stands below
    add(bubble("pet", sentence(error), "pet-bad"));
  } finally {
    waiting.remove();
    isBusy = false;
    dialog.removeAttribute("aria-busy");
    said.focus();
  }
}

function talk(text) {
  settle();
  return during(async (waiting) => {
    waiting.before(bubble("user", text));
    const path = `pets/conversations/${tab.read(KEPT)}/`;
    let isCart = false;
    const take = (messages) => {
      const answers = messages.filter((each) => each.role !== "user"); // one's own words stand there already
      if (answers.length === 0) return;
      waiting.remove();
      isCart ||= answers.some((each) => each.kind === "cart");
      show(answers);
      keepCoupon(answers);
    };
    const tellers = {
      piece: ({ text: words }) => (waiting.textContent = waiting.textContent.replace(/^…$/, "") + words),
      message: (message) => take([message]),
      error: (problem) => {
        throw new Refusal(problem);
      },
    };
    if (!(await stream(`${path}stream/`, { text }, tellers)))
      take((await call("POST", `${path}messages/`, { body: { text }, patience: PATIENCE_MS })).messages);
    if (isCart) await readCart();
    introduce(await call("GET", "pets/mine/"));
  });
}

const starters = () =>
  h(
    "p",
    { class: "pet-actions" },
    STARTERS.map((text) =>
      h("button", { type: "button", class: "button button-line", onclick: () => talk(text) }, text),
    ),
  );

async function begin() {
  const begun = await call("POST", "pets/conversations/");
  tab.keep(KEPT, begun.id);
  log.replaceChildren();
  show(begun.messages);
  add(starters());
}

async function goOn() {
  const kept = tab.read(KEPT);
  if (!kept) return begin();
  try {
    const { results } = await call("GET", `pets/conversations/${kept}/messages/`);
    log.replaceChildren();
    show(results.reverse());
  } catch (error) {
    if (!(error instanceof Refusal && error.status === 404)) throw error;
    await begin();
  }
}

const invite = (href, words) =>
  h(
    "div",
    { class: "state" },
    icon("paw"),
    h("p", {}, "A pet of your own finds things, compares them, fills your cart and knows where your orders are."),
    h("a", { class: "button button-strong", href }, words),
  );

async function load() {
  log.replaceChildren(...waitingLines(4));
  form.hidden = true;
  introduce(null);
  try {
    introduce(await call("GET", "pets/mine/"));
    await goOn();
    form.hidden = false;
    said.focus();
    requestAnimationFrame(() => (log.scrollTop = log.scrollHeight));
  } catch (error) {
    note(error);
    const isAlone = error instanceof Refusal && (error.code === "no_pet" || error.status === 401);
    const signIn = [address.account("pet"), "Sign in to adopt one"];
    const way = error.code === "no_pet" ? [address.pet, "Adopt a pet"] : signIn;
    log.replaceChildren(isAlone ? invite(...way) : failure(error, load));
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = said.value.trim();
  if (!text || isBusy) return;
  said.value = "";
  talk(text);
});
document.head.append(h("link", { rel: "stylesheet", href: STYLES }));
document.body.append(dialog);

/** Open the talk. */
export function openChat() {
  dialog.showModal();
  load();
}
