"""The page of the docs about what customers are told, made from the table of kinds."""

from __future__ import annotations

from commerce.notifications.kinds import GROUPS, KINDS
from zuka.platform.documents import add_document, markdown_table, page


def groups_table() -> str:
    """Return what customers choose between."""
    rows = (
        (declared.title, channel.label, rule.value, f"`{group}` `{channel}`")
        for group, declared in GROUPS.items()
        for channel, rule in declared.channels.items()
    )
    return markdown_table(("About", "How", "Told", "In the API"), rows)


def kinds_table() -> str:
    """Return every kind of message."""
    rows = ((f"`{kind.name}`", kind.mail.purpose, GROUPS[kind.group].title) for kind in KINDS.values())
    return markdown_table(("Kind", "When", "About"), rows)


PREFERENCES = """
Each mail that can be switched off holds a link that does so, without signing in and for ever, and the headers of
RFC 8058, for which mail programs show a button. Mail programs follow links by themselves to look for harm, so the link
asks once more, and only its button or the program's switches off. For a customer it changes the preference of the
account. Of an address without an account a hash is kept and nothing else; an account that is made with it later can
switch the mails on again once the address is confirmed. The list “No mail to” of the back office is another one: it
stops every mail to an address, those about orders too.
"""
BACK_IN_STOCK = """
A customer who is signed in asks for what is sold out, by `PUT /api/v1/stock-alerts/{sku}/`, and is told
once when a piece can be ordered again, those first who have asked first. A job looks for what is there, so it does not
matter whether pieces were delivered, counted or came back from an order. Nothing is reserved. Guests sign in first: an
address that nobody has shown to be theirs would let anybody send our mails to anybody.
"""
RETENTION = """
Whom a mail went to and what it said is dropped MAIL_RETENTION_DAYS after it was queued; its key stays, so it is never
sent a second time. Notices are deleted after NOTICE_RETENTION_DAYS. Jobs do both once a day.
"""
REMINDERS = """
A reminder asks somebody to buy, so it is no part of serving an order, and the shop asks first, as Nigeria's Data
Protection Act wants for direct marketing: silence is no consent, it is as easy to end as to give, and what was given
for it is used for nothing else.

- A customer gets one who has agreed to news (`accepts_marketing`), or has switched on “Your cart”. Switched off means
  off, whatever else was agreed to.
- A guest gets one who has ticked the box under their e-mail in the checkout: `PUT /api/v1/cart/reminder/`. What is
  typed in the checkout without that reaches the shop with the order, and not before. The address is dropped when the
  mail is queued, when an order is placed, or when the cart is not reminded of after all.
- It is one mail a cart, and one a week to an address, however many carts somebody leaves. None is sent for a cart that
  was ordered, that is empty, or whose lines are all sold out, nor after another order of the same person. Lines and
  prices are those of the moment.

The link opens the cart for two weeks. A guest's cart opens on any device, since there is nothing in it but products. A
customer's cart opens only where that customer is signed in: the link signs nobody in, shows nothing to others, and
leads to the sign-in page, from where it goes on to the cart.
"""


def notifications_page() -> str:
    """Return the page about messages to customers."""
    return page(
        "What customers are told",
        "Every message is queued in the transaction of what it tells, under a key that names that: it goes out once, "
        "and never for something that was rolled back. Customers with an account find a notice of the mail's subject "
        "there as well, by `GET /api/v1/notifications/`. Staff see examples under Mail, Mail templates.",
        kinds_table(),
        "## What customers choose",
        groups_table(),
        PREFERENCES.strip(),
        "## Back in stock",
        BACK_IN_STOCK.strip(),
        "## How long it is kept",
        RETENTION.strip(),
        "## Reminders of carts",
        REMINDERS.strip(),
    )


add_document("docs/notifications.md", notifications_page)
