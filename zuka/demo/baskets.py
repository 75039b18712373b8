"""What visitors put in their carts, and the rows that are left of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from commerce.accounts.models import User
from commerce.cart.models import Cart, CartLine, CartStatus
from commerce.catalog.models import ProductVariant
from zuka.demo.moments import millisecond_of, moment_of
from zuka.demo.shelf import Offer

MOST_LINES = 6
# Nobody comes back to what they left a week ago; a cart that nobody touched for three days is abandoned.
KEPT = timedelta(days=7)
ABANDONED = timedelta(days=3)
# Carts older than four weeks were swept away, those of orders too.
SWEPT = timedelta(days=28)


@dataclass(slots=True, eq=False)
class Item:
    """A product in a cart, in a size, and how many; when it was put in and, perhaps, taken out."""

    offer: Offer
    variant: ProductVariant
    quantity: int
    added_ms: int = 0
    removed_ms: int | None = None


@dataclass(slots=True, eq=False)
class Basket:
    """A cart through time, in milliseconds since 1970. `user` owns it, a guest's has `token_hash` instead.

    `checked_changes` tells which state of it was checked out last.
    """

    id: UUID
    user: User | None
    token_hash: str | None
    visitor_id: str | None
    session_id: str | None
    began_ms: int
    last_ms: int
    items: list[Item] = field(default_factory=list)
    changes: int = 0
    checked_changes: int = -1
    converted_ms: int | None = None
    merged_ms: int | None = None
    merged_into: Basket | None = None

    @property
    def speaker(self) -> str:
        """Return the visitor id of a guest whom no tracker named."""
        return f"cart-{self.id.hex}"

    @property
    def held(self) -> list[Item]:
        """Return what is in it now."""
        return [item for item in self.items if item.removed_ms is None]

    def is_open(self, *, at_ms: int) -> bool:
        """Say whether its owner may go on with it."""
        return at_ms - self.last_ms < KEPT // timedelta(milliseconds=1) and self.converted_ms is None

    def items_at(self, ms: int) -> list[Item]:
        """Return what was in it at a millisecond."""
        return [item for item in self.items if item.added_ms <= ms and (item.removed_ms or ms + 1) > ms]

    def status_at(self, ms: int) -> CartStatus:
        """Return what had become of it by a millisecond."""
        if self.merged_ms is not None and self.merged_ms <= ms:
            return CartStatus.MERGED
        if self.converted_ms is not None and self.converted_ms <= ms:
            return CartStatus.CONVERTED
        is_fresh = ms - self.last_ms < ABANDONED // timedelta(milliseconds=1)
        return CartStatus.ACTIVE if is_fresh else CartStatus.ABANDONED


def merge_into(guest: Basket, own: Basket, *, at_ms: int) -> None:
    """Move a guest's things to the cart of the customer they turned out to be."""
    own.items.extend(Item(item.offer, item.variant, item.quantity, at_ms) for item in guest.held)
    own.changes, own.last_ms = own.changes + 1, at_ms
    guest.merged_ms, guest.merged_into = at_ms, own


def cart_rows(baskets: Iterable[Basket], *, until: datetime) -> tuple[list[Cart], list[CartLine]]:
    """Return unsaved carts as they were at `until`, those that others were merged into first, and their lines.

    Who signs up a moment after `until` is no customer yet: the cart of theirs that a guest's becomes is not there.
    """
    ms, oldest = millisecond_of(until), millisecond_of(until - SWEPT)
    baskets = [each for each in baskets if each.last_ms >= oldest]
    targets = {each.merged_into.id for each in baskets if each.merged_into and each.status_at(ms) == CartStatus.MERGED}
    kept = [each for each in baskets if each.id in targets or each.items_at(ms)]
    carts = [cart_row(each, ms=ms) for each in sorted(kept, key=lambda each: each.merged_ms is not None)]
    return carts, [line for each in kept for line in line_rows(each, ms=ms)]


def cart_row(basket: Basket, *, ms: int) -> Cart:
    """Return an unsaved cart as it was at a millisecond."""
    status, target = basket.status_at(ms), basket.merged_into
    last_at = moment_of(min(basket.last_ms, ms))
    return Cart(
        id=basket.id,
        user=basket.user,
        token_hash=basket.token_hash,
        visitor_id=basket.visitor_id,
        session_id=basket.session_id,
        status=status,
        changes=basket.changes,
        created_at=moment_of(basket.began_ms),
        last_active_at=last_at,
        converted_at=last_at if status == CartStatus.CONVERTED else None,
        merged_into_id=target.id if target and status == CartStatus.MERGED else None,
    )


def line_rows(basket: Basket, *, ms: int) -> list[CartLine]:
    """Return unsaved lines of a cart as they were at a millisecond, one a variant."""
    lines: dict[str, CartLine] = {}
    for item in basket.items_at(ms):
        line = lines.setdefault(
            item.variant.sku,
            CartLine(
                cart_id=basket.id,
                variant=item.variant,
                quantity=0,
                added_price_kobo=item.offer.price_kobo,
                added_at=moment_of(item.added_ms),
            ),
        )
        line.quantity += item.quantity
    return list(lines.values())
