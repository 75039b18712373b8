"""Lines of an order that is being placed: today's prices and names, frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from commerce.catalog.models import ProductVariant
from commerce.catalog.services import NotForSale
from commerce.orders.models import OrderLine
from zuka.platform.db.prepared import PreparedQuery
from zuka.platform.errors import Refused

USUAL_LINES = 10
MANY_LINES = 100


class EmptyOrder(Refused):
    """There is nothing in the order."""

    status = 400
    code = "empty_order"


@dataclass(frozen=True, slots=True)
class OrderItem:
    """What is ordered: a variant's sku and how many, 1 or more."""

    sku: str
    quantity: int


@cache
def goods(many: int) -> PreparedQuery[ProductVariant]:
    """Return the query of what can be ordered by so many skus, with no more than orders keep of it."""
    product = ("public_id", "slug", "name", "gender", "image_url", "currency")
    prices = ("price_kobo", "sale_price_kobo", "cost_price_kobo")
    own = ("product", "sku", "size", "colour", "price_kobo", "stock_on_hand", "stock_reserved", "image_url")
    named = [f"product__{name}" for name in (*product, *prices, "category__name", "brand__name")]
    marks = [f"sku {place}" for place in range(many)]
    return PreparedQuery(ProductVariant.objects.for_sale().filter(sku__in=marks).only(*own, *named), marks=marks)


def find_goods(skus: Sequence[str]) -> list[ProductVariant]:
    """Return what can be ordered of these variants."""
    # Few sizes of the query, each of which is planned: the last sku again and again changes nothing.
    many = len(skus) if len(skus) <= USUAL_LINES else -(-len(skus) // MANY_LINES) * MANY_LINES
    return goods(many).run([*skus, *[skus[-1]] * (many - len(skus))])


def price_lines(*, lines: Sequence[OrderItem], at: datetime) -> list[OrderLine]:
    """Return unsaved lines at today's prices, one a variant, in the order given. Raises `EmptyOrder`, `NotForSale`."""
    quantities: dict[str, int] = {}
    for line in lines:
        quantities[line.sku] = quantities.get(line.sku, 0) + line.quantity
    if not quantities:
        raise EmptyOrder("There is nothing in the order.", field="lines")
    variants = {variant.sku: variant for variant in find_goods(list(quantities))}
    if missing := [sku for sku in quantities if sku not in variants]:
        raise NotForSale(f"{missing[0]} is not for sale.", field="lines")
    return [price_line(variant=variants[sku], quantity=quantity, at=at) for sku, quantity in quantities.items()]


def price_line(*, variant: ProductVariant, quantity: int, at: datetime) -> OrderLine:
    """Return an unsaved line with price, cost and names frozen."""
    product, price = variant.product, variant.unit_price_kobo
    return OrderLine(
        product=product,
        variant=variant,
        product_ref=product.public_id,
        product_snapshot={**variant.snapshot(), "currency": product.currency},
        size=variant.size,
        colour=variant.colour,
        quantity=quantity,
        unit_price_kobo=price,
        unit_cost_kobo=product.cost_price_kobo,
        total_kobo=quantity * price,
        created_at=at,
    )


def common_currency(lines: Sequence[OrderLine]) -> str:
    """Return the one currency of priced lines. Raises `NotForSale` when there are several."""
    currencies = {line.product_snapshot["currency"] for line in lines}
    if len(currencies) > 1:
        raise NotForSale("Products of different currencies cannot be in one order.", field="lines")
    currency: str = currencies.pop()
    return currency
