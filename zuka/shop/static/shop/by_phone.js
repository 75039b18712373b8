// Signing in or up by phone, where the shop offers it: a code by text message.

import { call, callAccounts } from "./api.js";
import { find, show } from "./elements.js";
import { signInByPhone } from "./entering.js";
import { onSend } from "./forms.js";

const byEmail = find("#sign-in-form");
const ask = find("#phone-form");
const answer = find("#phone-code-form");
let phone = "";

function turnTo(form) {
  for (const each of [byEmail, ask, answer]) show(each, each === form);
  form.querySelector("input:not([type=hidden])").focus();
}

/** Let people in by phone; `come(entering)` takes it from there. */
export async function openByPhone(come) {
  const { data } = await callAccounts("GET", "config");
  if (!data.phone.is_offered) return;
  show(find("#by-phone"));
  show(find("#by-phone-new"));
  find("#by-phone").addEventListener("click", () => turnTo(ask));
  find("#by-phone-new").addEventListener("click", () => {
    find("#tab-in").click();
    turnTo(ask);
  });
  for (const button of document.querySelectorAll(".phone-back")) {
    button.addEventListener("click", () => turnTo(byEmail));
  }
  find("#phone-again").addEventListener("click", () => turnTo(ask));
  onSend(ask, async (typed) => {
    await call("POST", "phone-sign-ins/", { body: { phone: typed.phone } });
    phone = typed.phone;
    find("#phone-sent").textContent = phone;
    turnTo(answer);
  });
  onSend(answer, ({ code, name }) => come(signInByPhone({ phone, code, name })));
}
