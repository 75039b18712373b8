"""What is over goes: the right rows, some at a time, past rows that somebody else holds; and nothing else."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from analytics.store.models import DisplacedEvent, IngestAlert, IngestHour, RefreshRun, RejectedEvent
from analytics.tasks import drop_old_rejected
from commerce.cart.models import Cart, CartLine
from commerce.payments.models import WebhookDelivery
from tests.commerce.factories import UserFactory, VariantFactory
from zuka.platform.models import TableSize, ValidationDay
from zuka.platform.retention import declaring, sweeping
from zuka.platform.retention.declaring import kept_entries
from zuka.platform.retention.sweeping import forget_rows, forget_what_is_over
from zuka.platform.tasks import forget_what_is_over as job

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOON - timedelta(days=days)


def make_run(days: float) -> RefreshRun:
    return RefreshRun.objects.create(view="top_products_7d", started_at=ago(days), seconds=1.0, outcome="done")


def make_cart(days: float, *, status: str = "abandoned", goods: bool = False) -> str:
    who = f"{days}{status}{goods}"
    cart = Cart.objects.create(token_hash=who, status=status, currency="NGN", last_active_at=ago(days))
    if goods:
        CartLine.objects.create(
            cart=cart, variant=VariantFactory.create(), quantity=1, added_price_kobo=1, added_at=ago(days)
        )
    return who


def test_what_is_over_goes_and_nothing_else() -> None:
    kept_run = make_run(89).pk
    make_run(91)
    for day in (date(2023, 11, 21), date(2023, 11, 22)):
        ValidationDay.objects.create(key=None, day=day, result="success", validations=1)
    for days in (399, 401):
        TableSize.objects.create(day=ago(days).date(), name="commerce_order", table_bytes=1, index_bytes=1, rows=1)
    make_cart(500), make_cart(500, status="active")
    stays = {make_cart(390), make_cart(500, status="converted"), make_cart(500, goods=True)}
    person = UserFactory.create(is_staff=True)
    for days in (365 * 7 - 1, 365 * 7 + 3):
        note = LogEntry.objects.create(user=person, action_flag=CHANGE, object_repr="Ada")
        LogEntry.objects.filter(pk=note.pk).update(action_time=ago(days))

    gone = forget_what_is_over(at=NOON)

    assert {table: count for table, count in gone.items() if count} == {
        "analytics.refreshrun": 1,
        "platform.validationday": 1,
        "platform.tablesize": 1,
        "commerce.cart": 2,
        "admin.logentry": 1,
    }
    assert list(RefreshRun.objects.values_list("pk", flat=True)) == [kept_run]
    assert list(ValidationDay.objects.values_list("day", flat=True)) == [date(2023, 11, 22)]
    assert set(Cart.objects.values_list("token_hash", flat=True)) == stays
    assert sum(forget_what_is_over(at=NOON).values()) == 0


def test_one_table_that_cannot_be_swept_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    make_run(91)
    broken = replace(next(each for each in kept_entries() if each.task == declaring.SWEEP), column="no_such")
    monkeypatch.setattr(declaring, "_kept", [broken, *kept_entries()])
    with pytest.raises(ExceptionGroup) as raised:
        forget_what_is_over(at=NOON)
    assert [type(each) for each in raised.value.exceptions] == [FieldDoesNotExist]
    assert not RefreshRun.objects.exists()


def test_messages_of_providers_are_emptied_once_they_are_handled_and_stay() -> None:
    def message(key: str, *, months: int, handled: bool) -> None:
        at = ago(months * 31)
        facts = {
            "event": "charge.success",
            "body": '{"email": "ada@example.com"}',
            "handled_at": at if handled else None,
        }
        WebhookDelivery.objects.create(provider="paystack", dedupe_key=key, received_at=at, **facts)

    message("old", months=25, handled=True)
    message("waits", months=25, handled=False)
    message("new", months=23, handled=True)
    assert forget_what_is_over(at=NOON)["commerce.webhookdelivery"] == 1
    assert dict(WebhookDelivery.objects.values_list("dedupe_key", "body")) == {
        "old": "",
        "waits": '{"email": "ada@example.com"}',
        "new": '{"email": "ada@example.com"}',
    }
    assert forget_what_is_over(at=NOON)["commerce.webhookdelivery"] == 0


def test_rows_go_some_at_a_time_and_one_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 2)
    monkeypatch.setattr(sweeping, "AT_MOST", 4)
    for days in range(100, 105):
        make_run(days)
    with CaptureQueriesContext(connection) as asked:
        assert forget_rows(RefreshRun.objects.order_by("started_at")) == 4
    deletes = [each["sql"] for each in asked if each["sql"].startswith("DELETE")]
    assert len(deletes) == 2
    assert RefreshRun.objects.get().started_at == ago(100)
    assert forget_rows(RefreshRun.objects.all()) == 1


@pytest.mark.django_db(transaction=True)
def test_rows_that_somebody_holds_are_left_to_the_next_run() -> None:
    held, free = make_run(100).pk, make_run(101).pk
    holds, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(RefreshRun.objects.select_for_update().filter(pk=held))
            holds.set()
            done.wait(10)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    holds.wait(10)
    try:
        assert forget_what_is_over(at=NOON)["analytics.refreshrun"] == 1
        assert not RefreshRun.objects.filter(pk=free).exists()
    finally:
        done.set()
        other.join()
    assert forget_what_is_over(at=NOON)["analytics.refreshrun"] == 1


def test_the_job_takes_what_no_other_does(settings: Any) -> None:
    settings.RUN_RETENTION_DAYS = 1
    make_run(2), make_run(0)
    with time_machine.travel(NOON, tick=False):
        job.apply(throw=True, kwargs={"unknown": 1})
    assert RefreshRun.objects.get().started_at == NOON


def test_what_was_refused_and_counted_on_the_way_in_goes_in_its_time(settings: Any) -> None:
    settings.EVENT_RETENTION_MONTHS = 13
    facts = {"stage": "schema", "reason": "unknown_type", "message": "", "door": "http", "payload": "{}"}
    zero = dict.fromkeys(("duplicate", "rejected", "dropped", "bots", "skewed", "late_ms", "clock_ms", "clocked"), 0)
    counts = {"door": "http", "client": "", "received": 1, "accepted": 1, "last_at": NOON, **zero}
    for number, days in enumerate((89, 91)):
        RejectedEvent.objects.create(id=UUID(int=number), received_at=ago(days), **facts)
    for number, days in enumerate((31 * 13, 31 * 16)):
        DisplacedEvent.objects.create(id=UUID(int=number), stored_at=ago(days))
        IngestHour.objects.create(hour=ago(days), **counts)
        IngestAlert.objects.create(
            kind="silent", source_key=UUID(int=number), message="", opened_at=ago(days), closed_at=ago(days)
        )
    IngestAlert.objects.create(kind="silent", source_key=UUID(int=3), message="", opened_at=ago(999))
    with time_machine.travel(NOON, tick=False):
        drop_old_rejected.apply(throw=True)
    models = (RejectedEvent, DisplacedEvent, IngestHour, IngestAlert)
    assert [model.objects.count() for model in models] == [1, 1, 1, 2]
    assert RejectedEvent.objects.get().received_at == ago(89)
