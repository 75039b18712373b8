"""Two workers, a worker that dies between asking and applying, and messages that come twenty times: one charge."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now

from commerce.accounts.models import User
from commerce.payments.gateways import GATEWAYS
from commerce.payments.models import Lease, WebhookDelivery
from commerce.subscriptions.models import Subscription, SubscriptionCharge
from commerce.subscriptions.services import (
    ChangeUnderWay,
    SamePlan,
    cancel_subscription,
    change_plan,
    claim,
    renew_due,
    settle_waiting_charges,
)
from commerce.subscriptions.services.asking import debit
from tests.commerce.factories import NOON, UserFactory, at_once
from tests.commerce.payments.conftest import SECRETS
from tests.commerce.payments.test_webhooks import post
from tests.commerce.subscriptions.stories import (
    BACK,
    DAY,
    SYSTEM,
    charges,
    invoices,
    mails,
    make_plan,
    subscribed,
    take,
    taken_by,
    timeline,
)
from zuka.demo.providers.desk import Providers

pytestmark = pytest.mark.django_db(transaction=True)
BOTH = pytest.mark.parametrize("provider", ["paystack", "flutterwave"])
WORKER = """
import sys
from datetime import datetime
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
settings.PAYSTACK_SECRET_KEY, settings.PAYSTACK_URL = sys.argv[2], sys.argv[3]
from commerce.subscriptions.services import renew_due
renew_due(at=datetime.fromisoformat(sys.argv[4]))
"""


def end_of(found: Subscription) -> datetime:
    found.refresh_from_db()
    assert found.current_period_end
    return found.current_period_end


@BOTH
def test_workers_at_once_charge_each_subscription_once(providers: Providers, provider: str) -> None:
    plan = make_plan()
    people = UserFactory.create_batch(6)
    found = [subscribed(providers, user, plan, provider=provider) for user in people]
    first = end_of(found[0])

    at_once(*[lambda: renew_due(at=first)] * 4)

    assert taken_by(providers) == [500_000] * 6
    for each in found:
        assert (end_of(each) > first, timeline(each)[2:]) == (True, [("renewed", "active", 500_000, 0)])
        assert invoices(each)[1:] == [("renewal", "paid", 500_000, 0, 500_000)]
    assert mails().count("subscription.renewed") == 6


@BOTH
@pytest.mark.parametrize("is_asked", [False, True])
def test_a_worker_that_left_a_try_behind(*, providers: Providers, alice: User, provider: str, is_asked: bool) -> None:
    """It died after the row was written, before or after the provider had been asked; two others find it."""
    found = subscribed(providers, alice, make_plan(), provider=provider)
    first = end_of(found)
    claimed = claim(subscription_id=found.pk, at=first)
    assert claimed
    assert claimed[0]
    if is_asked:
        debit(GATEWAYS[provider], claimed[0])
    later = first + timedelta(minutes=10)

    at_once(*[lambda: renew_due(at=later)] * 3, *[lambda: settle_waiting_charges(at=later)] * 2)

    assert (taken_by(providers), charges(found)[-1][1]) == ([500_000], "paid")
    assert timeline(found)[2:] == [("renewed", "active", 500_000, 0)]
    assert mails() == ["subscription.started", "subscription.renewed"]


def test_a_process_killed_between_asking_and_applying(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    first = end_of(found)
    providers.hang_next(30)  # the provider does its work, and answers too late
    script = [sys.executable, "-c", WORKER, connection.settings_dict["NAME"]]
    worker = subprocess.Popen(
        [*script, SECRETS["PAYSTACK_SECRET_KEY"], providers.paystack_url, first.isoformat()], env=dict(os.environ)
    )
    try:
        ends = time.monotonic() + 60
        while not taken_by(providers) and time.monotonic() < ends:
            assert worker.poll() is None
            time.sleep(0.05)
        worker.send_signal(signal.SIGKILL)
    finally:
        worker.wait(timeout=10)
    assert (taken_by(providers), charges(found)[-1][1], mails()) == ([500_000], "pending", ["subscription.started"])

    Lease.objects.update(until=Now())  # what it held is over by then
    at_once(*[lambda: renew_due(at=first + timedelta(minutes=10))] * 2)

    assert (taken_by(providers), charges(found)[-1][1]) == ([500_000], "paid")
    assert (timeline(found)[2:], mails()[1:]) == ([("renewed", "active", 500_000, 0)], ["subscription.renewed"])


@BOTH
def test_a_message_twenty_times_at_once(providers: Providers, alice: User, provider: str) -> None:
    charge = take(alice, make_plan(), provider=provider)
    providers.settle(charge.reference)
    webhook = providers.webhook_for(charge.reference)

    answers = at_once(*[lambda: post(webhook)] * 20)

    assert [answer.status_code for answer in answers] == [200] * 20
    assert WebhookDelivery.objects.get().outcome == "charge paid"
    found = Subscription.objects.get()
    assert (timeline(found)[1:], mails()) == ([("started", "active", 500_000, 500_000)], ["subscription.started"])


@pytest.mark.parametrize("_round", range(2))
def test_messages_beside_the_job(*, providers: Providers, alice: User, _round: int) -> None:
    found = subscribed(providers, alice, make_plan())
    first = end_of(found)
    charged = threading.Event()

    def tell() -> None:
        ends = time.monotonic() + 20
        while not taken_by(providers) and time.monotonic() < ends:
            time.sleep(0.001)
        reference = SubscriptionCharge.objects.latest("id").reference
        charged.set()
        for _ in range(3):
            post(providers.webhook_for(reference))

    at_once(lambda: renew_due(at=first), lambda: renew_due(at=first), tell)

    assert charged.is_set()
    assert (timeline(found)[2:], taken_by(providers)) == ([("renewed", "active", 500_000, 0)], [500_000])


def test_two_upgrades_at_once_charge_one(providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan())
    plan = make_plan("professional")

    def upgrade() -> Any:
        try:
            return change_plan(user=alice, plan=plan, return_url=BACK, at=NOON + DAY, actor=SYSTEM)
        except (SamePlan, ChangeUnderWay) as refusal:  # who comes second is refused, and counted so below
            return refusal.code

    answers = at_once(upgrade, upgrade, upgrade)

    assert sum(not isinstance(each, str) for each in answers) == 1
    assert (len(taken_by(providers)), timeline(found)[2:]) == (1, [("upgraded", "active", 1_000_000, 500_000)])


def test_an_end_beside_a_renewal(providers: Providers, alice: User) -> None:
    """Whichever comes first: nothing is charged, or the period is paid and the last one."""
    found = subscribed(providers, alice, make_plan())
    first = end_of(found)

    at_once(lambda: renew_due(at=first), lambda: cancel_subscription(user=alice, at=first, actor=SYSTEM))
    renew_due(at=first)

    found.refresh_from_db()
    ended = (found.status, taken_by(providers)) == ("canceled", [])
    goes_on = (found.status, found.cancel_at_period_end, taken_by(providers)) == ("active", True, [500_000])
    assert ended or goes_on
