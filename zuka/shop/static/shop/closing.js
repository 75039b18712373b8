// Closing the account: by the password, or by a code where there is none.

import { call } from "./api.js";
import { find, h, show } from "./elements.js";
import { onPress, onSend } from "./forms.js";
import { forgetPerson } from "./person.js";
import { address } from "./site.js";
import { nothing, toast } from "./states.js";

const form = find("#close-form");
const again = find("#close-send");
let hasPassword = true;

/** Ask somebody who goes for good for what they have: a password, else a code, which a button sends. */
export function openLeaving(form, button, person) {
  show(form.elements.password.closest(".field"), person.has_password);
  show(form.elements.code.closest(".field"), !person.has_password);
  show(button, !person.has_password);
}

/** Ask a customer who closes their account for what they have. */
export function openClosing(person) {
  hasPassword = person.has_password;
  openLeaving(form, again, person);
}

/** Forget who was signed in, and say that they are gone. */
export function sayGone(title, text) {
  const state = find("#account-state");
  forgetPerson();
  show(find("#signed-in"), false);
  const actions = [h("a", { class: "button button-strong", href: address.home }, "To the shop")];
  state.replaceChildren(nothing({ title, text, actions, picture: "person" }));
  show(state);
  window.scrollTo(0, 0);
}

onPress(again, form, async () => {
  await call("POST", "me/closing-code/", { body: {} });
  toast("A code is on its way.");
});

onSend(form, async ({ password, code }) => {
  await call("DELETE", "me/", { body: hasPassword ? { password } : { code } });
  sayGone(
    "Your account is closed",
    "We have forgotten who you are, and sent you a last e-mail that says so. Thank you for shopping with us.",
  );
});
