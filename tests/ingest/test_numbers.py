"""Numbers come as numbers and as text: both are the same number in the columns."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.ingest.properties import whole
from tests.ingest.factories import counts, make_key, rejected, send, stored


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (3, 3),
        ("3", 3),
        (" 3 ", 3),
        ("3.0", 3),
        (3.0, 3),
        (-3, -3),
        (2.5, None),
        ("2.5", None),
        ("", None),
        ("many", None),
        (None, None),
        (True, None),
        ([3], None),
        (2**31, None),
        ("1e99999999", None),
        (float("inf"), None),
        ("nan", None),
        ("9" * 5000, None),
    ],
)
def test_a_count_is_a_whole_number_or_its_text(said: Any, read: int | None) -> None:
    assert whole(said) == read


@pytest.mark.django_db(transaction=True)
def test_what_the_types_call_number_or_text_is_the_same_in_the_columns() -> None:
    key = make_key()
    added = [(2, 1500), ("2", "1500"), ("2.0", "1,500.00")]
    events: list[dict[str, Any]] = [
        {"type": "cart.item_added", "properties": {"product_id": "p", "quantity": quantity, "price": price}}
        for quantity, price in added
    ]
    events += [
        {"type": "order.created", "properties": {"order_id": "o", "total": 1, "value_kobo": kobo}}
        for kobo in (550_000, "550000", 550_000.0, "550000.0")
    ]
    assert counts(send([{"visitor_id": "ada", **each} for each in events], key=key)) == (7, 0, 0)
    assert stored("event_type", "quantity", "value_kobo") == [
        *[("cart.item_added", 2, 300_000)] * 3,
        *[("order.created", None, 550_000)] * 4,
    ]
    assert rejected("message") == []
