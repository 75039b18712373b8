"""What happens before a review: a purchase that arrived, and reviews of many customers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from commerce.accounts.models import User
from commerce.catalog.models import Product
from commerce.orders.models import Order
from commerce.orders.services import OrderItem, confirm_order, deliver_order, pack_order, ship_order
from commerce.reviews.models import ProductReview
from commerce.reviews.services import write_review
from tests.commerce.factories import NOON, UserFactory, VariantFactory, make_order
from zuka.platform.actor import Actor

SHOPPER = Actor(visitor_id="visitor-1", session_id="session-1")


def order_of(user: User, product: Product, *, at: datetime = NOON) -> Order:
    """Place an order of one piece of a product."""
    variant = product.variants.first() or VariantFactory.create(product=product)
    return make_order(user=user, lines=[OrderItem(sku=variant.sku, quantity=1)], at=at)


def buy(user: User, product: Product, *, at: datetime = NOON) -> Order:
    """Order a product and have it delivered."""
    order = order_of(user, product, at=at)
    for step in (confirm_order, pack_order, ship_order, deliver_order):
        order = step(order=order, at=at + timedelta(hours=1), actor=Actor())
    return order


def review(product: Product, rating: int = 5, **choices: Any) -> ProductReview:
    """Write a review, by a new customer unless told."""
    user = choices.pop("user", None) or UserFactory.create()
    return write_review(product=product, user=user, rating=rating, **{"actor": SHOPPER, "at": NOON, **choices})


def rating_of(product: Product) -> tuple[str | None, int]:
    """Return a product's average, as text, and count."""
    product.refresh_from_db()
    average = product.rating_average
    return None if average is None else str(average), product.rating_count
