"""Reminding somebody of the cart they left: once a cart, and only who has agreed to it."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db import transaction

from commerce.cart.models import Cart, CartReminder, CartStatus
from commerce.cart.services.carts import EmptyCart
from commerce.cart.services.pricing import PricedCart, price_cart
from commerce.cart.services.recovering import recovery_token
from commerce.notifications.models import Channel, NoticeGroup
from commerce.notifications.preferences import Reader, wants
from commerce.notifications.services import fill_path, mail_reader, shop_link
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.live_settings.reading import live
from zuka.platform.mail.suppressing import hash_address

# What was left for so long is no news, for example after a shop has switched reminders on.
NEWS = timedelta(days=3)
ONCE_IN = timedelta(days=7)
RUN_SECONDS = 50
GROUP = NoticeGroup.REMINDERS


class NoReminders(Refused):
    """The shop sends none, or the customer chooses them in the account."""

    code: ClassVar[str] = "no_reminders"


def sends_reminders() -> bool:
    """Say whether the shop reminds of carts: it knows after how long, and where its links lead."""
    return bool(live.CART_REMINDER_MINUTES and settings.SHOP_URL)


@transaction.atomic
def ask_for_reminder(*, cart: Cart | None, email: str) -> None:
    """Keep the address that a guest gives for the reminder of their cart; an empty one takes it back.

    Raises `EmptyCart` without a cart, `NoReminders` when none would be sent or the cart is a customer's.
    """
    if cart is None:
        raise EmptyCart("Your cart is empty.")
    if cart.user_id:
        raise NoReminders("You are signed in. Choose it in your account.")
    if email and not sends_reminders():
        raise NoReminders("This shop sends no reminders.")
    Cart.objects.select_for_update(no_key=True).get(pk=cart.pk)
    CartReminder.objects.update_or_create(cart=cart, defaults={"email": email.lower()})


def plan_reminder(cart: Cart, *, at: datetime) -> None:
    """Plan the reminder of a locked cart that was abandoned, if anybody could be written to and was not yet."""
    due_at = max(cart.last_active_at + timedelta(minutes=live.CART_REMINDER_MINUTES), at)
    if not sends_reminders() or at - cart.last_active_at > NEWS:
        CartReminder.objects.forget(cart_id=cart.pk, email="")
        return
    if cart.user and cart.user.email:
        CartReminder.objects.get_or_create(cart=cart)
    planned = CartReminder.objects.filter(cart=cart, sent_at=None)
    (planned if cart.user_id else planned.exclude(email="")).update(due_at=due_at)


def remind_of_carts(*, at: datetime) -> int:
    """Queue the reminders that are due; return how many. Any number of workers may run this at once."""
    ends, sent = monotonic() + RUN_SECONDS, 0
    while monotonic() < ends:
        outcome = remind_of_next(at=at)
        if outcome is None:
            break
        sent += outcome
    return sent


@transaction.atomic
def remind_of_next(*, at: datetime) -> bool | None:
    """Queue the next reminder that is due, or drop it; say which. None when none is due.

    The cart is locked meanwhile: its owner has come back or ordered before, or does so after the mail.
    """
    due = CartReminder.objects.filter(due_at__lte=at).select_related("cart").order_by("due_at", "pk")
    reminder = due.select_for_update(skip_locked=True, no_key=True, of=("self", "cart")).first()  # others have those
    if reminder is None:
        return None
    is_sent = send_reminder(reminder, at=at)
    reminder.due_at, reminder.email = None, ""
    reminder.save(update_fields=["due_at", "email", "sent_at", "address_hash"])
    return is_sent


def send_reminder(reminder: CartReminder, *, at: datetime) -> bool:
    """Queue a locked cart's reminder unless something speaks against it; say whether it was queued."""
    cart = reminder.cart
    reader = reader_of(reminder)
    if cart.status != CartStatus.ABANDONED or reminder.sent_at or not sends_reminders() or not reader.email:
        return False
    if has_ordered_since(cart) or was_reminded(reader, at=at) or not may_remind(reader):
        return False
    priced = price_cart(cart, currency=cart.currency)
    lines = lines_left(priced)
    if not lines:
        return False
    mail_reader(
        kind="cart.reminder",
        key=f"cart.reminder:{cart.pk}",
        reader=reader,
        context={
            "name": cart.user.name if cart.user else "",
            "currency": cart.currency,
            "lines": lines,
            "subtotal_kobo": sum(line["total_kobo"] for line in lines),
            "has_account": cart.user_id is not None,
        },
        links={"link": shop_link(fill_path(settings.CART_PATH, token=recovery_token(cart)))},
        at=at,
    )
    reminder.sent_at, reminder.address_hash = at, hash_address(reader.email)
    return True


def reader_of(reminder: CartReminder) -> Reader:
    """Return who would be reminded. A guest agreed by asking for it, a customer by wanting news or this."""
    user = reminder.cart.user
    if user is None:
        return Reader(None, reminder.email, has_agreed=True)
    return Reader(user.pk, (user.email or "") if user.is_active else "", has_agreed=user.accepts_marketing)


def may_remind(reader: Reader) -> bool:
    """Say whether somebody has agreed to be reminded, and has not taken that back."""
    return wants(reader, group=GROUP, channel=Channel.EMAIL)


def was_reminded(reader: Reader, *, at: datetime) -> bool:
    """Say whether an address was reminded of another cart within the week; one worker at a time asks of an address."""
    address_hash = hash_address(reader.email)
    take_turns(f"cart.reminder:{address_hash}")
    of_address = CartReminder.objects.filter(address_hash=address_hash)
    return of_address.filter(sent_at__gt=at - ONCE_IN).exists()


def has_ordered_since(cart: Cart) -> bool:
    """Say whether a customer has ordered otherwise since they left the cart; a guest's order forgets the address."""
    return Cart.objects.filter(pk=cart.pk, user__orders__placed_at__gte=cart.last_active_at).exists()


def lines_left(priced: PricedCart) -> list[dict[str, Any]]:
    """Return what of a cart can be bought now, as the mail shows it: today's prices, no more pieces than there are."""
    lines = []
    for each in priced.lines:
        quantity = min(each.line.quantity, each.available) if each.problem else each.line.quantity
        variant = each.line.variant
        if quantity:
            lines.append(
                {
                    "name": variant.product.name,
                    "choice": variant.choice,
                    "quantity": quantity,
                    "total_kobo": each.unit_price_kobo * quantity,
                }
            )
    return lines


def forget_reminders(*, cart_id: UUID | None, email: str) -> None:
    """Drop the reminder of a cart that was ordered, and of what a guest with this address has left elsewhere."""
    CartReminder.objects.forget(cart_id=cart_id, email=email)
