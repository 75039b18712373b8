// The signed-in customer's addresses: list, add, change, remove.

import { call } from "./api.js";
import { find, h, icon, unseen } from "./elements.js";
import { busy, clearErrors, onSend } from "./forms.js";
import { fill, note, nothing, sentence, toast } from "./states.js";

const dialog = find("#address-dialog");
const form = find("#address-form");
let edited = null;

function openDialog(address = null) {
  edited = address;
  form.reset();
  clearErrors(form);
  find("#address-title").textContent = address ? "Change the address" : "Add an address";
  for (const [name, value] of Object.entries(address || {})) {
    const input = form.elements.namedItem(name);
    if (input?.type === "checkbox") input.checked = value;
    else if (input) input.value = value ?? "";
  }
  form.elements.namedItem("is_default").disabled = Boolean(address?.is_default);
  dialog.showModal();
}

async function save(typed) {
  const { is_default: isDefault, ...rest } = typed;
  const body = { ...rest, ...(isDefault && { is_default: true }) };
  if (edited) await call("PATCH", `addresses/${edited.id}/`, { body });
  else await call("POST", "addresses/", { body: { country: "NG", ...body } });
  dialog.close();
  toast("The address is saved.");
  load();
}

async function act(button, done, said) {
  await busy(button, async () => {
    try {
      await done();
      toast(said);
      load();
    } catch (error) {
      note(error);
      toast(sentence(error), null, "bad");
    }
  });
}

const remove = (address) => (event) =>
  act(event.currentTarget, () => call("DELETE", `addresses/${address.id}/`), "The address was removed.");
const prefer = (address) => (event) =>
  act(
    event.currentTarget,
    () => call("PATCH", `addresses/${address.id}/`, { body: { is_default: true } }),
    "We will use this address.",
  );

const small = (words, about, onclick, name = null) =>
  h(
    "button",
    { type: "button", class: "button button-quiet", onclick },
    name && icon(name),
    words,
    unseen(` ${about}`),
  );

function item(address) {
  const about = address.label || address.street_address;
  return h(
    "li",
    { class: "card address-card" },
    h(
      "h2",
      {},
      address.label || address.recipient_name,
      address.is_default && h("span", { class: "pill pill-good" }, "Default"),
    ),
    h(
      "p",
      {},
      address.recipient_name,
      h("br"),
      address.street_address,
      h("br"),
      `${address.city}, ${address.state}`,
      address.phone && [h("br"), address.phone],
    ),
    h(
      "p",
      { class: "address-actions" },
      small("Change", about, () => openDialog(address)),
      !address.is_default && small("Make default", about, prefer(address)),
      small("Remove", about, remove(address), "bin"),
    ),
  );
}

const none = () =>
  nothing({ title: "No addresses yet", text: "Save one, and the checkout fills itself in.", picture: "pin" });

function load() {
  fill(find("#addresses"), {
    ask: () => call("GET", "addresses/"),
    show: (answer) => {
      const list = answer.results || answer;
      return list.length ? h("ul", { class: "address-list" }, list.map(item)) : none();
    },
  });
}

/** Show the addresses and let them be changed. */
export function openAddresses() {
  load();
}

find("#address-new").addEventListener("click", () => openDialog());
find("#address-cancel").addEventListener("click", () => dialog.close());
onSend(form, save);
