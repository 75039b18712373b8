"""Doing what a plan says: all of it or nothing."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from commerce.catalog.models import MovementReason, Product, ProductVariant
from commerce.catalog.services.sheets.planning import Plan
from commerce.catalog.services.stock import set_stock
from zuka.platform.actor import Actor

ROWS = 500


@transaction.atomic
def apply_plan(plan: Plan, *, at: datetime, actor: Actor, note: str) -> None:
    """Write a plan. Raises `StockRefused`, or the database's refusal when somebody was quicker; then nothing is."""
    for thing in (*plan.new_products, *plan.new_variants):
        thing.created_at = at
    Product.objects.bulk_create(plan.new_products, batch_size=ROWS)
    ProductVariant.objects.bulk_create(plan.new_variants, batch_size=ROWS)
    # Those with the same columns at once: what a row does not change may have been changed by somebody else.
    alike: defaultdict[tuple[type[Any], tuple[str, ...]], list[Any]] = defaultdict(list)
    for thing, attributes in plan.changed.items():
        thing.updated_at = at
        alike[type(thing), (*sorted(attributes), "updated_at")].append(thing)
    for (model, columns), things in alike.items():
        model.objects.bulk_update(sorted(things, key=lambda each: each.pk), columns, batch_size=ROWS)
    totals = {variant.pk: total for variant, total in plan.stock}
    set_stock(totals, reason=MovementReason.IMPORTED, note=note, at=at, actor=actor)
