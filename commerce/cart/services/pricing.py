"""What a cart would cost if it were ordered now: prices and stock are looked up on every read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, Q, Value, When

from commerce.cart.models import Cart, CartLine
from commerce.catalog.models import is_shown
from commerce.catalog.services.stock import MOST_SHOWN

CAN_BE_BOUGHT = Case(
    When(Q(variant__active=True) & is_shown("variant__product__"), then=Value(True)), default=Value(False)
)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line at today's price and stock. `problem` says why it cannot be ordered as it is, None when it can."""

    line: CartLine
    unit_price_kobo: int
    available: int
    problem: str | None

    @property
    def total_kobo(self) -> int:
        """Return the price of all pieces."""
        return self.unit_price_kobo * self.line.quantity


@dataclass(frozen=True, slots=True)
class PricedCart:
    """A cart as it could be ordered now; `cart` is None where nobody has begun one. Amounts in kobo of `currency`."""

    cart: Cart | None
    currency: str
    lines: tuple[PricedLine, ...]

    @property
    def quantity(self) -> int:
        """Return the pieces of all lines."""
        return sum(each.line.quantity for each in self.lines)

    @property
    def goods(self) -> tuple[PricedLine, ...]:
        """Return the lines that can be ordered or could be with fewer pieces: what the cart costs, and codes see."""
        return tuple(each for each in self.lines if each.problem != "not_for_sale")

    @property
    def subtotal_kobo(self) -> int:
        """Return the price of its goods."""
        return sum(each.total_kobo for each in self.goods)

    @property
    def can_check_out(self) -> bool:
        """Say whether every line can be ordered as it is."""
        return bool(self.lines) and not any(each.problem for each in self.lines)


def price_cart(cart: Cart | None, *, currency: str) -> PricedCart:
    """Return a cart with today's prices and stock; `currency` is that of an empty one."""
    if cart is None:
        return PricedCart(None, currency, ())
    lines = cart.lines.select_related("variant__product").annotate(is_for_sale=CAN_BE_BOUGHT).order_by("id")
    return PricedCart(cart, cart.currency, tuple(price_line(line, line.is_for_sale) for line in lines))


def price_line(line: CartLine, is_for_sale: bool) -> PricedLine:  # noqa: FBT001 - the question has two answers
    """Return a line at today's price, with what stands in its way. Reads the variant and its product."""
    variant = line.variant
    left = max(variant.stock_available, 0) if is_for_sale else 0
    problems = (
        (not is_for_sale, "not_for_sale"),
        (left == 0, "out_of_stock"),
        (left < line.quantity, "too_few"),
    )
    problem = next((name for holds, name in problems if holds), None)
    return PricedLine(line, variant.unit_price_kobo, min(left, MOST_SHOWN), problem)
