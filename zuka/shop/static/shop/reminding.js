// "Remind me": a guest's e-mail is kept for the one reminder of the cart, only while the box is ticked.

import { call } from "./api.js";
import { find, show } from "./elements.js";
import { note, sentence, toast } from "./states.js";

const email = find("#email");
const box = find("#remind input");
let known = "";

async function tell() {
  const wanted = box.checked && email.value && email.checkValidity() ? email.value.trim() : "";
  if (wanted === known) return;
  const before = known;
  known = wanted;
  try {
    await call(wanted ? "PUT" : "DELETE", "cart/reminder/", wanted ? { body: { email: wanted } } : {});
  } catch (error) {
    known = before;
    box.checked = false;
    note(error);
    toast(sentence(error), null, "bad");
  }
}

show(find("#remind"));
for (const each of [email, box]) each.addEventListener("change", tell);
