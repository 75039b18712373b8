// Come in; for who is signed in: orders, addresses, details.

import { openAddresses } from "../addresses.js";
import { call } from "../api.js";
import { openClosing, sayGone } from "../closing.js";
import { remind } from "../confirming.js";
import { openDevices } from "../devices.js";
import { find, show } from "../elements.js";
import { busy, onSend } from "../forms.js";
import { openOrders } from "../orders.js";
import { me, signOut } from "../person.js";
import { openSecondStep } from "../second_step.js";
import { address, nextPage } from "../site.js";
import { fill, note, toast } from "../states.js";
import { openTabs } from "../tabs.js";

const state = find("#account-state");
const details = find("#details-form");
const naming = find("#name-form");

function greet(person) {
  const first = person.name.trim().split(/\s+/)[0];
  find("#greeting").textContent = first ? `Hello, ${first}` : "Your account";
  show(naming, !first);
}

function fillDetails(person) {
  for (const name of ["name", "email", "phone", "gender_preference"]) details.elements[name].value = person[name] || "";
  details.elements.accepts_marketing.checked = person.accepts_marketing;
  show(details.elements.email.closest(".field"), Boolean(person.email));
}

function showPerson(person) {
  show(state, false);
  show(find("#signed-in"), Boolean(person));
  if (!person) {
    import("../coming_in.js").then(({ openComingIn }) => letIn(openComingIn(arrive))).catch(note);
    return;
  }
  show(find("#signed-out"), false);
  greet(person);
  fillDetails(person);
  remind(person, knowProved);
  openOrders();
  openAddresses();
  openDevices();
  openSecondStep(person);
  import("../notices.js").then(({ openNotices }) => openNotices());
  openClosing(person);
  import("../own_phone.js").then(({ openOwnPhone }) => openOwnPhone(person, knowProved)).catch(note);
  openProviders(person);
  import("../own_data.js").then(({ openOwnData }) => openOwnData(person, sayErased)).catch(note); // as below
  import("../own_keys.js").then(({ offerKeys }) => offerKeys()).catch(note); // the account opens all the same
}

const sayErased = () =>
  sayGone(
    "Your data is being deleted",
    "Within minutes nothing here leads to you any more. Thank you for shopping with us.",
  );

/** Nobody is signed in, and `come(entering)` takes who comes in. */
function letIn(come) {
  show(find("#signed-out"));
  import("../by_provider.js").then(({ openByProvider }) => openByProvider(come)).catch(note);
}

const openProviders = (person) =>
  import("../own_providers.js").then(({ openOwnProviders }) => openOwnProviders(person)).catch(note);

/** E-mail or phone is confirmed: guest orders with it are the customer's now, who may connect providers. */
function knowProved(person) {
  fillDetails(person);
  openOrders();
  openProviders(person);
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

async function saveName({ name }) {
  const person = await call("PATCH", "me/", { body: { name } });
  greet(person);
  fillDetails(person);
}

async function leave() {
  await signOut();
  location.replace(address.home);
}

for (const list of document.querySelectorAll('[role="tablist"]')) openTabs(list);
onSend(naming, saveName);
onSend(details, saveDetails);
find("#sign-out").addEventListener("click", (event) => busy(event.currentTarget, leave));
fill(state, { waiting: [...state.children], ask: me, show: () => null, after: showPerson });
