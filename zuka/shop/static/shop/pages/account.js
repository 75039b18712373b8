// Sign in or up; for who is signed in: orders, addresses, details.

import { openAddresses } from "../addresses.js";
import { call } from "../api.js";
import { openClosing } from "../closing.js";
import { remind } from "../confirming.js";
import { openDevices } from "../devices.js";
import { find, show } from "../elements.js";
import { finishSignIn, pendingOf, signIn, signUp } from "../entering.js";
import { openForgotten } from "../forgotten.js";
import { busy, onSend } from "../forms.js";
import { openOrders } from "../orders.js";
import { me, signOut } from "../person.js";
import { openSecondStep } from "../second_step.js";
import { address, nextPage } from "../site.js";
import { fill, note, toast } from "../states.js";
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
  show(details.elements.email.closest(".field"), Boolean(person.email));
}

function showPerson(person) {
  show(state, false);
  show(find("#signed-out"), !person);
  show(find("#signed-in"), Boolean(person));
  if (!person) {
    import("../by_phone.js").then(({ openByPhone }) => openByPhone(come)).catch(note);
    return;
  }
  greet(person);
  fillDetails(person);
  remind(person, openOrders);
  openOrders();
  openAddresses();
  openDevices();
  openSecondStep(person);
  import("../notices.js").then(({ openNotices }) => openNotices());
  openClosing(person);
  import("../own_phone.js").then(({ openOwnPhone }) => openOwnPhone(person, knowPhone)).catch(note);
}

/** The phone is confirmed: guest orders with it are the customer's now. */
function knowPhone(person) {
  fillDetails(person);
  openOrders();
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

async function come(entering) {
  try {
    arrive(await entering);
  } catch (error) {
    pending = pendingOf(error);
    if (!pending) throw error;
    for (const form of document.querySelectorAll("#panel-in form")) show(form, false);
    show(find("#second-form"));
    find("#second-code").focus();
  }
}

const enter = (typed) => come(signIn(typed));

for (const list of document.querySelectorAll('[role="tablist"]')) openTabs(list);
onSend(find("#sign-in-form"), enter);
onSend(find("#second-form"), async ({ code }) => arrive(await finishSignIn(pending, code)));
openForgotten(enter);
onSend(find("#sign-up-form"), async (typed) => arrive(await signUp(typed)));
onSend(details, saveDetails);
find("#sign-out").addEventListener("click", (event) => busy(event.currentTarget, leave));
fill(state, { waiting: [...state.children], ask: me, show: () => null, after: showPerson });
