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

/** Ask a customer who closes their account for what they have. */
export function openClosing(person) {
  hasPassword = person.has_password;
  show(form.elements.password.closest(".field"), hasPassword);
  show(form.elements.code.closest(".field"), !hasPassword);
  show(again, !hasPassword);
}

function sayClosed() {
  const state = find("#account-state");
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

onPress(again, form, async () => {
  await call("POST", "me/closing-code/", { body: {} });
  toast("A code is on its way.");
});

onSend(form, async ({ password, code }) => {
  await call("DELETE", "me/", { body: hasPassword ? { password } : { code } });
  forgetPerson();
  sayClosed();
});
