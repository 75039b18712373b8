"""What two customers have in common by their orders and addresses: who is referred may be the same person again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from commerce.accounts.models import Address, User
from commerce.orders.models import Order

LATEST = 50
DIGITS = 10  # of a phone: with and without its country code it is the same


def likeness(*, order: Order, other_id: UUID) -> set[str]:
    """Return what an order's customer has in common with another: `address`, `phone`, `device`.

    Cards are not compared: what providers say of them is not kept.
    """
    assert order.user_id is not None
    one, other = marks_of(order.user_id), marks_of(other_id)
    return {name for name in one if one[name] & other[name]}


def marks_of(user_id: UUID) -> Mapping[str, set[str]]:
    """Return the addresses, phones and devices of a customer, by their latest orders and their address book."""
    orders = Order.objects.of_user(user_id).order_by("-id")[:LATEST]
    rows = list(orders.values_list("shipping_address", "guest_phone", "visitor_id"))
    book = Address.objects.filter(user_id=user_id).values("street_address", "city", "phone")
    places: list[Mapping[str, Any]] = [*(row[0] for row in rows), *book]
    own = User.objects.filter(pk=user_id).values_list("phone", flat=True)
    return {
        "address": known(address_of(place) for place in places),
        "phone": known(phone_of(each) for each in (*own, *(row[1] for row in rows), *(p.get("phone") for p in places))),
        "device": known(row[2] or "" for row in rows),
    }


def known(values: Iterable[str]) -> set[str]:
    """Return those of some values that say something."""
    return {value for value in values if value}


def address_of(place: Mapping[str, Any]) -> str:
    """Return street and city as letters and digits, so that commas and capitals make no other address."""
    street, city = (re.sub(r"[^a-z0-9]", "", str(place.get(name) or "").lower()) for name in ("street_address", "city"))
    return f"{street}|{city}" if street else ""


def phone_of(phone: object) -> str:
    """Return the last digits of a phone; empty for what is too short to be one."""
    digits = re.sub(r"\D", "", str(phone or ""))
    return digits[-DIGITS:] if len(digits) >= DIGITS else ""
