"""The shop's pages of the docs, made from what the code declares."""

from __future__ import annotations

from commerce.catalog.services.sheets.columns import COLUMNS
from commerce.catalog.services.sheets.reading import MOST_BYTES, MOST_ROWS
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


def imports_page() -> str:
    """Return the page about sheets of products."""
    rows = ((f"`{each.name}`", each.of.value, "new ones" if each.needed else "", each.text) for each in COLUMNS)
    return page(
        "Sheets of products",
        "Products are exported as CSV or XLSX as their list is filtered (Products, Export), and imported under "
        "Catalogue, Imports: one row a variant, the columns of its product repeated or left empty. Products and "
        "variants are found by their SKU; what is there is changed, what is not is made.",
        markdown_table(("Column", "Of", "Needed by", ""), rows),
        "A column that is left out stays as it is; an empty cell empties what may be empty. A worker checks the file "
        "and shows each mistake by row and column, and what would change, before and after. Nothing is written until "
        "staff say so, and then all of it at once or nothing. A file with mistakes is imported only where rows with a "
        "mistake may be left out. The stock of variants that exist is set only where that was asked for; it becomes a "
        "movement in their history. What was exported changes nothing when it is imported.",
        f"A file has up to {MOST_ROWS:,} rows and {MOST_BYTES // 1024**2} MB. Text that a spreadsheet would run as a "
        "formula has a `'` before it, which the import takes away again. Galleries and dimensions are not in sheets.",
    )


add_document("docs/payments.md", payments_page)
add_document("docs/imports.md", imports_page)
