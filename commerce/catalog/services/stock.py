"""Stock of variants: reserved when an order is placed, taken off the hand when it is shipped.

Each verb is one conditional UPDATE a variant, in the order of their ids, inside the caller's transaction: two orders
of the same variants wait for each other and never deadlock, and nothing is ever sold twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, Q
from django.db.models.functions import Greatest

from commerce.catalog.models import ProductVariant
from zuka.platform.errors import Refused

MOST_SHOWN = 10


class OutOfStock(Refused):
    """Fewer pieces are left than were asked for."""

    code = "out_of_stock"


def out_of_stock(variant: ProductVariant, *, field: str) -> OutOfStock:
    """Return the refusal of a variant that has too few pieces left; more than ten are never told. Reads the product."""
    left = min(max(variant.stock_available, 0), MOST_SHOWN)
    name = variant.product.name
    text = f"{name} is sold out." if not left else f"Only {left} of {name} {'is' if left == 1 else 'are'} left."
    return OutOfStock(text, field=field)


def reserve_stock(quantities: Mapping[int, int], *, field: str = "lines") -> None:
    """Reserve so many pieces of each variant (by id), all or none. Raises `OutOfStock`, which names the product."""
    for pk, quantity in sorted(quantities.items()):
        enough = Q(stock_on_hand__gte=F("stock_reserved") + quantity)
        rows = ProductVariant.objects.filter(enough, pk=pk)
        if not rows.update(stock_reserved=F("stock_reserved") + quantity):
            raise out_of_stock(ProductVariant.objects.select_related("product").get(pk=pk), field=field)


def release_stock(quantities: Mapping[int, int]) -> None:
    """Give reserved pieces back: their order will not be shipped."""
    for pk, quantity in sorted(quantities.items()):
        ProductVariant.objects.filter(pk=pk).update(stock_reserved=less("stock_reserved", quantity))


def take_stock(quantities: Mapping[int, int]) -> None:
    """Take reserved pieces off the hand: they were shipped."""
    for pk, quantity in sorted(quantities.items()):
        ProductVariant.objects.filter(pk=pk).update(
            stock_reserved=less("stock_reserved", quantity), stock_on_hand=less("stock_on_hand", quantity)
        )


def less(column: str, quantity: int) -> Greatest:
    """Return a column less so many pieces, never below zero: a parcel that left the house has left it."""
    return Greatest(F(column) - quantity, 0)


def return_stock(quantities: Mapping[int, int]) -> None:
    """Put pieces that came back on the hand again."""
    for pk, quantity in sorted(quantities.items()):
        ProductVariant.objects.filter(pk=pk).update(stock_on_hand=F("stock_on_hand") + quantity)
