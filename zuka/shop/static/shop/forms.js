// Forms: their values, errors beside the fields, and a button that is busy once.

import { Refusal } from "./api.js";
import { h, show } from "./elements.js";
import { note, sentence } from "./states.js";

/** The values of a form as an object; blank ones too. */
export const values = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));

const control = (form, name) => {
  const found = name && form.elements.namedItem(name);
  return found instanceof RadioNodeList ? found[0] : found;
};

const describe = (input, id, isDescribed) => {
  const ids = (input.getAttribute("aria-describedby") || "").split(" ").filter((each) => each && each !== id);
  if (isDescribed) ids.unshift(id);
  if (ids.length) input.setAttribute("aria-describedby", ids.join(" "));
  else input.removeAttribute("aria-describedby");
};

/** Take all errors away. */
export function clearErrors(form) {
  for (const input of form.querySelectorAll("[aria-invalid]")) clearError(input);
  show(form.querySelector(".form-error"), false);
}

/** Take a field's error away. */
export function clearError(input) {
  input.removeAttribute("aria-invalid");
  const place = errorPlace(input);
  show(place, false);
  describe(input, place.id, false);
}

function errorPlace(input) {
  const group = input.closest(".field, fieldset");
  let place = group.querySelector(".field-error");
  if (!place) {
    place = h("p", { class: "field-error", id: `${input.id || input.name}-error`, hidden: true });
    group.append(place);
  }
  return place;
}

/** Say what is wrong beside a field; false when the form has no such field to show. */
export function showError(form, name, message) {
  const input = control(form, name);
  if (!input || input.closest("[hidden]")) return false;
  const place = errorPlace(input);
  place.textContent = message;
  show(place);
  input.setAttribute("aria-invalid", "true");
  describe(input, place.id, true);
  input.addEventListener("input", () => clearError(input), { once: true });
  return true;
}

const spoken = (input) => {
  if (input.validity.valueMissing && input.type === "checkbox") return "Please tick this.";
  if (input.validity.valueMissing) return input.tagName === "SELECT" ? "Please choose one." : "Please fill this in.";
  if (input.validity.tooShort) return `At least ${input.minLength} characters.`;
  if (input.type === "email") return "Write an e-mail like ngozi@example.com.";
  return input.validationMessage;
};

/** Check what the browser can check; the first wrong field gets the focus. */
export function isComplete(form) {
  clearErrors(form);
  const wrong = [...form.elements].filter(
    (each) => each.willValidate && !each.closest("[hidden]") && !each.checkValidity(),
  );
  for (const input of wrong) showError(form, input.name, spoken(input));
  wrong[0]?.focus();
  return wrong.length === 0;
}

/** Say something above the button of a form. */
export function say(form, text) {
  const place = form.querySelector(".form-error");
  place.textContent = text;
  show(place);
  place.scrollIntoView({ block: "nearest" });
}

/** Show what the API refused: beside its field where there is one, else above the button. */
export function showRefusal(form, error, nameOf = (field) => field) {
  const name = error instanceof Refusal && error.field ? nameOf(error.field) : null;
  if (name && showError(form, name, error.message)) {
    control(form, name).focus();
    return;
  }
  say(form, sentence(error));
}

/** Run something while a button is busy. A second press meanwhile does nothing. */
export async function busy(button, act) {
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  button.classList.add("is-busy");
  try {
    await act();
  } finally {
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-busy");
  }
}

const attempt = (button, form, act, nameOf) =>
  busy(button, async () => {
    try {
      await act();
    } catch (error) {
      note(error);
      showRefusal(form, error, nameOf);
    }
  });

/** Let a button beside a form act; errors are shown in the form. */
export function onPress(button, form, act) {
  button.addEventListener("click", () => attempt(button, form, act));
}

/** Show one of the forms that stand beside each other, and go to its first field. */
export function turnTo(form) {
  for (const each of form.parentElement.querySelectorAll(":scope > form")) show(each, each === form);
  form.querySelector("input").focus();
}

/** Let a form be sent by `send(values)`; errors are shown in it. */
export function onSend(form, send, { nameOf, button = form.querySelector('[type="submit"]') } = {}) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!isComplete(form)) return;
    attempt(button, form, () => send(values(form)), nameOf);
  });
}
