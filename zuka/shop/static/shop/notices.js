// The notices of who is signed in, and what they want to be told.

import { call, callNext } from "./api.js";
import { day, find, h, show, unseen } from "./elements.js";
import { busy } from "./forms.js";
import { fill, note, nothing, sentence, toast } from "./states.js";

const place = find("#notices");
const more = find("#notices-more");
const readAll = find("#notices-read");
const choices = find("#told");
const PATIENCE_MS = 3000;
let next = null;

async function attempt(act) {
  try {
    await act();
  } catch (error) {
    note(error);
    toast(sentence(error), null, "bad");
  }
}

const changed = () => window.dispatchEvent(new Event("shop:notices"));

function item(notice) {
  const words = h("strong", {}, notice.title);
  const link = notice.link ? h("a", { class: "card-link", href: notice.link }, words) : words;
  const element = h(
    "li",
    { class: `card order-card${notice.read_at ? "" : " is-new"}` },
    h("p", {}, !notice.read_at && unseen("New: "), link),
    notice.body && h("p", {}, notice.body),
    h("p", { class: "quiet" }, day(notice.created_at)),
  );
  // The page of the link counts what is not read: it comes when this one is, unless that takes long.
  const read = async (event) => {
    const told = call("POST", `notifications/${notice.id}/read/`, { keepalive: true }).then(changed).catch(note);
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    await Promise.race([told, new Promise((go) => setTimeout(go, PATIENCE_MS))]);
    location.assign(notice.link);
  };
  if (notice.link && !notice.read_at) element.querySelector("a").addEventListener("click", read);
  return element;
}

const none = () =>
  nothing({ title: "No notices yet", text: "What becomes of your orders is told here.", picture: "bell" });

function keepNext(answer) {
  next = answer.next;
  show(more, Boolean(next));
  show(
    readAll,
    answer.results.some((each) => !each.read_at),
  );
}

const list = ({ results }) => (results.length ? h("ul", { class: "order-list" }, results.map(item)) : none());

const openList = () => fill(place, { ask: () => call("GET", "notifications/"), show: list, after: keepNext });

function box(preference) {
  const input = h("input", { type: "checkbox", checked: preference.is_on, disabled: preference.is_fixed });
  input.addEventListener("change", () =>
    attempt(async () => {
      const { group, channel } = preference;
      const isOn = input.checked;
      try {
        await call("PATCH", "notification-preferences/", { body: { group, channel, is_on: isOn } });
      } catch (error) {
        input.checked = !isOn;
        throw error;
      }
      toast("Your choice is saved.");
    }),
  );
  const way = preference.channel === "email" ? "By e-mail" : "Here in the account";
  return h("label", { class: "check" }, input, way, unseen(`: ${preference.title}`));
}

function groupsOf(preferences) {
  const groups = [...new Set(preferences.map((each) => each.group))];
  return groups.map((group) => {
    const own = preferences.filter((each) => each.group === group);
    return h(
      "section",
      { class: "card slim" },
      h("h3", {}, own[0].title),
      h("p", { class: "quiet" }, own[0].text),
      own.map(box),
    );
  });
}

/** Show the notices, and what can be chosen. */
export function openNotices() {
  openList();
  fill(choices, { ask: () => call("GET", "notification-preferences/"), show: groupsOf });
  more.onclick = () =>
    busy(more, () =>
      attempt(async () => {
        const answer = await callNext("notifications/", next);
        find("ul", place).append(...answer.results.map(item));
        keepNext(answer);
      }),
    );
  readAll.onclick = () =>
    busy(readAll, () =>
      attempt(async () => {
        await call("POST", "notifications/read/");
        changed();
        openList();
      }),
    );
}
