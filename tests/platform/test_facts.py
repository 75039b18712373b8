"""Facts of the platform reach whoever keeps them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from tests.ingest.factories import rejected, stored
from zuka.platform import facts
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f"


def record(result: str) -> None:
    """State that a key was validated."""
    facts.record("key.validated", actor=Actor(visitor_id=f"key:{KEY}"), at=AT, key_id=KEY, result=result)


def test_a_fact_is_kept_as_an_event_in_the_transaction_of_its_cause() -> None:
    with transaction.atomic():
        record("success")
        transaction.set_rollback(True)
    assert stored("event_type") == []
    record("expired")
    columns = ("event_type", "visitor_id", "occurred_at", "properties ->> 'key_id'", "properties ->> 'result'")
    assert stored(*columns) == [("key.validated", f"key:{KEY}", AT, KEY, "expired")]


def test_what_is_no_such_fact_is_kept_as_rejected() -> None:
    record("perhaps")
    assert (stored("event_type"), rejected("reason")) == ([], [("invalid_property",)])


def test_without_a_keeper_facts_are_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "_sinks", [])
    record("success")
    assert stored("event_type") == []
