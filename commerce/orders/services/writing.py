"""A new order in one statement, with its number, its lines and the first row of its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from commerce.orders.models import Order, OrderEvent, OrderLine
from zuka.platform.clock import local_day
from zuka.platform.db.prepared import columns_of, fill_columns, note_saved, prepared_cursor, row_of

SQL = Path(__file__).parent.parent / "sql"
_encode = msgspec.json.Encoder().encode


@cache
def write_order_sql() -> str:
    """Return the statement, with the columns that the models have."""
    lines, events = (columns_of(model, without={"order_id"}) for model in (OrderLine, OrderEvent))
    return fill_columns(
        SQL / "write_order.sql",
        order_columns=columns_of(Order, without={"number"}),
        line_columns=lines,
        line_values=[f"line.{name}" for name in lines],
        event_columns=events,
        event_values=[f"event.{name}" for name in events],
    )


def insert_order(*, order: Order, lines: Sequence[OrderLine], event: OrderEvent) -> None:
    """Write a new order with all that belongs to it, and give it its number. Nothing listens to these rows' signals.

    Raises IntegrityError where its idempotency key is taken.
    """
    year = local_day(order.placed_at).year
    rows = {"order": row_of(order), "lines": [row_of(line) for line in lines], "event": row_of(event)}
    params = {name: _encode(value).decode() for name, value in rows.items()}
    params |= {"sequence": Order.objects.number_sequence(year), "prefix": Order.objects.number_prefix(year)}
    with prepared_cursor() as cursor:
        cursor.execute(write_order_sql(), params)
        written = cursor.fetchone()
        if written is None:
            Order.objects.open_numbers(year)
            cursor.execute(write_order_sql(), params)
            written = cursor.fetchone()
    pk, order.number, line_pks = written
    note_saved(order, pk)
    for line, line_pk in zip(lines, line_pks, strict=True):
        line.order = order
        note_saved(line, line_pk)
    order.new_lines = lines
