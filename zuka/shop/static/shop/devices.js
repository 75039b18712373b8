// Where the customer is signed in, and signing out there.

import { call } from "./api.js";
import { day, find, h, show, unseen } from "./elements.js";
import { busy } from "./forms.js";
import { fill, note, sentence, toast, waitingLines } from "./states.js";

const others = find("#devices-out");

const act = (button, path, said) =>
  busy(button, async () => {
    try {
      await call("DELETE", path);
      toast(said);
      openDevices();
    } catch (error) {
      note(error);
      toast(sentence(error), null, "bad");
    }
  });

const used = ({ place, last_active_at: at }) => [place, `last used ${day(at)}`].filter(Boolean).join(", ");

const item = (device) =>
  h(
    "li",
    { class: "order-top" },
    h(
      "span",
      {},
      device.name,
      device.is_current && h("span", { class: "pill pill-good" }, "This device"),
      h("br"),
      h("span", { class: "quiet" }, used(device)),
    ),
    !device.is_current &&
      h(
        "button",
        {
          type: "button",
          class: "button button-quiet",
          onclick: (event) => act(event.currentTarget, `me/devices/${device.id}/`, "That device is signed out."),
        },
        "Sign out",
        unseen(` ${device.name}`),
      ),
  );

/** Show the devices. */
export function openDevices() {
  fill(find("#devices"), {
    waiting: waitingLines(2),
    ask: () => call("GET", "me/devices/"),
    show: (answer) => h("ul", { class: "order-list" }, answer.results.map(item)),
    after: (answer) => show(others, answer.results.length > 1),
  });
}

others.addEventListener("click", (event) =>
  act(event.currentTarget, "me/devices/", "You are signed out everywhere else."),
);
