// What became of an order's payment, said at the top of its page, with the button that pays.

import { Refusal } from "./api.js";
import { find, h, icon } from "./elements.js";
import { busy } from "./forms.js";
import {
  askPayment,
  begunPayment,
  forgetPayment,
  goToPay,
  isOnline,
  owes,
  pause,
  providerName,
  takeReason,
} from "./paying.js";
import { note, say, sentence } from "./states.js";
import { hasExpired, isUnderWay } from "./status.js";

const OFTEN = [0, 2000, 3000, 4000, 6000, 8000]; // who came back as one who has paid
const BRIEFLY = [0, 2500]; // who left without paying, as far as anybody can tell

const MONEY_BACK = {
  paid: "Your payment came in all the same, and we send the money back to you.",
  partially_paid: "What you paid came in all the same, and we send the money back to you.",
  partially_refunded: "A part of your money is on its way back to you.",
  refunded: "Your money is on its way back to you.",
};

function closedText(order) {
  const why = hasExpired(order)
    ? "We kept your pieces for you, but no payment came in time. Put them in your cart again if you still want them."
    : "It takes no payment any more.";
  return MONEY_BACK[order.payment_status] || why;
}

// How the payment stands → its picture, its tone, a title, and a sentence for people.
const SAID = {
  received: ({ total }, provider) => [
    "check",
    "good",
    "Payment received",
    `${total.display} came in by ${provider}. There is nothing more to pay.`,
  ],
  checking: (_, provider) => ["clock", "open", "Checking your payment", `We are asking ${provider} about it.`],
  waiting: () => [
    "clock",
    "open",
    "We are waiting for your bank",
    "This can take a few minutes. You may close this page: your order is kept, and the payment is added by itself. " +
      "If you did not pay, nothing was charged.",
  ],
  failed: (_, provider) => [
    "warning",
    "bad",
    "The payment did not go through",
    `Your bank or ${provider} refused it. Nothing was charged. Your order is kept: try again, or with another card.`,
  ],
  cancelled: (_, provider) => [
    "card",
    "open",
    "You have not paid yet",
    `You left the page of ${provider} without paying, and nothing was charged. Your order is kept for a while.`,
  ],
  unpaid: ({ total }, provider) => [
    "card",
    "open",
    "This order is not paid yet",
    `Pay ${total.display} by card, bank transfer or USSD on a page of ${provider}. Your order is kept for a while.`,
  ],
  part: (_, provider) => ["card", "open", "A part of this order is paid", `Pay the rest on a page of ${provider}.`],
  closed: (order) => [
    "close",
    "bad",
    hasExpired(order) ? "This order has expired" : "This order was cancelled",
    closedText(order),
  ],
};
const PAYABLE = ["waiting", "failed", "cancelled", "unpaid", "part"];
const BY_ORDER = { failed: "failed", partially_paid: "part" };

/** How the money of an order stands without a word of the provider; null where there is nothing to say. */
function standing(order) {
  if (order.status === "cancelled") return "closed";
  if (owes(order)) return BY_ORDER[order.payment_status] || "unpaid";
  const hasPaid = isOnline(order) && order.total.kobo > 0;
  return hasPaid && order.payment_status === "paid" && isUnderWay(order.status) ? "received" : null;
}

/**
 * Make the panel of an order, null where there is nothing to say. `reload` shows the order again when it has changed;
 * `isEnded` says that the payment was asked after already.
 */
export function paymentPanel(order, { token, reload, isEnded }) {
  const begun = begunPayment(order.number);
  const state = standing(order);
  if (!state) return null;
  const panel = new Panel(order, token, reload);
  const problem = takeReason(order.number);
  if (owes(order) && begun && !isEnded && !problem) panel.watch(begun, begun.said === "returned" ? OFTEN : BRIEFLY);
  else panel.tell(state, { problem });
  return panel.element;
}

class Panel {
  constructor(order, token, reload) {
    Object.assign(this, { order, token, reload, shown: "", isLeaving: false });
    this.element = h("section", { class: "card pay-panel", "aria-labelledby": "payment-title" });
  }

  /** Say how the payment stands; with the reason when it could not be begun. */
  tell(state, { problem = null, again = null } = {}) {
    const now = [state, problem, Boolean(again)].join();
    if (now === this.shown) return;
    this.shown = now;
    const hadFocus = this.element.contains(document.activeElement);
    const [picture, tone, title, text] = SAID[state](this.order, providerName(this.order.payment_method));
    this.element.className = `card pay-panel pay-${tone}`;
    this.element.replaceChildren(
      icon(picture),
      h("h2", { id: "payment-title", tabindex: "-1" }, title),
      h("p", {}, text),
      problem ? h("p", { class: "form-error", role: "alert" }, problem) : "",
      PAYABLE.includes(state) ? this.actions(state, again) : "",
    );
    if (hadFocus) find("h2", this.element).focus();
    say(`${title}. ${text}`);
  }

  actions(state, again) {
    const strength = state === "waiting" ? "button-line" : "button-strong"; // paying twice is not what to do first
    const press = () => this.pay(pay, state);
    const pay = h("button", { type: "button", class: `button ${strength}`, onclick: press }, "Pay now");
    const check = h("button", { type: "button", class: "button button-strong", onclick: again }, "Check again");
    return h("p", { class: "actions" }, pay, again && check);
  }

  pay(button, state) {
    return busy(button, async () => {
      this.isLeaving = true;
      this.shown = ""; // the same refusal again is said again
      try {
        await goToPay(button, this.order, this.token);
      } catch (error) {
        note(error);
        if (error.code === "not_payable") this.reload();
        else this.tell(state, { problem: sentence(error) });
      } finally {
        this.isLeaving = false;
      }
    });
  }

  /** Ask what became of a payment, again after each pause while nobody knows. */
  async watch(begun, pauses) {
    this.tell("checking");
    const open = { returned: "waiting", cancelled: "cancelled" }[begun.said] || "unpaid";
    for (const [at, milliseconds] of pauses.entries()) {
      await pause(milliseconds);
      if (this.isLeaving) return;
      const status = await this.ask(begun.reference);
      if (this.isLeaving) return;
      if (status !== "pending") {
        this.reload();
        return;
      }
      const isLast = at === pauses.length - 1;
      const again = isLast && open === "waiting" ? () => this.watch(begun, OFTEN) : null;
      this.tell(open, { again });
    }
  }

  /** The payment's word, `pending` while nobody could be asked; an end is not asked after again. */
  async ask(reference) {
    try {
      const { status } = await askPayment(this.order.number, reference, this.token);
      if (status === "captured") forgetPayment(this.order.number);
      return status;
    } catch (error) {
      note(error);
      if (!(error instanceof Refusal && error.status === 404)) return "pending";
      forgetPayment(this.order.number);
      return "unknown";
    }
  }
}
