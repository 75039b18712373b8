"""What customers were told of their orders, points and carts: notices in their accounts, and mails long forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.conf import settings

from commerce.accounts.models import User
from commerce.cart.models import Cart, CartReminder, CartStatus
from commerce.notifications.kinds import KINDS
from commerce.notifications.models import Notification
from commerce.notifications.services import order_path
from commerce.orders.models import ReturnStatus
from commerce.orders.services.mailing import MAILS, RETURN_MAILS, email_of
from zuka.demo.baskets import Basket
from zuka.demo.draws import random_for
from zuka.demo.moments import moment_of
from zuka.demo.orders import Bought
from zuka.demo.purses import News
from zuka.platform.mail.forgetting import FORGOTTEN
from zuka.platform.mail.models import MailStatus, OutgoingMail
from zuka.platform.mail.rendering import render_line
from zuka.platform.mail.suppressing import hash_address
from zuka.platform.money import format_money

READING, BOUNCING, OPENING = 0.64, 0.012, 0.34
READ_WITHIN = timedelta(days=2)
ONCE_IN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Word:
    """Something that a customer was told, once a key: an account by a notice, whoever has an address by a mail."""

    kind: str
    key: str
    at: datetime
    facts: dict[str, str]
    path: str
    user: User | None
    has_mail: bool


def order_words(bought: Bought) -> Iterator[Word]:
    """Yield what the customer of an order was told, once a key."""
    order, number = bought.order, bought.order.number
    if order.is_test:
        return
    said: list[tuple[str | None, str, datetime | None]]
    said = [(MAILS.get((row.kind, row.to_state)), "", row.occurred_at) for row in bought.timeline]
    for shipment, _ in bought.parcels:
        said.append(("order.shipped", f":{shipment.position}", shipment.shipped_at))
        if shipment.delivered_at:
            said.append(("order.delivered", f":{shipment.position}", shipment.delivered_at))
    for each in bought.returns:
        steps = ((ReturnStatus.REQUESTED, each.requested_at), (ReturnStatus.RECEIVED, each.received_at))
        refused = each.status == ReturnStatus.REFUSED
        decided = (ReturnStatus.REFUSED if refused else ReturnStatus.APPROVED, each.decided_at)
        said += [(RETURN_MAILS[status], f":{each.position}", at) for status, at in (*steps, decided) if at]
    amounts = {}
    for refund in bought.refunds:
        amounts[f":{refund.pk}"] = format_money(refund.amount_kobo, refund.currency)
        said.append(("order.refunded", f":{refund.pk}", refund.refunded_at))
    known: set[str] = set()
    path, has_mail = order_path(number=number, token=""), bool(email_of(order))
    for kind, turn, at in said:
        key = f"{kind}:{number}{turn}"
        if kind and at and key not in known:
            known.add(key)
            facts = {"number": number, "amount": amounts.get(turn, "")}
            yield Word(kind, key, at, facts, path, order.user, has_mail)


def points_words(news: Iterable[News]) -> Iterator[Word]:
    """Yield what customers were told of points and levels; by mail only who has agreed to that."""
    for each in news:
        user = each.customer.user
        yield Word(each.kind, each.key, each.at, each.facts, settings.REWARDS_PATH, user, user.accepts_marketing)


def told_rows(words: Iterable[Word], *, seed: int, until: datetime) -> tuple[list[Notification], list[OutgoingMail]]:
    """Return unsaved notices and mails; of mails only the outcome, as after MAIL_RETENTION_DAYS."""
    notices: list[Notification] = []
    mails: list[OutgoingMail] = []
    rng = random_for(seed, "notices")
    for word in sorted(words, key=lambda each: each.at):
        if word.user:
            notices.append(notice_row(word, rng, until=until))
        if word.has_mail:
            mails.append(mail_row(word.kind, word.key, at=word.at, has_failed=rng.random() < BOUNCING))
    return notices, mails


def notice_row(word: Word, rng: Random, *, until: datetime) -> Notification:
    """Return an unsaved notice; most are read within two days."""
    declared = KINDS[word.kind]
    read_at = word.at + READ_WITHIN * rng.random() ** 2
    return Notification(
        user=word.user,
        key=word.key,
        kind=word.kind,
        title=render_line(declared.mail.subject, word.facts),
        body=render_line(declared.body, word.facts),
        link=word.path,
        created_at=word.at,
        read_at=read_at if rng.random() < READING and read_at <= until else None,
    )


def mail_row(kind: str, key: str, *, at: datetime, has_failed: bool = False) -> OutgoingMail:
    """Return an unsaved mail of which only the outcome is kept."""
    return OutgoingMail(
        key=key,
        template=kind,
        recipient="",
        subject=kind,
        text=FORGOTTEN,
        html=FORGOTTEN,
        status=MailStatus.FAILED if has_failed else MailStatus.SENT,
        attempts=1,
        queued_at=at,
        next_attempt_at=at,
        sent_at=None if has_failed else at,
    )


def reminder_rows(
    baskets: Iterable[Basket], carts: Iterable[Cart], *, seed: int, until: datetime
) -> tuple[list[CartReminder], list[OutgoingMail]]:
    """Return unsaved reminders of carts that were left, and their mails: of customers who agreed, once a week each."""
    rng, saved, last = random_for(seed, "reminders"), {cart.pk: cart for cart in carts}, dict[str, datetime]()
    reminders, mails = [], []
    left = sorted(((left_at(basket), basket) for basket in baskets if basket.id in saved), key=lambda each: each[0])
    for idle_since, basket in left:
        user, cart = basket.user, saved[basket.id]
        sent_at = idle_since + timedelta(minutes=settings.CART_REMINDER_MINUTES or 180)
        ended_at = cart.converted_at or until
        is_left = cart.status in {CartStatus.ABANDONED, CartStatus.CONVERTED} and sent_at < ended_at
        if user is None or not user.email or not user.accepts_marketing or not is_left:
            continue
        if (before := last.get(user.email)) and sent_at - before < ONCE_IN:
            continue
        last[user.email] = sent_at
        opened_at = sent_at + (ended_at - sent_at) * rng.random() ** 3
        reminders.append(
            CartReminder(
                cart_id=basket.id,
                sent_at=sent_at,
                opened_at=opened_at if cart.converted_at or rng.random() < OPENING else None,
                address_hash=hash_address(user.email),
            )
        )
        mails.append(mail_row("cart.reminder", f"cart.reminder:{basket.id}", at=sent_at))
    return reminders, mails


def left_at(basket: Basket) -> datetime:
    """Return when something was last put in a cart or taken out of it: since then its owner was away, or ordered."""
    moments = [item.removed_ms or item.added_ms for item in basket.items]
    return moment_of(max(moments, default=basket.began_ms))
