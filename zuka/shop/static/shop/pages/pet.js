// One's own pet: adopt it, rename it, see and change what it remembers, give it away.

import { Refusal, call } from "../api.js";
import { find, h, icon, show, unseen } from "../elements.js";
import { busy, onSend } from "../forms.js";
import { tab } from "../keeping.js";
import { isSignedIn } from "../person.js";
import { openChat } from "../pet_chat.js";
import { address } from "../site.js";
import { fill, note, nothing, sentence, toast } from "../states.js";

const PICTURES = new URL("../pets/", import.meta.url).pathname;
const state = find("#pet-state");
const adopting = find("#adopt-form");
const own = find("#own-pet");
const renaming = find("#pet-form");
const memory = find("#pet-memory");
const remembering = find("#remember-form");
const KOBO = ["price_min", "price_max"];
let personas = [];

const persona = (each, chosen) =>
  h(
    "label",
    { class: "choice persona" },
    h("input", { type: "radio", name: "persona", value: each.id, checked: each.id === chosen }),
    h("img", { src: `${PICTURES}${each.avatar}`, alt: "", width: 64, height: 64 }),
    h(
      "span",
      { class: "choice-text" },
      h("strong", {}, each.title),
      h("span", {}, each.text),
      h("q", {}, each.example),
    ),
  );

const offer = (place, chosen) => find(place).replaceChildren(...personas.map((each) => persona(each, chosen)));

function introduce(pet) {
  show(adopting, false);
  show(own);
  find("#pet-picture").src = `${PICTURES}${pet.avatar}`;
  find("#pet-name").textContent = pet.name;
  const next = pet.next_level_xp;
  find("#pet-level").textContent = `Level ${pet.level} · ${pet.xp} XP${next ? `, the next level at ${next}` : ""}`;
  renaming.elements.name.value = pet.name;
  offer("#own-personas", pet.persona);
}

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

function row(each) {
  const name = unseen(` ${each.words}`);
  const forget = h("button", { type: "button", class: "button button-quiet" }, "Forget", name);
  forget.addEventListener("click", () =>
    busy(forget, () =>
      attempt(async () => {
        await call("DELETE", `pets/mine/memory/${each.id}/`);
        toast(`Forgotten: ${each.words}.`);
        openMemory();
      }),
    ),
  );
  const how = each.source === "said" ? "you said so" : "seen in what you bought";
  const words = h("span", {}, h("strong", {}, each.words), " ", h("span", { class: "quiet" }, how));
  return h("li", { class: "memory-row" }, words, forget);
}

const rows = (list) =>
  list.length
    ? h("ul", { class: "card slim" }, list.map(row))
    : nothing({ title: "Nothing yet", text: "Tell it your size, or what you like.", picture: "paw", level: "h3" });

function openMemory() {
  fill(memory, { ask: () => call("GET", "pets/mine/memory/"), show: rows });
}

async function adopt(typed) {
  introduce(await call("POST", "pets/", { body: typed }));
  openMemory();
  openChat();
}

async function change(typed) {
  introduce(await call("PATCH", "pets/mine/", { body: typed }));
  tab.forget("zuka.shop.pet"); // a new persona begins a talk of its own
  toast("Your pet is as you like it.");
}

async function keep({ kind, value }) {
  const kobo = KOBO.includes(kind) ? String(Math.round(Number(value.replace(/[^\d.]/g, "")) * 100)) : value;
  await call("POST", "pets/mine/memory/", { body: { kind, value: kobo } });
  remembering.reset();
  openMemory();
}

const guest = () =>
  nothing({
    title: "Adopt a pet",
    text: "It finds things, compares them, fills your cart, looks for coupons and knows where your orders are.",
    actions: [h("a", { class: "button button-strong", href: address.account("pet") }, "Sign in to adopt one")],
    picture: "paw",
  });

async function read() {
  personas = await call("GET", "pets/personas/");
  if (!isSignedIn()) return null;
  try {
    return await call("GET", "pets/mine/");
  } catch (error) {
    if (error instanceof Refusal && (error.code === "no_pet" || error.status === 401)) return null;
    throw error;
  }
}

function open(pet) {
  if (pet) {
    introduce(pet);
    openMemory();
  } else if (isSignedIn()) {
    offer("#personas", personas[0].id);
    show(adopting);
  }
}

const erase = (button, question, act) =>
  button.addEventListener("click", () => window.confirm(question) && busy(button, () => attempt(act)));

onSend(adopting, adopt);
onSend(renaming, change);
onSend(remembering, keep);
find("#pet-talk").addEventListener("click", openChat);
erase(find("#memory-erase"), "Let your pet forget everything?", async () => {
  await call("DELETE", "pets/mine/memory/");
  openMemory();
});
erase(find("#pet-leave"), "Give your pet away, with all it remembers and all you said?", async () => {
  await call("DELETE", "pets/mine/");
  tab.forget("zuka.shop.pet");
  location.reload();
});
fill(state, { waiting: [icon("paw")], ask: read, show: (pet) => (pet || isSignedIn() ? null : guest()), after: open });
