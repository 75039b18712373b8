// The reminder that an e-mail is not confirmed, with the place for its code.

import { call } from "./api.js";
import { find, show } from "./elements.js";
import { onPress, onSend } from "./forms.js";
import { toast } from "./states.js";

const form = find("#confirm-form");
let told = () => null;

/** Remind a customer whose e-mail is not confirmed; `after(person)` hears of it when it is. */
export function remind(person, after) {
  told = after;
  find("#confirm-email").textContent = person.email || "";
  show(form, Boolean(person.email) && !person.is_email_confirmed);
}

onSend(form, async ({ code }) => {
  const person = await call("POST", "me/email/confirm/", { body: { code } });
  toast("Thank you. Your e-mail is confirmed.");
  remind(person, told);
  told(person);
});

onPress(find("#confirm-again"), form, async () => {
  await call("POST", "me/email/", { body: {} });
  toast("A new code is on its way.");
});
