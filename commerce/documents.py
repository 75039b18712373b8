"""The shop's page of the docs about money, made from what the code declares."""

from __future__ import annotations

from commerce.orders.models import EventKind
from commerce.orders.states import MACHINES
from commerce.payments.gateways import GATEWAYS
from commerce.payments.models import Attention, Provider
from zuka.platform.config import SETTINGS
from zuka.platform.documents import add_document, markdown_table, page

KEYS = {
    Provider.PAYSTACK: "Settings, API Keys & Webhooks: the live secret key",
    Provider.FLUTTERWAVE: "Settings, API Keys: the secret key; Settings, Webhooks: a secret hash of your own",
}
TO_DO = {
    Attention.UNDERPAID: "The order is partly paid; the customer can pay the rest on its page, or refund it.",
    Attention.OVERPAID: "The order is paid. Refund what is too much.",
    Attention.ORDER_CLOSED: "The money is in the ledger, the order stays closed. Refund it, or let them order again.",
    Attention.WRONG_CURRENCY: "It paid for nothing. Refund it.",
    Attention.REFUNDED_TWICE: "Compare its refunds with those on the provider's page, and settle the rest with them.",
    Attention.TEST_MONEY: "No money moved. Use the live keys, or PAYMENTS_TEST_MODE on a trial shop.",
}


def providers_table() -> str:
    """Return where each provider's keys are found, and where its webhooks go."""
    rows = (
        (Provider(name).label, KEYS[Provider(name)], f"`https://your-shop.example/webhooks/{name}/`")
        for name in GATEWAYS
    )
    return markdown_table(("Provider", "In its dashboard", "Webhook address"), rows)


def settings_table() -> str:
    """Return the settings of payments."""
    rows = ((f"`{each.name}`", f"`{each.default}`", each.text) for each in SETTINGS if each.group == "Payments")
    return markdown_table(("Setting", "Default", ""), rows)


def attention_table() -> str:
    """Return what staff do about each reason to look at a payment."""
    return markdown_table(("Needs attention", "What to do"), ((each.label, TO_DO[each]) for each in Attention))


def moves_table() -> str:
    """Return the states of an order's money, and where each may go."""
    moves = MACHINES[EventKind.PAYMENT].moves
    words = ((state, ", ".join(sorted(after)) or "nowhere") for state, after in moves.items())
    rows = ((first.replace("_", " "), then.replace("_", " ")) for first, then in words)
    return markdown_table(("An order that is", "may become"), rows)


def payments_page() -> str:
    """Return the page about paying."""
    return page(
        "Payments",
        "Customers pay the courier in cash, or online with each provider that the shop has keys for. Nothing else is "
        "to be set: the checkout offers what `GET /api/v1/payment-methods/` lists.",
        providers_table(),
        settings_table(),
        "## How a payment goes",
        "The order is placed and its pieces are held. `POST /api/v1/orders/{number}/payments/` begins a payment of "
        "what is due and returns the provider's page. What became of it comes by its webhook, by the customer's way "
        "back, by staff who ask again, or by a job that asks every five minutes after what nobody told us of. All of "
        "them ask the provider first and then apply its answer under the order's lock, so it counts once. An order "
        "that is not paid within `ORDER_HOLD_MINUTES` expires, and its pieces can be sold again.",
        "## What staff look at",
        "Payments that did what they should not are in the back office under Payments, filter “needs attention”. Their "
        "money is in the ledger whatever became of the order.",
        attention_table(),
        "Refunds are made on the payment's page. A refund is kept before the provider is asked, so that two people "
        "cannot send the same money twice; when the provider does not answer it stays pending, since it may have "
        "happened, and its message settles it.",
        "## States",
        moves_table(),
    )


add_document("docs/payments.md", payments_page)
