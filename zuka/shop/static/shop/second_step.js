// The second step of signing in: linking an authenticator app, its recovery codes, unlinking.

import { Refusal, callAccounts } from "./api.js";
import { find, h, show } from "./elements.js";
import { onSend } from "./forms.js";
import { fill, toast, waitingLines } from "./states.js";

const TOTP = "account/authenticators/totp";
const prove = find("#step-password-form");
const confirm = find("#step-code-form");
let isOn = false;
let hasPassword = true;

const spaced = (secret) => secret.replace(/(.{4})/g, "$1 ").trim();

async function offerSecret() {
  try {
    await callAccounts("GET", TOTP);
  } catch (error) {
    if (!(error instanceof Refusal && error.meta?.secret)) throw error;
    find("#step-secret").textContent = spaced(error.meta.secret);
    find("#step-link").href = error.meta.totp_url;
    show(prove, false);
    show(confirm);
    confirm.elements.code.focus();
  }
}

function showCodes(codes) {
  find("#step-codes").replaceChildren(
    h("p", {}, "Keep these recovery codes where you find them without your phone. Each lets you in once."),
    h("ul", { class: "codes" }, codes.map((code) => h("li", {}, code))),
  );
}

/** Offer the second step to a customer; who has no password is not asked for it. */
export function openSecondStep(person) {
  hasPassword = person.has_password;
  show(prove.elements.password.closest(".field"), hasPassword);
  showSecondStep();
}

/** Show whether there is a second step, and what can be done about it. */
function showSecondStep() {
  fill(find("#step-state"), {
    waiting: waitingLines(1),
    ask: () => callAccounts("GET", "account/authenticators"),
    show: (answer) => {
      isOn = answer.data.some((each) => each.type === "totp");
      return h("p", {}, isOn ? "On: a code of your app is asked for too." : "Off: nothing more is asked for.");
    },
    after: () => {
      show(prove);
      show(prove.elements.code.closest(".field"), isOn && !hasPassword);
      show(confirm, false);
      prove.reset();
      find("#step-button").textContent = isOn ? "Unlink the app" : "Link an app";
    },
  });
}

onSend(prove, async ({ password, code }) => {
  if (hasPassword) await callAccounts("POST", "auth/reauthenticate", { password });
  else if (isOn) await callAccounts("POST", "auth/2fa/reauthenticate", { code });
  if (!isOn) return offerSecret();
  await callAccounts("DELETE", TOTP);
  find("#step-codes").replaceChildren();
  toast("The app is unlinked.");
  return showSecondStep();
});

onSend(confirm, async ({ code }) => {
  await callAccounts("POST", TOTP, { code });
  const answer = await callAccounts("GET", "account/authenticators/recovery-codes");
  confirm.reset();
  showCodes(answer.data.unused_codes);
  toast("The app is linked.");
  showSecondStep();
});
