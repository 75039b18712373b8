// What the shop knows of a customer: a copy for them, and deleting it all.

import { call, callFile } from "./api.js";
import { openLeaving } from "./closing.js";
import { day, find, h, show } from "./elements.js";
import { busy, onPress, onSend } from "./forms.js";
import { fill, note, sentence, toast, waitingLines } from "./states.js";

const LOOK_AGAIN_MS = 4000;
const DAY_MS = 86_400_000; // the shop makes one copy a day
const STATES = {
  waiting: "being made",
  running: "being made",
  failed: "could not be made, ask again",
  expired: "no longer kept",
};
const card = find("#own-data");
const ask = find("#copy-ask");
const form = find("#erase-form");
const send = find("#erase-send");
let isOpen = false;
let later = 0;

const size = (bytes) => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

const tell = (error) => {
  note(error);
  toast(sentence(error), null, "bad");
};

const attempt = (button, act) => busy(button, () => act().catch(tell)); // what went wrong is shown

async function keep(copy) {
  const href = URL.createObjectURL(await callFile(`me/data/${copy.id}/file/`, {}));
  h("a", { href, download: `my-data-${copy.asked_at.slice(0, 10)}.zip` }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}

const said = ({ status, bytes, kept_until: until }) =>
  status === "done" ? `${size(bytes)}, to be had until ${day(until)}` : STATES[status];

const item = (copy) =>
  h(
    "li",
    { class: "order-top" },
    h("span", {}, `Asked for on ${day(copy.asked_at)}`, h("br"), h("span", { class: "quiet" }, said(copy))),
    copy.status === "done" &&
      h(
        "button",
        {
          type: "button",
          class: "button button-strong",
          onclick: (event) => attempt(event.currentTarget, () => keep(copy)),
        },
        "Download",
      ),
  );

const isMade = ({ status }) => status === "waiting" || status === "running";
const isFresh = ({ status, asked_at: at }) => status === "done" && Date.now() - new Date(at) < DAY_MS;

/** Show the copies, and look again while one is being made and somebody looks. */
function openCopies(waiting = null) {
  clearTimeout(later);
  fill(find("#copies"), {
    waiting,
    ask: () => call("GET", "me/data/"),
    show: ({ results }) => results.length > 0 && h("ul", { class: "order-list" }, results.map(item)),
    after: ({ results }) => {
      show(ask, !results.some((each) => isMade(each) || isFresh(each)));
      if (results.some(isMade)) later = setTimeout(lookAgain, LOOK_AGAIN_MS);
    },
  });
}

function lookAgain() {
  if (card.offsetParent && !document.hidden) openCopies();
  else later = setTimeout(lookAgain, LOOK_AGAIN_MS);
}

async function askForCopy() {
  const { status } = await call("POST", "me/data/");
  toast(status === "done" ? "Here is the copy of today." : "It is being made. We also mail you when it is ready.");
  openCopies();
}

/** Say that all is being deleted, where somebody has asked for it. */
function sayErasing({ note: why }) {
  find("#erase-state").textContent = `Your account and your data are being deleted.${why && ` It waits: ${why}`}`;
  show(find("#erase-state"));
  show(form, false);
}

async function openErasing() {
  const asked = await call("GET", "me/erasure/");
  if (asked) sayErasing(asked);
}

/** Show a customer's own data. `after` is called when all of it is being deleted. */
export function openOwnData(person, after) {
  openLeaving(form, send, person);
  openCopies(waitingLines(1));
  openErasing().catch(note); // the page is of use without
  if (isOpen) return;
  isOpen = true;
  ask.addEventListener("click", () => attempt(ask, askForCopy));
  onPress(send, form, async () => {
    await call("POST", "me/closing-code/", { body: {} });
    toast("A code is on its way.");
  });
  onSend(form, async ({ password, code, confirm }) => {
    await call("POST", "me/erasure/", { body: { password, code, confirm } });
    clearTimeout(later);
    after();
  });
}
