// Sign in or up; for who is signed in: orders, addresses, details.

import { openAddresses } from "../addresses.js";
import { call } from "../api.js";
import { find, show } from "../elements.js";
import { onSend } from "../forms.js";
import { openOrders } from "../orders.js";
import { me, signIn, signOut, signUp } from "../person.js";
import { address, nextPage } from "../site.js";
import { fill, toast } from "../states.js";
import { busy } from "../forms.js";
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
  openOrders();
  openAddresses();
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

for (const list of document.querySelectorAll('[role="tablist"]')) openTabs(list);
onSend(find("#sign-in-form"), async (typed) => arrive(await signIn(typed)));
onSend(find("#sign-up-form"), async (typed) => arrive(await signUp(typed)));
onSend(details, saveDetails);
find("#sign-out").addEventListener("click", (event) => busy(event.currentTarget, leave));
fill(state, { waiting: [...state.children], ask: me, show: () => null, after: showPerson });
