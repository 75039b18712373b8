"""Products as the rows of a sheet, which read back change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet

from commerce.catalog.models import Product
from commerce.catalog.services.sheets.columns import COLUMNS, Of

ROWS = 500


def heading() -> list[str]:
    """Return the names of the columns."""
    return [column.name for column in COLUMNS]


def product_rows(products: QuerySet[Product]) -> Iterator[list[str]]:
    """Yield a row a variant; one row with empty cells for a product without a variant. Text starts no formula."""
    chosen = products.select_related("category", "brand").prefetch_related("variants").order_by("sku")
    for product in chosen.iterator(chunk_size=ROWS):
        own = [column.cell(product) for column in COLUMNS if column.of is Of.PRODUCT]
        rest = [column for column in COLUMNS if column.of is not Of.PRODUCT]
        for variant in product.variants.all():
            yield own + [column.cell(variant) for column in rest]
        if not product.variants.all():
            yield own + [""] * len(rest)
