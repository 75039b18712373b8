"""Which version of a product its page would show: whatever changes a row, in whatever way, makes it another one."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Func, OuterRef, QuerySet, TextField

from commerce.catalog.models import Product, ProductImage, ProductVariant


class RowVersion(Func):
    """The version of the row that a column is read from: the transaction that wrote it, and where it lies.

    PostgreSQL writes a row anew on each change, so bulk updates and changes by hand are seen, and nobody has to tell.
    """

    arity = 1
    output_field = TextField()

    def as_sql(self, compiler: Any, connection: Any, *_rest: Any, **_options: Any) -> tuple[str, tuple[str | int, ...]]:  # noqa: ARG002 - Django's
        """Return the row's system columns."""
        row = compiler.quote_name_unless_alias(self.get_source_expressions()[0].alias)
        return f"({row}.xmin::text || {row}.ctid::text)", ()


def versions_of(rows: QuerySet[Any]) -> ArraySubquery:
    """Return the versions of all rows of a product."""
    return ArraySubquery(rows.filter(product=OuterRef("pk")).order_by("pk").values(version=RowVersion("pk")))


@cache
def all_versions() -> QuerySet[Any]:
    """Return the versions of published products. Put together once: that takes longer than PostgreSQL's answer."""
    parts = (
        RowVersion("pk"),
        RowVersion("category__name"),
        RowVersion("brand__name"),
        versions_of(ProductVariant.objects.all()),
        versions_of(ProductImage.objects.all()),
    )
    return Product.objects.published().order_by().values_list("pk", *parts)


def product_version(slug: str) -> str | None:
    """Return the version of a published product with all that its page shows, None where there is none. One query."""
    found = next(iter(all_versions().filter(slug=slug)), None)
    return hashlib.sha256(repr(found).encode()).hexdigest() if found else None
