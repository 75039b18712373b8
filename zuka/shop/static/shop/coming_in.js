// Coming in by a code that an e-mail or phone gets, or by a password. Who is new comes in by the code.

import { Refusal, call } from "./api.js";
import { find, show } from "./elements.js";
import { finishSignIn, pendingOf, signIn, signInByCode } from "./entering.js";
import { openForgotten } from "./forgotten.js";
import { onPress, onSend, turnTo } from "./forms.js";
import { offered } from "./offered.js";
import { note, toast } from "./states.js";

const ask = find("#sign-in-form");
const answer = find("#code-form");
const second = find("#second-form");
let texts = false;
// Until the shop has said what it offers, nobody can be told that a phone will not do.
let known = Promise.resolve();
let byPassword = false;
let asked = null;
let pending = null;

const EXAMPLE = "Write an e-mail like ngozi@example.com.";
const nameOf = (field) => (field === "email" || field === "phone" ? "contact" : field);

/** What was typed: `{kind: "email" | "phone", address}`. */
function read(contact) {
  const refuse = (message) => {
    throw new Refusal({ message, field: "contact" });
  };
  if (contact.includes("@")) return { kind: "email", address: contact };
  if (!texts || /\p{L}/u.test(contact)) refuse(EXAMPLE);
  if (byPassword) refuse("A password goes with your e-mail. For your phone, use a code.");
  return { kind: "phone", address: contact };
}

function choose(isByPassword) {
  byPassword = isByPassword;
  show(ask.elements.password.closest(".field"), byPassword);
  show(find("#forgot"), byPassword);
  show(find("#in-hint"), !byPassword);
  find("#in-go").textContent = byPassword ? "Sign in" : "Send me a code";
  find("#in-other").textContent = byPassword ? "Send me a code instead" : "Use my password";
}

const sendCode = () => call("POST", `${asked.kind}-sign-ins/`, { body: { [asked.kind]: asked.address } });

async function askForCode(contact) {
  asked = read(contact);
  await sendCode();
  find("#code-sent").textContent = asked.address;
  show(find("#code-spam"), asked.kind === "email");
  answer.reset();
  turnTo(answer);
}

/** Let people in; `arrive(person)` takes it from there. Returns what lets an entering in that began elsewhere. */
export function openComingIn(arrive) {
  const come = async (entering) => {
    try {
      arrive(await entering);
    } catch (error) {
      pending = pendingOf(error);
      if (!pending) throw error;
      turnTo(second);
    }
  };
  const enter = ({ email, password }) => come(signIn({ email, password }));
  choose(false);
  known = offered()
    .then(({ phone }) => {
      texts = phone.is_offered;
      find("#in-label").textContent = texts ? "E-mail or phone" : "E-mail";
    })
    .catch(note);
  find("#in-other").addEventListener("click", () => {
    choose(!byPassword);
    (byPassword && ask.elements.contact.value ? ask.elements.password : ask.elements.contact).focus();
  });
  for (const button of document.querySelectorAll(".in-back")) button.addEventListener("click", () => turnTo(ask));
  onSend(
    ask,
    async ({ contact, password }) => {
      await known;
      return byPassword ? enter({ email: read(contact).address, password }) : askForCode(contact);
    },
    { nameOf },
  );
  onSend(answer, ({ code }) => come(signInByCode({ ...asked, code })));
  onPress(find("#code-again"), answer, async () => {
    await sendCode();
    toast("A new code is on its way.");
  });
  onSend(second, async ({ code }) => arrive(await finishSignIn(pending, code)));
  openForgotten(enter);
  return come;
}
