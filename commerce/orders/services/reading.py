from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.db.models import prefetch_related_objects

from commerce.orders.models import PARTS, Order

SALT = "commerce.orders.access"


def access_token(order: Order) -> str:
    """Return the signed token with which a guest reads this one order. Numbers can be guessed, tokens cannot."""
    return signing.Signer(salt=SALT).signature(order.number)


def find_order(*, number: str, user_id: UUID | None, token: str | None) -> Order | None:
    """Return an order with its parts to its owner or to who holds its token; None for everyone else."""
    order = Order.objects.with_parts().filter(number=number).first()
    if order is None:
        return None
    owned = user_id is not None and order.user_id == user_id
    signed = bool(token) and _is_signed(order, token or "")
    return order if owned or signed else None


def load_parts(order: Order) -> Order:
    """Return an order that was placed, with what its answer reads; only to be shown.

    Of one written this moment all is known: its lines, no parcel, no return. To ask was a third of its queries.
    """
    if order.new_lines:
        known = {"lines": order.new_lines, "shipments": [], "returns": []}
        order._prefetched_objects_cache = known  # type: ignore[attr-defined]  # noqa: SLF001 - where prefetches are kept
    else:
        prefetch_related_objects([order], *PARTS)
    return order


def _is_signed(order: Order, token: str) -> bool:
    try:
        return signing.Signer(salt=SALT).unsign(f"{order.number}:{token}") == order.number
    except signing.BadSignature:  # a token of another order, or of nobody: to its holder there is no such order
        return False
