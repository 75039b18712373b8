"""Stock of variants: reserved when an order is placed, taken off the hand when it is shipped.

Verbs take variants in the order of their ids, inside the caller's transaction: two orders of the same variants wait for
each other and never deadlock, and nothing is ever sold twice. What is reserved changes by one conditional UPDATE; what
is on hand changes under the variant's lock, and never without a `StockMovement` that says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest

from commerce.catalog.models import MovementReason, ProductVariant, StockMovement, VariantQuerySet
from zuka.platform.actor import Actor
from zuka.platform.db.files import load_sql
from zuka.platform.db.prepared import prepared_cursor
from zuka.platform.errors import Refused

SQL = Path(__file__).parent.parent / "sql"

MOST_SHOWN = 10
ROWS = 500
MOST_ON_HAND = 1_000_000


class OutOfStock(Refused):
    """Fewer pieces are left than were asked for."""

    code = "out_of_stock"


class StockRefused(Refused):
    """The pieces on hand cannot become what staff said."""

    code = "stock_refused"


def out_of_stock(variant: ProductVariant, *, field: str) -> OutOfStock:
    """Return the refusal of a variant that has too few pieces left; more than ten are never told. Reads the product."""
    left = min(max(variant.stock_available, 0), MOST_SHOWN)
    name = variant.product.name
    text = f"{name} is sold out." if not left else f"Only {left} of {name} {'is' if left == 1 else 'are'} left."
    return OutOfStock(text, field=field)


def reserve_stock(quantities: Mapping[int, int], *, field: str = "lines") -> None:
    """Reserve so many pieces of each variant (by id), all or none. Raises `OutOfStock`, which names the product."""
    with prepared_cursor() as cursor:
        for pk, quantity in sorted(quantities.items()):
            cursor.execute(load_sql(SQL / "reserve_stock.sql"), {"id": pk, "quantity": quantity})
            if not cursor.rowcount:
                raise out_of_stock(ProductVariant.objects.select_related("product").get(pk=pk), field=field)


def release_stock(quantities: Mapping[int, int]) -> None:
    """Give reserved pieces back: their order will not be shipped."""
    for pk, quantity in sorted(quantities.items()):
        ProductVariant.objects.filter(pk=pk).update(stock_reserved=Greatest(F("stock_reserved") - quantity, 0))


@transaction.atomic
def take_stock(
    quantities: Mapping[int, int],
    *,
    order: str,
    at: datetime,
    actor: Actor,
    reason: MovementReason = MovementReason.SHIPPED,
) -> None:
    """Take reserved pieces off the hand: they were shipped with the order of this number.

    Never below zero: a parcel that left the house has left it.
    """
    movements, variants = [], lock_variants(quantities)
    for variant in variants:
        variant.stock_reserved = max(variant.stock_reserved - quantities[variant.pk], 0)
        left = max(variant.stock_on_hand - quantities[variant.pk], 0)
        movements.append(set_on_hand(variant, left, reason=reason, order=order, at=at, actor=actor))
    save_stock(variants, movements)


@transaction.atomic
def return_stock(
    quantities: Mapping[int, int], *, order: str, at: datetime, actor: Actor, reason: MovementReason
) -> None:
    """Put pieces of the order of this number on the hand again: they came back, refused or returned."""
    movements, variants = [], lock_variants(quantities)
    for variant in variants:
        total = variant.stock_on_hand + quantities[variant.pk]
        movements.append(set_on_hand(variant, total, reason=reason, order=order, at=at, actor=actor))
    save_stock(variants, movements)


@transaction.atomic
def adjust_stock(
    *,
    variant: ProductVariant,
    reason: MovementReason,
    at: datetime,
    actor: Actor,
    add: int | None = None,
    to: int | None = None,
    seen: int | None = None,
    note: str = "",
) -> StockMovement | None:
    """Change the pieces on hand of a variant: `add` so many (less than zero: away), or set them `to` a number.

    `seen` is the number that `to` was said upon: if it has changed since, what was sold meanwhile would be lost.
    Returns the movement; None when nothing changes. Raises `StockRefused`.
    """
    (current,) = lock_variants([variant.pk])
    total = to if to is not None else current.stock_on_hand + (add or 0)
    check_on_hand(current, total, seen=seen)
    movement = set_on_hand(current, total, reason=reason, note=note, at=at, actor=actor)
    save_stock([current], [movement])
    return movement


@transaction.atomic
def set_stock(totals: Mapping[int, int], *, reason: MovementReason, at: datetime, actor: Actor, note: str = "") -> None:
    """Set the pieces on hand of many variants, by their ids, all or none. Raises `StockRefused`, naming the sku."""
    movements, variants = [], lock_variants(totals)
    for variant in variants:
        try:
            check_on_hand(variant, totals[variant.pk])
        except StockRefused as refusal:
            raise StockRefused(f"{variant.sku}: {refusal.message}", field=refusal.field) from refusal
        movements.append(set_on_hand(variant, totals[variant.pk], reason=reason, note=note, at=at, actor=actor))
    save_stock(variants, movements)


def check_on_hand(variant: ProductVariant, total: int, *, seen: int | None = None) -> None:
    """Refuse a number of pieces that a locked variant cannot have. Raises `StockRefused`."""
    if seen is not None and variant.stock_on_hand != seen:
        changed = f"It changed from {seen} to {variant.stock_on_hand} while you were editing."
        raise StockRefused(f"{changed} Look again, then save.", field="pieces")
    if total < 0:
        raise StockRefused(f"Only {variant.stock_on_hand} pieces are on hand.", field="pieces")
    if total < variant.stock_reserved:
        held = f"Orders have reserved {variant.stock_reserved} pieces;"
        raise StockRefused(f"{held} ship or cancel some of them first.", field="pieces")
    if total > MOST_ON_HAND:
        raise StockRefused(f"More than {MOST_ON_HAND:,} pieces are a mistake.", field="pieces")


def lock_variants(pks: Iterable[int]) -> list[ProductVariant]:
    """Return variants fresh from their rows, locked until the transaction ends. Rows may go on to refer to them."""
    return list(ProductVariant.objects.select_for_update(no_key=True).filter(pk__in=list(pks)).order_by("pk"))


def set_on_hand(
    variant: ProductVariant,
    total: int,
    *,
    reason: MovementReason,
    at: datetime,
    actor: Actor,
    order: str = "",
    note: str = "",
) -> StockMovement | None:
    """Set the stock of a locked variant; return the movement that is to be saved with it, None without a change."""
    change = total - variant.stock_on_hand
    variant.stock_on_hand = total
    if not change:
        return None
    return StockMovement(
        variant=variant,
        sku=variant.sku,
        change=change,
        balance_after=total,
        reason=reason,
        order_number=order,
        note=note,
        actor_id=actor.account_id,
        moved_at=at,
    )


def save_stock(variants: Sequence[ProductVariant], movements: Iterable[StockMovement | None]) -> None:
    """Save the stock of locked variants with the movements that explain it."""
    ProductVariant.objects.bulk_update(variants, ["stock_on_hand", "stock_reserved"], batch_size=ROWS)
    StockMovement.objects.bulk_create([each for each in movements if each is not None], batch_size=ROWS)


def find_drift() -> VariantQuerySet:
    """Return the variants whose movements do not add up to what is on hand; `moved` is their sum."""
    rows = StockMovement.objects.filter(variant=OuterRef("pk")).order_by().values("variant")
    moved = Coalesce(Subquery(rows.annotate(total=Sum("change")).values("total")), 0)
    return ProductVariant.objects.annotate(moved=moved).exclude(stock_on_hand=F("moved"))


@transaction.atomic
def settle_drift(*, variant: ProductVariant, at: datetime, actor: Actor) -> StockMovement | None:
    """Write a movement for what a variant's history lacks; the pieces on hand stay. None where it lacks nothing."""
    (current,) = lock_variants([variant.pk])
    missing = find_drift().filter(pk=current.pk).first()
    if missing is None:
        return None
    return StockMovement.objects.create(
        variant=current,
        sku=current.sku,
        change=current.stock_on_hand - missing.moved,  # type: ignore[attr-defined]  # annotated by find_drift
        balance_after=current.stock_on_hand,
        reason=MovementReason.CORRECTED,
        note="The history did not add up.",
        actor_id=actor.account_id,
        moved_at=at,
    )
