from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from analytics.store.models import DirtyDay, FillState, RefreshRun, RejectedEvent
from tests.commerce.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> Client:
    """A browser in which a superuser is signed in."""
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def make_rejected(message_id: str, payload: str = "{}") -> RejectedEvent:
    return RejectedEvent.objects.create(
        id=uuid4(),
        stage="check_properties",
        reason="invalid_property",
        message="price is no number",
        door="segment",
        message_id=message_id,
        source_name=f"Bought {message_id}",
        received_at=timezone.now(),
        payload=payload,
    )


def make_records(number: int) -> None:
    now, day = timezone.now(), date(2026, 11, 1 + number)
    make_rejected(f"m-{number}")
    FillState.objects.create(rollup="orders", day=day, filled_at=now, rows=1, seconds=0.1)
    DirtyDay.objects.create(day=day, cause="order")
    RefreshRun.objects.create(view="top_products_7d", started_at=now, seconds=1, rows=3, outcome="failed")


@pytest.mark.parametrize("name", ["rejectedevent", "fillstate", "dirtyday", "refreshrun"])
def test_a_list_counts_nothing_and_takes_as_many_queries_for_three_rows_as_for_one(staff: Client, name: str) -> None:
    address = reverse(f"admin:analytics_{name}_changelist")
    make_records(0)
    staff.get(address)
    with CaptureQueriesContext(connection) as one:
        assert staff.get(address).status_code == 200
    make_records(1)
    make_records(2)
    with CaptureQueriesContext(connection) as three:
        assert staff.get(address).status_code == 200

    counting = [query["sql"] for query in three if "COUNT(" in query["sql"] or "DISTINCT" in query["sql"]]
    assert (len(three), counting) == (len(one), [])


def test_records_are_read_only(staff: Client) -> None:
    event = make_rejected("m-1")
    address = reverse("admin:analytics_rejectedevent_change", args=[event.pk])

    assert staff.get(address).status_code == 200
    assert staff.post(address, {"message": "x"}).status_code == 403
    assert staff.get(reverse("admin:analytics_rejectedevent_add")).status_code == 403
    assert staff.post(reverse("admin:analytics_rejectedevent_delete", args=[event.pk])).status_code == 403


def test_a_rejected_event_is_found_by_its_message_id(staff: Client) -> None:
    make_rejected("m-1")
    make_rejected("m-12")

    content = staff.get(reverse("admin:analytics_rejectedevent_changelist"), {"q": "m-1"}).content.decode()

    assert ("Bought m-1<" in content, "Bought m-12<" in content) == (True, False)


@pytest.mark.parametrize(
    ("params", "found"),
    [({"stage": "check_properties"}, True), ({"stage": "writer"}, False), ({"door": "segment"}, True)],
)
def test_rejected_events_are_filtered(staff: Client, params: dict[str, str], found: bool) -> None:
    make_rejected("m-1")

    content = staff.get(reverse("admin:analytics_rejectedevent_changelist"), params).content.decode()

    assert ("Bought m-1<" in content) is found


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        ('{"b":"<script>","a":1}', "{\n  &quot;a&quot;: 1,\n  &quot;b&quot;: &quot;&lt;script&gt;&quot;\n}"),
        ("not <b>json", "not &lt;b&gt;json"),
        ("[" * 100_000, "[[["),
    ],
)
def test_a_payload_is_shown_as_text(staff: Client, payload: str, shown: str) -> None:
    event = make_rejected("m-1", payload)

    content = staff.get(reverse("admin:analytics_rejectedevent_change", args=[event.pk])).content.decode()

    assert f'<pre class="sent-document">{shown}' in content


def test_jobs_are_paused_and_resumed_but_not_changed(staff: Client) -> None:
    interval = IntervalSchedule.objects.create(every=900, period=IntervalSchedule.SECONDS)
    job = PeriodicTask.objects.create(name="Sweep the yard", task="yard.sweep", interval=interval)
    address = reverse("admin:django_celery_beat_periodictask_changelist")

    staff.post(address, {"action": "pause_jobs", "_selected_action": [job.pk]})
    job.refresh_from_db()
    paused = job.enabled
    staff.post(address, {"action": "resume_jobs", "_selected_action": [job.pk]})
    job.refresh_from_db()

    assert (paused, job.enabled) == (False, True)
    assert "every 15 minutes" in staff.get(address).content.decode()
    change = reverse("admin:django_celery_beat_periodictask_change", args=[job.pk])
    assert (staff.get(change).status_code, staff.post(change, {"name": "x"}).status_code) == (200, 403)
