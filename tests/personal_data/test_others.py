"""What belongs to others stays, though it holds words that a person has chosen: a name, a search, a browser's id."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from analytics.personal_data.around import drop_named_reports, empty_verify_runs, rejected_rows, wait_for_counts
from analytics.store.models import DirtyDay, RejectedEvent, SavedReport, VerifyRun
from commerce.payments.models import WebhookDelivery
from commerce.personal_data.changing import erase_webhooks
from tests.commerce.factories import UserFactory
from tests.rollup.story import FRIDAY, SATURDAY, at
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.personal_data.declared import named_mails
from zuka.platform.personal_data.erasing import Postponed
from zuka.platform.personal_data.people import Person

pytestmark = pytest.mark.django_db
EVENING = at(SATURDAY, 21)
ID, BROWSER = str(UUID(int=7)), str(UUID(int=8))
PERIOD = Person(
    users=(ID,),
    visitors=("delivery", BROWSER),
    emails=("da@example.com",),
    phones=("+2348012345678",),
    names=("Period",),
    numbers=("ZK-12",),
)


def test_saved_reports_go_by_whole_ids_and_mails_alone() -> None:
    staff = UserFactory.create(is_staff=True)
    stay: list[dict[str, Any]] = [
        {"period": "30d"},
        {"query": "a period costume", "method": "delivery"},
        {"email": "ada@example.com"},
    ]
    go: list[dict[str, Any]] = [{"person": ID}, {"filter": [f"visitor_id:{BROWSER}"]}, {"who": "DA@example.com"}]
    for params in stay + go:
        SavedReport.objects.create(title="One", report="person_timeline", params=params, owner=staff)

    drop_named_reports(PERIOD, EVENING)

    assert list(SavedReport.objects.order_by("id").values_list("params", flat=True)) == stay


def test_mails_are_theirs_by_address_order_and_id() -> None:
    said = {
        "other:1": ("ada@example.com", "Period costumes, delivery to ada@example.com, +2348012345678"),
        "order:ZK-123": ("ada@example.com", "x"),
        "own:1": ("Da@example.com", "x"),
        "order:ZK-12": ("ada@example.com", "x"),
        "staff:1": ("staff@shop.example", "From da@example.com."),
        "staff:2": ("staff@shop.example", f"/user/{ID}/"),
    }
    for key, (recipient, name) in said.items():
        queue_mail(key=key, template="account.closed", recipient=recipient, context={"name": name}, at=EVENING)

    assert set(named_mails(PERIOD).values_list("key", flat=True)) == {"own:1", "order:ZK-12", "staff:1", "staff:2"}


def test_rejected_events_are_theirs_by_who_sent_them() -> None:
    payloads = (
        '{"anonymousId": "other", "coupon": "delivery"}',
        '{"email": "ada@example.com"}',
        '{"anonymousId": "delivery"}',
        f'{{"id": "{BROWSER}"}}',
    )
    facts = {"stage": "content", "reason": "invalid_property", "message": "", "door": "native", "received_at": EVENING}
    for number, payload in enumerate(payloads):
        RejectedEvent.objects.create(id=UUID(int=number), payload=payload, reading="{}", **facts)

    assert set(rejected_rows(PERIOD).values_list("payload", flat=True)) == set(payloads[2:])


def test_of_cells_that_differed_only_theirs_go() -> None:
    cells = [
        {"rollup": "searches", "key": [key], "measure": "period", "stored": "1", "counted": "2"}
        for key in ("red gown", "gown for period")
    ]
    facts = {"day": FRIDAY, "started_at": EVENING, "seconds": 1, "cells": 9, "differing": 2}
    VerifyRun.objects.create(differences=cells, **facts)

    assert empty_verify_runs(PERIOD, EVENING) == 1
    assert VerifyRun.objects.get().differences == cells[:1]


def test_it_waits_for_days_that_erasing_has_marked_and_for_nothing_else() -> None:
    DirtyDay.objects.create(day=FRIDAY, cause="identity")
    assert wait_for_counts(PERIOD, EVENING) == 0
    DirtyDay.objects.create(day=FRIDAY, cause="erasure")
    with pytest.raises(Postponed, match="are being counted again"):
        wait_for_counts(PERIOD, EVENING)


def test_messages_of_providers_are_emptied_once_they_are_handled() -> None:
    def body(key: str) -> str:
        return WebhookDelivery.objects.get(dedupe_key=key).body

    for key, email, handled in (("done", "da", EVENING), ("waits", "da", None), ("other", "ada", EVENING)):
        WebhookDelivery.objects.create(
            provider="paystack",
            event="charge.success",
            dedupe_key=key,
            body=f'{{"email": "{email}@example.com"}}',
            received_at=EVENING,
            handled_at=handled,
        )

    with pytest.raises(Postponed, match="of Paystack about a payment of theirs is not handled yet"):
        erase_webhooks(PERIOD, EVENING)
    assert (body("done"), body("waits") != "", body("other") != "") == ("", True, True)
    WebhookDelivery.objects.update(handled_at=EVENING)
    assert erase_webhooks(PERIOD, EVENING) == 1
    assert (body("waits"), body("other") != "") == ("", True)
