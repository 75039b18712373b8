"""Webhooks of alerts: what they are told, how often it is tried, and that one worker tries at a time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from analytics.report.alert_calls import RETRIES, call_waiting
from analytics.report.alerts import evaluate_alerts
from analytics.store.models import Alert, AlertFiring
from tests.commerce.factories import UserFactory, in_threads
from tests.platform.test_webhooks import OK, listening
from tests.report.test_alerts import FORM, MORNING, make_alert

pytestmark = pytest.mark.django_db(transaction=True)
BUSY = b"HTTP/1.1 503 Busy\r\n\r\n"


@pytest.fixture(autouse=True)
def _private(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_ADDRESSES = True


def fire(url: str) -> AlertFiring:
    make_alert("below", threshold=10, webhook_url=url, recipients=[])
    return evaluate_alerts(at=MORNING)[0]


def state(firing: AlertFiring) -> tuple[str, int, str]:
    firing.refresh_from_db()
    return firing.call, firing.calls, firing.call_error


def test_a_webhook_is_told_once() -> None:
    with listening(OK) as (url, heard):
        firing = fire(url)
        assert [sum(in_threads(4, lambda: call_waiting(at=MORNING))), call_waiting(at=MORNING)] == [1, 0]
    assert (state(firing), len(heard)) == (("taken", 1, ""), 1)
    assert json.loads(heard[0].partition(b"\r\n\r\n")[2]) == {
        "id": firing.pk,
        "alert": "Quiet days",
        "kind": "below",
        "metric": "revenue.revenue_kobo",
        "value": 0.0,
        "message": firing.message,
        "fired_at": "2026-11-21T08:00:00+01:00"
        if "+01:00" in firing.fired_at.isoformat()
        else "2026-11-21T07:00:00+00:00",
        "shop": "Zuka",
    }


def test_one_that_does_not_take_it_is_called_again_later() -> None:
    with listening(BUSY, OK) as (url, heard):
        firing = fire(url)
        assert call_waiting(at=MORNING) == 0
        assert state(firing) == ("waiting", 1, "The answer was 503.")
        assert call_waiting(at=MORNING + RETRIES[0] - timedelta(seconds=1)) == 0
        assert call_waiting(at=MORNING + RETRIES[0]) == 1
    assert (state(firing), len(heard)) == (("taken", 2, ""), 2)


def test_it_is_given_up_after_its_retries() -> None:
    firing, moment = fire("http://127.0.0.1:1/"), MORNING
    for pause in (*RETRIES, timedelta()):
        call_waiting(at=moment)
        moment += pause
    assert state(firing)[:2] == ("failed", len(RETRIES) + 1)
    assert (call_waiting(at=moment + timedelta(days=9)), "refused" in firing.call_error) == (0, True)


def test_an_address_of_our_own_network_is_refused_in_the_form_and_by_the_job(settings: Any) -> None:
    firing = fire("http://127.0.0.1:1/")
    settings.WEBHOOK_PRIVATE_ADDRESSES = False
    call_waiting(at=MORNING)
    assert state(firing)[2] == "The address must begin with https://."
    client, person = Client(), UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get_or_create(name="Owner")[0])
    person.is_superuser = True
    person.save()
    client.force_login(person)
    answer = client.post(reverse("admin:analytics_alert_add"), FORM | {"webhook_url": "https://127.0.0.1/"})
    assert "leads to a machine that is not on the internet" in answer.content.decode()
    assert Alert.objects.count() == 1


def test_the_secret_is_shown_to_who_may_change_the_alert() -> None:
    alert = make_alert("below", threshold=10, webhook_url="https://hooks.example.com/")
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    address = reverse("admin:analytics_alert_change", args=[alert.pk])
    assert alert.webhook_secret in client.get(address).content.decode()
