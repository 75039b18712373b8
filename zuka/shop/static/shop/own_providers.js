// The providers that sign a customer in, of who is signed in: connecting and disconnecting them.

import { call } from "./api.js";
import { find, h, show, unseen } from "./elements.js";
import { busy, onSend } from "./forms.js";
import { offered } from "./offered.js";
import { note, sentence, toast } from "./states.js";
import { leaveFor, mark, takeAnswer } from "./vouching.js";

const card = find("#own-providers");
const form = find("#connect-form");
let isConfirmed = false;
let found = null;

const fail = (error) => {
  note(error);
  toast(sentence(error), null, "bad");
};

async function disconnect(button, row) {
  await busy(button, async () => {
    try {
      await call("DELETE", `me/providers/${row.provider}/`);
      toast(`${row.name} does not sign you in any more.`);
      await draw();
    } catch (error) {
      fail(error);
    }
  });
}

async function connect(password) {
  await call("PUT", `me/providers/${found.id}/`, { body: { id_token: found.token, nonce: found.nonce, password } });
  show(form, false);
  toast(`${found.name} signs you in now.`);
  await draw();
}

function action(row, providers) {
  const words = row.is_connected ? "Disconnect" : "Connect";
  const provider = providers.find((each) => each.id === row.provider);
  const act = (event) =>
    row.is_connected ? disconnect(event.currentTarget, row) : leaveFor(provider, "connect");
  if (!row.is_connected && !isConfirmed) return null;
  return h("button", { type: "button", class: "button button-quiet", onclick: act }, words, unseen(` ${row.name}`));
}

const item = (row, providers) =>
  h(
    "li",
    { class: "order-top" },
    h(
      "span",
      {},
      mark(row.provider),
      row.name,
      h("br"),
      h("span", { class: "quiet" }, row.is_connected ? row.email || "Connected" : "Not connected"),
    ),
    action(row, providers),
  );

async function draw() {
  const [rows, { providers }] = await Promise.all([call("GET", "me/providers/"), offered()]);
  find("#own-provider-list").replaceChildren(...rows.map((row) => item(row, providers)));
  show(find("#connect-confirm"), !isConfirmed && rows.some((row) => !row.is_connected));
  show(card, rows.length > 0);
}

onSend(form, ({ password }) => connect(password));

async function land(person) {
  find("#tab-security").click();
  if (found.problem) return toast(found.problem, null, "bad");
  if (!person.has_password) return connect("").catch(fail);
  find("#connect-name").textContent = found.name;
  show(form);
  return form.elements.password.focus();
}

/** Show which providers sign a customer in; who comes back from one to connect it goes on here. */
export async function openOwnProviders(person) {
  isConfirmed = person.is_email_confirmed || person.is_phone_confirmed;
  found = takeAnswer() || found;
  await draw();
  if (found?.aim === "connect" && !form.dataset.landed) {
    form.dataset.landed = "yes";
    await land(person);
  }
}
