// Sign in or up; for who is signed in: orders, addresses, details.

import { openAddresses } from "../addresses.js";
import { call } from "../api.js";
import { remind } from "../confirming.js";
import { openDevices } from "../devices.js";
import { find, h, show } from "../elements.js";
import { finishSignIn, pendingOf, signIn, signUp } from "../entering.js";
import { openForgotten } from "../forgotten.js";
import { busy, onSend } from "../forms.js";
import { openOrders } from "../orders.js";
import { forgetPerson, me, signOut } from "../person.js";
import { openSecondStep } from "../second_step.js";
import { address, nextPage } from "../site.js";
import { fill, nothing, toast } from "../states.js";
import { openTabs } from "../tabs.js";

const state = find("#account-state");
const details = find("#details-form");

function greet(person) {
  const first = person.name.trim().split(/\s+/)[0];
  find("#greeting").textContent = first ? `Hello, ${first}` : "Your account";
}

function fillDetails(person) {
  for (const name of ["name", "email", "phone", "gender_preference"]) details.elements[name].value = person[name] || "";
  details.elements.accepts_marketing.checked = person.accepts_marketing;
}

function showPerson(person) {
  show(state, false);
  show(find("#signed-out"), !person);
  show(find("#signed-in"), Boolean(person));
  if (!person) return;
  greet(person);
  fillDetails(person);
  remind(person, openOrders);
  openOrders();
  openAddresses();
  openDevices();
  openSecondStep();
  import("../notices.js").then(({ openNotices }) => openNotices());
}

function arrive(person) {
  const next = nextPage();
  if (next) location.replace(next);
  else {
    showPerson(person);
    find("#greeting").tabIndex = -1;
    find("#greeting").focus();
  }
}

async function saveDetails(typed) {
  const { email: _, ...rest } = typed;
  const body = { ...rest, phone: rest.phone || null, gender_preference: rest.gender_preference || null };
  const person = await call("PATCH", "me/", {
    body: { ...body, accepts_marketing: details.elements.accepts_marketing.checked },
  });
  greet(person);
  fillDetails(person);
  toast("Your details are saved.");
}

async function leave() {
  await signOut();
  location.replace(address.home);
}

let pending = null;

async function enter(typed) {
  try {
    arrive(await signIn(typed));
  } catch (error) {
    pending = pendingOf(error);
    if (!pending) throw error;
    show(find("#sign-in-form"), false);
    show(find("#second-form"));
    find("#second-code").focus();
  }
}

async function close({ password }) {
  await call("DELETE", "me/", { body: { password } });
  forgetPerson();
  show(find("#signed-in"), false);
  state.replaceChildren(
    nothing({
      title: "Your account is closed",
      text: "We have forgotten who you are, and sent you a last e-mail that says so. Thank you for shopping with us.",
      actions: [h("a", { class: "button button-strong", href: address.home }, "To the shop")],
      picture: "person",
    }),
  );
  show(state);
  window.scrollTo(0, 0);
}

for (const list of document.querySelectorAll('[role="tablist"]')) openTabs(list);
onSend(find("#sign-in-form"), enter);
onSend(find("#second-form"), async ({ code }) => arrive(await finishSignIn(pending, code)));
onSend(find("#close-form"), close);
openForgotten(enter);
onSend(find("#sign-up-form"), async (typed) => arrive(await signUp(typed)));
onSend(details, saveDetails);
find("#sign-out").addEventListener("click", (event) => busy(event.currentTarget, leave));
fill(state, { waiting: [...state.children], ask: me, show: () => null, after: showPerson });
