// A customer's points: what they have, what it buys, friends, and what came and went.

import { Refusal, call, callNext } from "../api.js";
import { copyText, day, find, h, icon, show } from "../elements.js";
import { busy, onSend } from "../forms.js";
import { friendCode, joinFriend, keepFriend } from "../friend.js";
import { newKey } from "../keeping.js";
import { isSignedIn } from "../person.js";
import { address } from "../site.js";
import { fill, note, nothing, sentence, toast, waitingLines } from "../states.js";

const moreButton = find("#changes-more");
const WORDS = "Shop with me, we both get points:";
let next = null;

const number = (value) => value.toLocaleString("en-NG");
const points = (value) => `${number(value)} ${value === 1 ? "point" : "points"}`;

const fact = (title, value, more) =>
  h("div", { class: "holding" }, h("dt", {}, title), h("dd", {}, value), more && h("dd", { class: "quiet" }, more));

/** How far it is to the next level: words beside the bar say the same. */
function levelOf(state) {
  const levels = state.levels.filter((level) => level.xp <= state.xp);
  const from = levels[levels.length - 1].xp;
  const words = state.next_level
    ? `${number(state.xp_to_next)} XP to ${state.next_level_title}`
    : "You have reached the highest level.";
  return h(
    "div",
    { class: `level level-${state.level}` },
    h("p", { class: "level-name" }, h("span", { class: "gem", "aria-hidden": "true" }), state.level_title),
    state.next_level &&
      h("progress", { max: state.xp + state.xp_to_next - from, value: state.xp - from, "aria-label": words }),
    h("p", { class: "quiet" }, words),
  );
}

const lapse = (state) =>
  state.expiring_points > 0 &&
  h("p", { class: "notice notice-bad" }, `${points(state.expiring_points)} lapse from ${day(state.expiring_at)} on.`);

function summary(state) {
  const worth = state.value.kobo > 0 && `worth ${state.value.display} at checkout`;
  const today = state.checked_in_today ? "Today's points are yours" : "";
  return [
    h(
      "div",
      { class: "card points-top" },
      h(
        "dl",
        { class: "holdings" },
        fact("To spend", number(state.points), worth),
        fact("Days in a row", number(state.streak_days), today),
        fact("XP", number(state.xp)),
      ),
      levelOf(state),
    ),
    lapse(state),
  ];
}

const guest = () =>
  nothing({
    title: "Points for what you buy",
    text: "Orders, reviews, friends and games bring points. Sign in to see what they buy.",
    actions: [h("a", { class: "button button-strong", href: address.account("rewards") }, "Sign in or sign up")],
    picture: "star",
  });

const tried = {}; // by reward: pressed again where no answer came, it is the same request

async function take(reward) {
  tried[reward.id] ??= newKey();
  const headers = { "Idempotency-Key": tried[reward.id] };
  try {
    const taken = await call("POST", `rewards/catalogue/${reward.id}/redeem/`, { body: {}, headers });
    delete tried[reward.id];
    toast(`Your code is ${taken.coupon_code}.`);
    open();
  } catch (error) {
    if (error instanceof Refusal && error.status < 500) delete tried[reward.id];
    note(error);
    toast(sentence(error), null, "bad");
  }
}

function offer(reward) {
  const isGone = reward.left === 0;
  const button = h("button", { type: "button", class: "button button-line" }, isGone ? "All are taken" : "Take it");
  button.disabled = isGone;
  button.addEventListener("click", () => busy(button, () => take(reward)));
  const terms = [
    reward.min_spend && `from ${reward.min_spend.display}`,
    `good for ${reward.valid_days} days`,
    reward.left !== null && reward.left > 0 && `${number(reward.left)} left`,
  ].filter(Boolean);
  return h(
    "li",
    { class: "card offer" },
    h("h3", {}, reward.name),
    reward.description && h("p", {}, reward.description),
    h("p", { class: "quiet" }, terms.join(" · ")),
    h("p", { class: "pill" }, points(reward.points)),
    button,
  );
}

const catalogue = (rewards) =>
  rewards.length
    ? h("ul", { class: "offers" }, rewards.map(offer))
    : h("p", { class: "quiet" }, "Nothing just now.");

const code = (taken) =>
  h(
    "li",
    {},
    h("strong", {}, taken.coupon_code),
    h("span", { class: "quiet" }, `${taken.name} · ${taken.is_used ? "used" : `until ${day(taken.expires_at)}`}`),
  );

async function send(way, link) {
  try {
    await call("POST", "rewards/invitations/", { body: { channel: way } });
  } catch (error) {
    note(error); // that it was sent on is counted, no more
  }
  if (way === "copy") toast((await copyText(link)) ? "The link is copied." : `Your link: ${link}`);
  else await navigator.share({ text: WORDS, url: link }).catch(() => null); // they have thought better of it
}

function friends(own) {
  const link = new URL(own.link, location.href).href;
  const button = (way, words, kind) => {
    const made = h("button", { type: "button", class: `button ${kind}` }, words);
    made.addEventListener("click", () => busy(made, () => send(way, link)));
    return made;
  };
  return h(
    "div",
    { class: "card friends" },
    h(
      "p",
      {},
      `You get ${points(own.points)} and your friend ${number(own.friend_points)}, `,
      `once their first order of at least ${own.min_order.display} is paid and kept.`,
    ),
    h("label", { class: "field", for: "friend-link" }, "Your link"),
    h("input", { id: "friend-link", readonly: true, value: link }),
    h(
      "p",
      { class: "actions" },
      button("copy", "Copy the link", "button-strong"),
      navigator.share && button("share", "Send it to a friend", "button-line"),
    ),
    h("p", { class: "quiet" }, `${number(own.joined)} came so far, ${number(own.rewarded)} were rewarded.`),
  );
}

const change = (entry) =>
  h(
    "li",
    {},
    h("span", {}, [entry.title, entry.note].filter(Boolean).join(" · ")),
    h("span", { class: "quiet" }, day(entry.occurred_at)),
    h(
      "strong",
      { class: entry.points < 0 ? "less" : "more-points" },
      entry.points ? `${entry.points > 0 ? "+" : "−"}${number(Math.abs(entry.points))}` : `+${entry.xp} XP`,
    ),
  );

function keepNext(answer) {
  next = answer.next;
  show(moreButton, Boolean(next));
}

const changes = ({ results }) =>
  results.length
    ? h("ul", { class: "changes" }, results.map(change))
    : h("p", { class: "quiet" }, "Nothing yet. Your first order earns points when it can no longer be sent back.");

/** Who came by a friend's link is told so, and counted once they are signed in. */
async function meetFriend() {
  keepFriend();
  if (!friendCode()) return;
  const place = find("#friend-said");
  try {
    if (!isSignedIn()) {
      const words = " A friend sent you: sign up, and your first order brings both of you points.";
      place.replaceChildren(icon("heart"), words);
    } else {
      const own = await joinFriend();
      const least = own.min_order.display;
      place.replaceChildren(`Welcome! Your first order of at least ${least} brings you ${points(own.friend_points)}.`);
    }
  } catch (error) {
    note(error);
    place.replaceChildren(sentence(error));
  }
  show(place);
}

async function ask() {
  if (!isSignedIn()) return null;
  return call("POST", "rewards/check-in/", { body: {} });
}

function openMembers(state) {
  show(find("#members"), Boolean(state));
  if (!state) return;
  fill(find("#catalogue"), { waiting: waitingLines(3), ask: () => call("GET", "rewards/catalogue/"), show: catalogue });
  fill(find("#taken"), {
    ask: () => call("GET", "rewards/taken/"),
    show: ({ results }) => h("ul", { class: "codes" }, results.map(code)),
    after: ({ results }) => show(find("#taken-part"), results.length > 0),
  });
  fill(find("#friends"), { waiting: waitingLines(3), ask: () => call("GET", "rewards/referrals/"), show: friends });
  fill(find("#changes"), {
    waiting: waitingLines(4),
    ask: () => call("GET", "rewards/entries/"),
    show: changes,
    after: keepNext,
  });
}

const open = () =>
  fill(find("#points"), {
    waiting: waitingLines(4),
    ask,
    show: (state) => (state ? summary(state) : guest()),
    after: openMembers,
  });

moreButton.addEventListener("click", () =>
  busy(moreButton, async () => {
    try {
      const answer = await callNext("rewards/entries/", next);
      find(".changes").append(...answer.results.map(change));
      keepNext(answer);
    } catch (error) {
      note(error);
      toast(sentence(error), null, "bad");
    }
  }),
);
onSend(find("#nickname-form"), async ({ nickname }) => {
  const state = await call("PUT", "rewards/nickname/", { body: { nickname } });
  toast(`Others see you as ${state.shown_name}.`);
});
meetFriend();
open();
