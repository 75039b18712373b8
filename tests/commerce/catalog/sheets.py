"""Sheets of products for tests, and what becomes of them."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.db.models import QuerySet

from commerce.catalog.models import Product, ProductImport
from commerce.catalog.services import bring_import, confirm_import, handle_imports
from commerce.catalog.services.sheets.planning import Plan, Planner
from commerce.catalog.services.sheets.reading import read_rows
from commerce.catalog.services.sheets.writing import heading, product_rows
from tests.commerce.factories import NOON


def as_csv(rows: list[list[Any]]) -> bytes:
    """Lines as a CSV file; the first is the heading."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def sheet(*rows: dict[str, Any]) -> bytes:
    """Rows as a CSV file with the columns that they name."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return as_csv([names, *([row.get(name, "") for name in names] for row in rows)])


def exported(products: QuerySet[Product] | None = None) -> bytes:
    """All products as they are exported."""
    return as_csv([heading(), *product_rows(Product.objects.all() if products is None else products)])


def plan(content: bytes, *, sets_stock: bool = True) -> Plan:
    """What a file would do."""
    return Planner(read_rows(content), sets_stock=sets_stock).run()


def told(found: Plan) -> list[tuple[int, str, str]]:
    """The problems: row, column, message."""
    return [(each.row, each.column, each.message) for each in found.problems]


def bring(content: bytes, **choices: Any) -> ProductImport:
    """Bring a file and have it checked."""
    options = {"skips_bad_rows": False, "sets_stock": True, "user_id": None, "name": "products.csv", **choices}
    row = bring_import(content=content, at=NOON, **options)
    handle_imports(at=NOON)
    row.refresh_from_db()
    return row


def bring_and_confirm(content: bytes, **choices: Any) -> ProductImport:
    """Bring a file, have it checked and imported."""
    row = bring(content, **choices)
    confirm_import(row=row)
    handle_imports(at=NOON)
    row.refresh_from_db()
    return row
