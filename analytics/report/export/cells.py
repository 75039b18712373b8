"""Values as files hold them, and a table as one JSON document."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from analytics.people.narrowing import SegmentUse
from analytics.registry.reports.forms import Column, Unit
from analytics.report.table import Table
from zuka.platform.spreadsheets import guard_text


def table_json(table: Table) -> dict[str, Any]:
    """Return a table as JSON: money in kobo, ratios as numbers, empty as null."""
    names = [column.name for column in table.columns]
    return {
        "report": table.report.id,
        "title": table.report.title,
        "basis": table.report.basis.value,
        "period": {"from": table.period.first, "to": table.period.last},
        "currency": table.currency,
        "as_of": table.as_of,
        "partial": table.is_partial,
        "columns": [column_json(column) for column in table.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in table.rows],
        "totals": table.totals,
        "compared": {"from": table.compared.first, "to": table.compared.last} if table.compared else None,
        "previous_totals": table.previous,
        "next": table.next_page or None,
        "segment": segment_json(table.segment),
        "archived": list(table.archived),
        "notes": [{"from": each.first, "to": each.last, "text": each.text} for each in table.notes],
    }


def segment_json(segment: SegmentUse | None) -> dict[str, Any] | None:
    """Return whom figures are about; null for everybody."""
    if segment is None:
        return None
    about = {"id": segment.id, "name": segment.name, "outside": segment.is_outside}
    return {**about, "people": segment.people, "as_of": segment.as_of}


def column_json(column: Column) -> dict[str, Any]:
    """Return a column's declaration; the unit of money is kobo."""
    unit = "kobo" if column.unit is Unit.MONEY else column.unit.value
    return {"name": column.name, "title": column.title, "unit": unit, "text": column.text, "sums": column.sums}


def major_units(kobo: int) -> str:
    """Return kobo as naira (or hundredths as their currency) with two decimals, for machines: 550050 → 5500.50."""
    return str((Decimal(kobo) / 100).quantize(Decimal("0.01")))


def csv_cell(column: Column, value: Any) -> str:
    """Return a cell as text. Numbers stay numbers, also negative ones; text never starts a formula."""
    if value is None:
        return ""
    if column.unit is Unit.MONEY:
        return major_units(value)
    if column.unit in {Unit.COUNT, Unit.PERCENT, Unit.DECIMAL, Unit.DURATION, Unit.DAY}:
        return str(value)
    if column.unit is Unit.MOMENT:
        return str(value.isoformat())
    return guard_text(json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else str(value))


def csv_title(column: Column, currency: str) -> str:
    """Return a column's heading, with the unit where it is not the number itself."""
    if column.unit is Unit.MONEY and not column.currency_from:
        return f"{column.title} ({currency})"
    units = {Unit.PERCENT: " (ratio)", Unit.DURATION: " (seconds)"}
    return column.title + units.get(column.unit, "")


def whole_cell(value: Any) -> int | None:
    """Return a whole number as one, however the database counted it; empty stays empty."""
    return None if value is None else int(value)
