"""Where customers want their parcels: the addresses they saved when they ordered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from random import Random
from typing import Any

from commerce.accounts.models import Address, User
from zuka.demo.draws import random_for, random_uuid
from zuka.demo.orders import Bought
from zuka.demo.tables.places import PLACES

AT_WORK = 0.08


def make_addresses(orders: Iterable[Bought], *, seed: int) -> Iterator[Address]:
    """Yield an unsaved default address of each customer who ordered, of some a second one at work."""
    rng, seen = random_for(seed, "homes"), set()
    for bought in orders:
        order = bought.order
        if order.user is None or order.user_id in seen:
            continue
        seen.add(order.user_id)
        yield make_address(rng, order.user, order.shipping_address, at=order.placed_at, label="Home", is_default=True)
        if rng.random() < AT_WORK:
            near = next(place for place in PLACES if place.city == order.shipping_address["city"])
            area, street = rng.choice(near.areas)
            there = {**order.shipping_address, "street_address": f"{rng.randrange(1, 90)} {street}, {area}"}
            yield make_address(rng, order.user, there, at=order.placed_at, label="Office", is_default=False)


def make_address(
    rng: Random, user: User, where: dict[str, Any], *, at: datetime, label: str, is_default: bool
) -> Address:
    """Return an unsaved address of a customer."""
    return Address(id=random_uuid(rng), user=user, label=label, is_default=is_default, created_at=at, **where)
