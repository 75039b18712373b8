"""Alerts: what they find, whom they tell, and that they tell once."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from celery import shared_task
from django.contrib.auth.models import Group
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import PeriodicTask

from analytics.report.alerts import evaluate_alert, evaluate_alerts, find_metric, metric_choices
from analytics.report.anomalies import same_weekdays, usual_for
from analytics.report.narrowed import can_be_narrowed
from analytics.rollup.fill import fill_dirty
from analytics.store.models import Alert, AlertFiring, IngestAlert, Segment, SegmentMember
from analytics.tasks import check_alerts
from commerce.accounts.models import User
from tests.commerce.factories import UserFactory, in_threads
from tests.rollup.story import FRIDAY, SATURDAY, at, pay, place
from zuka.platform.mail.models import OutgoingMail

FORGET_QUERIES = """
    SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()), 0)
"""
COUNTED = """
    SELECT count(*) FROM pg_stat_statements
    WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND query LIKE '%pg\\_sleep%'
"""
pytestmark = pytest.mark.django_db
MORNING = at(SATURDAY, 8)
FIGURE = "revenue.revenue_kobo"
FORM = {"name": "Quiet days", "kind": "below", "metric": FIGURE, "window": "yesterday", "threshold": "5000"}
FORM |= {"recipients": "Ada@example.com\nbola@example.com", "every_hours": "24", "is_enabled": "on"}


@shared_task(name="tests.alerts.fails")
def fails() -> None:
    raise LookupError("nothing there")


def make_alert(kind: str, **facts: Any) -> Alert:
    metric = "" if kind in {"silent_keys", "failed_jobs", "slow_queries"} else FIGURE
    return Alert.objects.create(
        **{"name": "Quiet days", "kind": kind, "metric": metric, "recipients": ["ada@example.com"], **facts}
    )


def sell_on(day: Any, kobo: int) -> None:
    pay(place("gown", at(day, 9), price=kobo), at(day, 10))


@pytest.mark.parametrize(
    ("kind", "threshold", "message"),
    [
        ("below", "5000.01", "₦5,000 is below ₦5,000."),
        ("below", "5000", None),
        ("above", "4999.99", "₦5,000 is above ₦5,000."),
        ("above", "5000", None),
    ],
)
def test_a_figure_beyond_its_limit_is_told(kind: str, threshold: str, message: str | None) -> None:
    sell_on(FRIDAY, 500_000)
    fill_dirty()
    alert = make_alert(kind, threshold=threshold)
    alert.refresh_from_db()
    firing = evaluate_alert(alert=alert, at=MORNING)
    assert (firing and firing.message) == (message and f"Revenue paid (Revenue by day), Fri 20 Nov 2026: {message}")


def test_it_tells_each_recipient_once_and_not_again_before_its_hours_are_over(settings: Any) -> None:
    settings.ZUKA_URL = "https://zuka.example"
    alert = make_alert("below", threshold=10, recipients=["ada@example.com", "Ada@example.com", "bola@example.com"])
    make_alert("below", threshold=10, is_enabled=False)
    told = [len(evaluate_alerts(at=MORNING + timedelta(hours=hours))) for hours in (0, 23, 24, 30)]
    assert told == [1, 0, 1, 0]
    mails = OutgoingMail.objects.order_by("id")
    assert [mail.recipient for mail in mails] == ["ada@example.com", "bola@example.com"] * 2
    text = "Revenue paid (Revenue by day), Fri 20 Nov 2026: ₦0.00 is below ₦10.00."
    assert (mails[0].subject, text in mails[0].text) == (f"Quiet days: {text}", True)
    assert "https://zuka.example/admin/reports/revenue/?period=yesterday" in mails[0].text
    assert [(each.alert, each.value, each.message) for each in AlertFiring.objects.all()[1:]] == [(alert, 0.0, text)]


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_tell_once() -> None:
    make_alert("below", threshold=10)
    fired = in_threads(8, lambda: len(evaluate_alerts(at=MORNING)))
    assert (sorted(fired), OutgoingMail.objects.count(), AlertFiring.objects.count()) == ([0] * 7 + [1], 1, 1)


def test_an_unusual_day_is_told_whatever_one_holiday_did() -> None:
    for place_of, day in enumerate(same_weekdays(FRIDAY)):
        sell_on(day, 9_000_000 if place_of == 3 else 500_000 + place_of * 10_000)
    sell_on(FRIDAY, 40_000)
    fill_dirty()
    alert = make_alert("anomaly")
    firing = evaluate_alert(alert=alert, at=MORNING)
    assert firing is not None
    assert firing.message == (
        "Revenue paid (Revenue by day) on Fri 20 Nov 2026: ₦400.00 is far less than the usual ₦5,450 of a Friday."
    )
    assert evaluate_alert(alert=alert, at=MORNING - timedelta(days=1)) is None  # no Thursday is known


@pytest.mark.parametrize(
    ("values", "today", "is_unusual"),
    [
        ([100, 110, 90, 105, 95, 100, 102, 98], 100, False),
        ([100, 110, 90, 105, 95, 100, 102, 98], 30, True),
        ([100, 110, 90, 105, 95, 100, 102, 98], 180, True),
        ([100] * 8, 120, False),  # weeks that were all alike do not make each other number an alarm
        ([100] * 8, 140, True),
        ([100, None, None, 100, 100, None, 100, None], 140, True),
        ([100, None, None, 100, 100, None, None, None], 140, None),  # three are too few
        ([0, 0, 0, 0, 0, 50, 0, 0], 900, None),  # nothing is usual on such days
    ],
)
def test_what_is_usual_comes_from_the_same_weekdays(values: Any, today: float, *, is_unusual: bool | None) -> None:
    known = dict(zip(same_weekdays(FRIDAY), values, strict=True))
    noise = {FRIDAY - timedelta(days=1): 10_000.0}
    usual = usual_for({**known, **noise}, FRIDAY)
    assert (usual and usual.is_unusual(today)) == is_unusual


def test_silent_keys_and_failed_jobs_are_told() -> None:
    keys, jobs = make_alert("silent_keys"), make_alert("failed_jobs")
    PeriodicTask.objects.exclude(name="Watch keys").delete()
    PeriodicTask.objects.update(task="tests.alerts.fails")
    closed = {"closed_at": MORNING}
    for message, facts in (("Web is silent.", {}), ("Old.", closed)):
        IngestAlert.objects.create(kind="silent", source_key=uuid4(), message=message, opened_at=MORNING, **facts)
    fails.apply()
    told = {firing.alert: firing.message for firing in evaluate_alerts(at=MORNING)}
    assert told == {keys: "Web is silent.", jobs: "Watch keys failed (LookupError)."}


def run_until_counted(*statements: str) -> None:
    """Run statements that sleep, until PostgreSQL has counted each once.

    It remembers some thousand of all databases together; beside other tests it may forget one that was just counted.
    """
    with connection.cursor() as cursor:
        for _ in range(5):
            cursor.execute(FORGET_QUERIES)
            for statement in statements:
                cursor.execute(statement)
            cursor.execute(COUNTED)
            if cursor.fetchone()[0] == len(statements):
                return
    raise AssertionError("PostgreSQL does not count statements")


def test_queries_that_take_long_on_average_are_told() -> None:
    slow = make_alert("slow_queries")
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS pg_stat_statements")
        assert evaluate_alerts(at=MORNING) == []  # PostgreSQL keeps no count of them
        cursor.execute("CREATE EXTENSION pg_stat_statements")
        cursor.execute(FORGET_QUERIES)
        assert evaluate_alerts(at=MORNING) == []
        run_until_counted(
            "-- why\nSELECT pg_sleep(0.51), 'ada@example.com' AS who",
            "COPY (SELECT pg_sleep(0.51), 'ada@example.com') TO '/dev/null'",
        )
    firing = evaluate_alerts(at=MORNING)[0]
    told = re.sub(r"to [56][0-9]{2} ms", "to 510 ms", firing.message)
    assert (firing.alert, told) == (
        slow,
        "1 query takes longer than 500 ms on average, up to 510 ms (called 1 time): SELECT pg_sleep($1), $2 AS who",
    )


def test_an_alert_on_a_figure_that_is_gone_stops_no_other() -> None:
    gone, there = make_alert("below", metric="nothing.at_all", threshold=1), make_alert("below", threshold=1)
    assert [firing.alert for firing in evaluate_alerts(at=MORNING)] == [there]
    assert Alert.objects.get(pk=gone.pk).last_fired_at is None
    check_alerts.apply(throw=True)


def test_every_figure_that_can_be_chosen_can_be_read(caplog: pytest.LogCaptureFixture) -> None:
    for metric, _title in metric_choices():
        make_alert("above", metric=metric, threshold=10**12)
    assert (evaluate_alerts(at=MORNING), "alert.unread" in caplog.text) == ([], False)


@pytest.mark.parametrize("facts", [{"kind": "loud"}, {"threshold": None}, {"metric": ""}, {"window": "ever"}])
def test_the_database_refuses_alerts_that_mean_nothing(facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_alert(**{"kind": "below", "threshold": 1, **facts})


@pytest.fixture
def owner() -> Client:
    person = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name="Owner"))
    client = Client()
    client.force_login(person)
    return client


def test_staff_make_one_and_check_it_at_once(owner: Client) -> None:
    assert owner.post(reverse("admin:analytics_alert_add"), FORM).status_code == 302
    alert = Alert.objects.get()
    recipients = ["Ada@example.com", "bola@example.com"]
    assert (alert.recipients, alert.metric, alert.threshold) == (recipients, FIGURE, Decimal(5_000))
    chosen = {"action": "check_now", "_selected_action": [alert.pk]}
    said = [owner.post(reverse("admin:analytics_alert_changelist"), chosen, follow=True) for _ in range(2)]
    assert ["1 told." in said[0].content.decode(), "nothing new to tell" in said[1].content.decode()] == [True, True]
    page = owner.get(reverse("admin:analytics_alertfiring_changelist")).content.decode()
    assert "is below ₦5,000" in page


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"metric": ""}, "Choose the figure."),
        ({"threshold": ""}, "Say the limit."),
        ({"recipients": "ada"}, "“ada” is no e-mail address."),
        ({"recipients": "\n".join(f"{n}@example.com" for n in range(21))}, "At most 20 addresses."),
        ({"kind": "anomaly", "metric": "coupons.discount_kobo"}, "Weekdays are compared for figures by day"),
        ({"every_hours": "0"}, "greater than or equal to 1"),
        ({"metric": "order_list.total_kobo"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_named(owner: Client, wrong: dict[str, str], message: str) -> None:
    answer = owner.post(reverse("admin:analytics_alert_add"), FORM | wrong)
    assert (answer.status_code, message in answer.content.decode(), Alert.objects.count()) == (200, True, 0)


def test_keys_and_jobs_need_no_figure(owner: Client) -> None:
    assert owner.post(reverse("admin:analytics_alert_add"), FORM | {"kind": "failed_jobs"}).status_code == 302
    assert (Alert.objects.get().metric, Alert.objects.get().threshold) == ("", None)


def test_a_figure_of_a_segment_is_that_of_its_people(owner: Client) -> None:
    order = place("gown", at(FRIDAY, 9), price=500_000, user=UserFactory.create(), guest_email=None)
    pay(order, at(FRIDAY, 10))
    sell_on(FRIDAY, 900_000)
    fill_dirty()
    boss = User.objects.get(pk=owner.session["_auth_user_id"])
    facts = {"definition": {}, "refreshed_at": MORNING, "people": 1}
    segment = Segment.objects.create(name="Regulars", owner=boss, **facts)
    SegmentMember.objects.create(segment=segment, person=str(order.user_id))
    others = Segment.objects.create(name="Theirs", owner=UserFactory.create(is_staff=True), **facts)

    form = FORM | {"threshold": "5000.01"}
    unkept_metric = next(each for each, _ in metric_choices() if not can_be_narrowed(find_metric(each)[0]))
    refused = owner.post(reverse("admin:analytics_alert_add"), form | {"segment": str(others.pk)}).content.decode()
    unkept = owner.post(
        reverse("admin:analytics_alert_add"),
        form | {"metric": unkept_metric, "segment": str(segment.pk)},
    ).content.decode()
    assert ["Select a valid choice" in refused, "cannot be narrowed to a segment" in unkept] == [True, True]
    assert owner.post(reverse("admin:analytics_alert_add"), form | {"segment": str(segment.pk)}).status_code == 302

    (firing,) = evaluate_alerts(at=MORNING)
    assert (firing.alert.segment, "Regulars" in firing.message, firing.value) == (segment, True, 500_000.0)
    with pytest.raises(ProtectedError):
        segment.delete()
