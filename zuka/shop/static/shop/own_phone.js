// The phone to sign in with, of who is signed in: confirmed by a code that it gets.

import { call } from "./api.js";
import { find, show } from "./elements.js";
import { onSend } from "./forms.js";
import { offered } from "./offered.js";
import { toast } from "./states.js";

const card = find("#own-phone");
const ask = find("#own-phone-form");
const answer = find("#own-phone-code-form");
let phone = "";
let isOpen = false;

function tell(person) {
  const confirmed = person.is_phone_confirmed ? person.phone : "";
  find("#own-phone-state").textContent = confirmed
    ? `You can sign in with ${confirmed}. To use another one, type it here.`
    : "Confirm your phone by a code, and you can sign in with it.";
  ask.elements.phone.value = confirmed ? "" : person.phone || "";
  show(ask.elements.password.closest(".field"), person.has_password);
  show(ask);
  show(answer, false);
}

/** Let a customer confirm the phone of their account, where the shop sends text messages. */
export async function openOwnPhone(person, after) {
  tell(person);
  if (isOpen) return;
  isOpen = true;
  const { phone: own } = await offered();
  show(card, own.is_offered);
  onSend(ask, async (typed) => {
    await call("POST", "me/phone/", { body: { phone: typed.phone, password: typed.password } });
    phone = typed.phone;
    ask.elements.password.value = "";
    show(ask, false);
    show(answer);
    answer.elements.code.focus();
  });
  onSend(answer, async ({ code }) => {
    const fresh = await call("POST", "me/phone/confirm/", { body: { phone, code } });
    toast("Thank you. Your phone is confirmed.");
    tell(fresh);
    after(fresh);
  });
}
