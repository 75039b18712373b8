// A partner's own API keys: whether they work, what is left of today, the device, and a new secret.

import { Refusal, call } from "../api.js";
import { copyText, day, find, h, show, unseen } from "../elements.js";
import { busy, onSend } from "../forms.js";
import { isSignedIn } from "../person.js";
import { address } from "../site.js";
import { fill, note, nothing, sentence, toast, waitingLines } from "../states.js";

const SHOWN_DAYS = 7;
const STATES = {
  active: ["Works", "good"],
  suspended: ["Suspended", "bad"],
  revoked: ["Revoked", "bad"],
  expired: ["Expired", "bad"],
};
const dialog = find("#rotate-dialog");
const secret = find("#new-secret");
let rotating = null;

const MOMENT = new Intl.DateTimeFormat("en-NG", { dateStyle: "medium", timeStyle: "short" });
const moment = (value) => MOMENT.format(new Date(value));
const COMPACT = new Intl.NumberFormat("en-NG", { notation: "compact" });
const number = (value) => (value === null ? "–" : value.toLocaleString("en-NG"));
const short = (value) => (value >= 1_000_000 ? COMPACT.format(value) : number(value));
const called = (endpoint) => ({ "*": "All other calls", "events-*": "Events sent" })[endpoint] || endpoint;
const fact = (title, ...value) => h("div", {}, h("dt", {}, title), h("dd", {}, ...value));

function today(key) {
  const words = `${number(key.validations_today)} of ${number(key.validations_most)}`;
  return h(
    "div",
    {},
    h("p", {}, "Validations today: ", h("strong", {}, words)),
    h("progress", { max: key.validations_most || 1, value: key.validations_today, "aria-label": words }),
  );
}

const device = ({ device: bound, is_device_bound: isBound }) => {
  if (!bound) return isBound ? "The first that asks" : "Any";
  const named = [bound.name, bound.os, bound.app_version].filter(Boolean).join(", ");
  return `${named || "A device without a name"}, since ${day(bound.bound_at)}`;
};

const table = (title, heads, rows) =>
  h(
    "table",
    { class: "key-table" },
    h("caption", {}, title),
    h("thead", {}, h("tr", {}, heads.map((each) => h("th", { scope: "col" }, each)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((each) => h("td", {}, each))))),
  );

/** The API tells the limit of every other call first; people read it last. */
const limits = (key) =>
  key.limits.length
    ? table(
        "Limits",
        ["Calls", "An hour", "A day", "At once"],
        [...key.limits].reverse().map((each) => [
          called(each.endpoint),
          ...[each.per_hour, each.per_day, each.burst].map(short),
        ]),
      )
    : h("p", { class: "quiet" }, "This key is not limited.");

const days = (key) =>
  key.days.length > 0 &&
  table(
    "Validations by day",
    ["Day", "Valid", "Refused"],
    key.days.slice(0, SHOWN_DAYS).map((each) => [day(each.day), number(each.success), number(each.refused)]),
  );

/** The calls of the last days, once they are known; a card does not wait for them. */
function calls(key) {
  const place = h("div", {});
  const fillIn = (found) =>
    found.length > 0 &&
    place.append(
      table(
        "Calls by day",
        ["Day", "Calls", "Refused"],
        found.map((each) => [day(each.day), number(each.calls), number(each.refused)]),
      ),
    );
  call("GET", `keys/mine/${key.id}/usage/`).then(fillIn, note);
  return place;
}

async function release(key) {
  try {
    await call("DELETE", `keys/mine/${key.id}/device/`);
    toast("The device is released. The next one that asks is bound.");
    open();
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

function ask(key) {
  rotating = key;
  find("#rotate-name").textContent = key.name;
  dialog.showModal();
}

const actions = (key) => {
  const made = [];
  if (key.status === "active") {
    made.push(
      h(
        "button",
        { type: "button", class: "button button-line", onclick: () => ask(key) },
        "New secret",
        unseen(` for ${key.name}`),
      ),
    );
  }
  if (key.device) {
    const act = (event) => busy(event.currentTarget, () => release(key));
    made.push(
      h(
        "button",
        { type: "button", class: "button button-quiet", onclick: act },
        "Release the device",
        unseen(` of ${key.name}`),
      ),
    );
  }
  return made.length > 0 && h("p", { class: "actions" }, made);
};

const still = ({ prefix, works_until: until }) =>
  h("p", { class: "notice notice-good" }, `The secret ${prefix}… still works until ${moment(until)}.`);

const card = (key) => {
  const [word, tone] = STATES[key.status];
  return h(
    "section",
    { class: "card key", "aria-label": key.name },
    h(
      "div",
      { class: "key-head" },
      h("h2", {}, key.name),
      h("span", { class: `pill pill-${tone}` }, word),
      h("span", { class: "pill" }, key.tier),
    ),
    key.retired.map(still),
    h(
      "dl",
      { class: "key-facts" },
      fact("Begins with", h("code", {}, `${key.prefix}…`)),
      fact("May", key.features.join(", ")),
      fact("Device", device(key)),
      fact("Last used", key.last_used_at ? moment(key.last_used_at) : "Never"),
      fact("Issued", day(key.issued_at)),
      fact("Ends", key.expires_at ? day(key.expires_at) : "Never"),
    ),
    today(key),
    limits(key),
    calls(key),
    days(key),
    actions(key),
  );
};

const works = (key) => Number(key.status === "active");
const workingFirst = (keys) => [...keys].sort((one, other) => works(other) - works(one));

const empty = () =>
  nothing({
    title: "You have no API key",
    text: "Keys are for partners whose apps work with this shop. Ask the shop for one.",
  });

const guest = () =>
  nothing({
    title: "Sign in to see your API keys",
    actions: [h("a", { class: "button button-strong", href: address.account("account/keys") }, "Sign in")],
    picture: "person",
  });

function showSecret(key) {
  const before = key.retired.find(({ prefix }) => prefix === rotating.prefix);
  find("#secret-name").textContent = key.name;
  find("#secret-until").textContent = before ? moment(before.works_until) : "now";
  find("#secret-token").value = key.token;
  show(secret);
  secret.focus();
}

function forgetSecret() {
  find("#secret-token").value = "";
  show(secret, false);
}

/** The keys of who is signed in; null for a guest. */
async function own() {
  if (!isSignedIn()) return null;
  try {
    return await call("GET", "keys/mine/");
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return null;
    throw error;
  }
}

const open = () =>
  fill(find("#keys"), {
    waiting: waitingLines(4),
    ask: own,
    show: (keys) => (keys === null ? guest() : keys.length ? workingFirst(keys).map(card) : empty()),
  });

onSend(find("#rotate-form"), async ({ overlap_hours: hours }) => {
  const body = { overlap_hours: Number(hours) };
  const key = await call("POST", `keys/mine/${rotating.id}/rotate/`, { body });
  dialog.close();
  showSecret(key);
  open();
});
find("#rotate-leave").addEventListener("click", () => dialog.close());
find("#secret-done").addEventListener("click", forgetSecret);
find("#secret-copy").addEventListener("click", async () => {
  const isCopied = await copyText(find("#secret-token").value);
  if (isCopied) toast("The secret is copied.");
  else find("#secret-token").select();
});
open();
