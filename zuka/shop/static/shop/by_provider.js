// Signing in or up by Google or Apple, where the shop offers it.

import { find, h, show } from "./elements.js";
import { signInByProvider } from "./entering.js";
import { offered } from "./offered.js";
import { note, sentence } from "./states.js";
import { leaveFor, mark, takeAnswer } from "./vouching.js";

const buttons = find("#provider-buttons");
const status = find("#provider-status");
const problem = find("#provider-error");

const button = (provider) =>
  h(
    "button",
    { type: "button", class: "button button-line button-wide", onclick: () => leaveFor(provider, "enter") },
    mark(provider.id),
    `Continue with ${provider.name}`,
  );

function complain(text) {
  problem.textContent = text;
  show(problem);
  show(find("#providers"));
}

async function land(found, come) {
  if (found.problem) return complain(found.problem);
  if (found.aim !== "enter") return complain(`Sign in first, then connect ${found.name} again.`);
  status.textContent = `Signing you in with ${found.name}…`;
  show(status);
  try {
    await come(signInByProvider(found));
  } catch (error) {
    note(error);
    complain(sentence(error));
  }
  return show(status, false);
}

/** Let people in by a provider; `come(entering)` takes it from there. */
export async function openByProvider(come) {
  const found = takeAnswer();
  if (found) land(found, come);
  const { providers } = await offered();
  buttons.replaceChildren(...providers.map(button));
  show(find("#providers"), providers.length > 0);
}
