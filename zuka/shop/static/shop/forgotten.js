// A forgotten password: a code by mail, then a new one.

import { call } from "./api.js";
import { find, show } from "./elements.js";
import { onSend } from "./forms.js";

const ask = find("#forgot-form");
const reset = find("#reset-form");
let email = "";

function turnTo(form) {
  for (const each of [find("#sign-in-form"), ask, reset]) show(each, each === form);
  form.querySelector("input:not([type=hidden])").focus();
}

/** Let who cannot sign in set a new password; `signIn({email, password})` follows. */
export function openForgotten(signIn) {
  find("#forgot").addEventListener("click", () => {
    ask.elements.email.value = find("#in-email").value;
    turnTo(ask);
  });
  for (const button of document.querySelectorAll(".forgot-back")) {
    button.addEventListener("click", () => turnTo(find("#sign-in-form")));
  }
  onSend(ask, async (typed) => {
    email = typed.email;
    await call("POST", "password-resets/", { body: { email } });
    find("#reset-email").textContent = email;
    turnTo(reset);
  });
  onSend(reset, async ({ code, password }) => {
    await call("POST", "password-resets/confirm/", { body: { email, code, password } });
    turnTo(find("#sign-in-form"));
    find("#in-email").value = email;
    await signIn({ email, password });
  });
}
