"""Where subscriptions keep data of people, and why books stay."""

from __future__ import annotations

from zuka.platform.personal_data.declaring import Erasure, Held

BOOKS = "The shop's books have to add up: amounts, dates and numbers stay, under a random id."
SUBSCRIPTIONS = (
    Held(
        name="commerce.subscription",
        title="Subscriptions",
        columns=("user", "authorized_email", "card"),
        secrets=("authorization",),
        found_by={"user": "users"},
        erasure=Erasure.CHANGE,
        changes={"authorization": "", "authorized_email": "", "card": ""},
        why=BOOKS,
    ),
    Held(
        name="commerce.subscriptionevent",
        title="What became of subscriptions",
        columns=("note", "actor"),
        unsaid=("actor",),
        found_by={"subscription__user": "users"},
        erasure=Erasure.CHANGE,
        changes={"note": ""},
        why=BOOKS,
    ),
    Held(
        name="commerce.subscriptioninvoice",
        title="Invoices of subscriptions",
        found_by={"subscription__user": "users"},
        erasure=Erasure.KEEP,
        why=BOOKS,
    ),
    Held(
        name="commerce.subscriptioncharge",
        title="Charges of subscriptions",
        columns=("failure_reason",),
        secrets=("raw_answer", "checkout_url"),
        found_by={"invoice__subscription__user": "users"},
        erasure=Erasure.CHANGE,
        changes={"failure_reason": "", "raw_answer": None, "checkout_url": ""},
        why=BOOKS,
    ),
    Held(
        name="commerce.subscriptionrefund",
        title="Refunds of subscriptions",
        columns=("reason", "failure_reason", "refunded_by"),
        unsaid=("refunded_by",),
        found_by={"charge__invoice__subscription__user": "users"},
        erasure=Erasure.CHANGE,
        changes={"reason": "", "failure_reason": ""},
        why=BOOKS,
    ),
)
