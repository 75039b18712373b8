// Sending something of a delivered order back: what comes back already, and the form that asks for more.

import { call } from "./api.js";
import { day, h } from "./elements.js";
import { onSend, showError } from "./forms.js";
import { newKey } from "./keeping.js";
import { pieces } from "./parcels.js";
import { toast } from "./states.js";

// Word of the API → what is shown, its tone, and what happens next.
const WORDS = {
  requested: ["Asked for", "open", "We look at it and write to you. Please keep it until then."],
  approved: ["Send it back", "open", "Put the order's number into the parcel."],
  refused: ["Not taken back", "bad", ""],
  received: ["Back with us", "open", "If money goes back to you, we write when it is on its way."],
  closed: ["Done", "good", ""],
};
const REASONS = {
  too_small: "Too small",
  too_large: "Too large",
  not_as_shown: "Not as shown",
  damaged: "Damaged or faulty",
  wrong_product: "Not what I ordered",
  changed_mind: "I do not want it any more",
};

function known(each) {
  const [words, tone, next] = WORDS[each.return_status] || [each.return_status, "open", ""];
  return h(
    "li",
    {},
    h(
      "p",
      { class: "parcel-head" },
      h("span", { class: `pill pill-${tone}` }, words),
      h("span", { class: "quiet" }, day(each.requested_at)),
    ),
    pieces(each.lines),
    h("p", { class: "quiet" }, each.answer || next),
  );
}

const option = (value, text) => h("option", { value }, text);

const field = (id, title, control) => h("div", { class: "field" }, h("label", { for: id }, title), control);

function howMany(line, at) {
  const id = `return-${at}`;
  const counts = Array.from({ length: line.returnable + 1 }, (_, count) => option(count, count ? `${count}` : "None"));
  const kind = [line.size, line.colour].filter(Boolean).join(", ");
  return field(id, kind ? `${line.name} (${kind})` : line.name, h("select", { id, name: line.sku }, counts));
}

const reasons = () => [["", "Choose one"], ...Object.entries(REASONS)].map(([value, text]) => option(value, text));

function form(order, { token, reload }) {
  const lines = order.lines.filter((line) => line.returnable);
  const place = h(
    "form",
    { novalidate: true, class: "return-form" },
    h("p", { class: "quiet" }, "How many of each come back?"),
    lines.map(howMany),
    field("return-reason", "Why?", h("select", { id: "return-reason", name: "reason", required: true }, reasons())),
    field(
      "return-note",
      "What should we know? (optional)",
      h("textarea", { id: "return-note", name: "note", rows: 3, maxlength: 1000 }),
    ),
    h("p", { class: "form-error", role: "alert", hidden: true }),
    h("button", { type: "submit", class: "button button-strong" }, "Ask to return it"),
  );
  let tried = {}; // sent again unchanged, it is the same request
  onSend(place, async ({ reason, note, ...counts }) => {
    const chosen = lines.filter((line) => Number(counts[line.sku]));
    const body = { note, lines: chosen.map(({ sku }) => ({ sku, quantity: Number(counts[sku]), reason })) };
    if (!chosen.length) return showError(place, lines[0].sku, "Choose how many come back.");
    const about = JSON.stringify(body);
    if (tried.about !== about) tried = { about, key: newKey() };
    const headers = { "Idempotency-Key": tried.key };
    await call("POST", `orders/${order.number}/returns/`, { query: { token }, body, headers });
    toast("We have your request, and write to you.");
    return reload();
  });
  return place;
}

/** The card of an order's returns; nothing while there is none and nothing can be sent back. */
export function returns(order, options) {
  const canAsk = order.lines.some((line) => line.returnable);
  if (!canAsk && !order.returns.length) return null;
  return h(
    "section",
    { class: "card", "aria-labelledby": "returns" },
    h("h2", { id: "returns" }, "Returns"),
    order.returns.length > 0 && h("ul", { class: "parcels" }, order.returns.map(known)),
    canAsk && h("details", {}, h("summary", {}, "Return something"), form(order, options)),
  );
}
