"""Every event type, declared once. Add an entry to the file of its noun."""

from __future__ import annotations

from analytics.registry.events import (
    app,
    cart,
    game,
    key,
    message,
    order,
    page,
    pet,
    product,
    subscription,
    user,
)
from analytics.registry.types import EventType

MODULES = (user, page, product, cart, order, app, message, game, pet, key, subscription)
EVENT_TYPES: dict[str, EventType] = {each.name: each for module in MODULES for each in module.TYPES}

SOURCE_TYPES = (
    "user.created",
    "user.logged_in",
    "product.viewed",
    "cart.item_added",
    "order.created",
    "product.reviewed",
)
