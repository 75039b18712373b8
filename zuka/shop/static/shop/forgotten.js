// A forgotten password: a code by mail, then a new one.

import { call } from "./api.js";
import { find } from "./elements.js";
import { onSend, turnTo } from "./forms.js";

const ask = find("#forgot-form");
const reset = find("#reset-form");
const typed = find("#in-contact");
let email = "";

/** Let who cannot sign in set a new password; `signIn({email, password})` follows. */
export function openForgotten(signIn) {
  find("#forgot").addEventListener("click", () => {
    ask.elements.email.value = typed.value;
    turnTo(ask);
  });
  onSend(ask, async (said) => {
    email = said.email;
    await call("POST", "password-resets/", { body: { email } });
    find("#reset-email").textContent = email;
    turnTo(reset);
  });
  onSend(reset, async ({ code, password }) => {
    await call("POST", "password-resets/confirm/", { body: { email, code, password } });
    turnTo(find("#sign-in-form"));
    typed.value = email;
    await signIn({ email, password });
  });
}
