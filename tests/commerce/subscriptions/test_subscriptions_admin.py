from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.models import User
from commerce.subscriptions.models import Subscription, SubscriptionCharge, SubscriptionInvoice, SubscriptionRefund
from commerce.subscriptions.services import renew_due
from tests.commerce.factories import UserFactory
from tests.commerce.subscriptions.stories import make_plan, subscribed, taken_by
from zuka.demo.providers.desk import Providers
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db


def page_of(thing: Any, button: str = "") -> str:
    model = thing._meta.model_name
    name = f"admin:commerce_{model}_{button}" if button else f"admin:commerce_{model}_change"
    return reverse(name, args=[thing.pk])


def press(client: Client, thing: Any, button: str, **fields: Any) -> Any:
    return client.post(page_of(thing, button), {**fields, "_form_submitted": "True"}, headers={"HX-Request": "true"})


def test_lists_ask_the_database_as_often_for_three(staff_client: Client, providers: Providers) -> None:
    plan = make_plan()
    names = ("plan", "subscription", "subscriptioninvoice", "subscriptionrefund")
    counts = []
    for people in (1, 2):
        for _ in range(people):
            subscribed(providers, UserFactory.create(), plan, at=now())
        for name in names:
            staff_client.get(reverse(f"admin:commerce_{name}_changelist"))
            with CaptureQueriesContext(connection) as asked:
                answer = staff_client.get(reverse(f"admin:commerce_{name}_changelist"))
            counts.append((answer.status_code, len(asked)))
    assert counts[:4] == counts[4:]
    assert {status for status, _ in counts} == {200}


def test_pages_show_the_timeline_and_the_money(staff_client: Client, providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan(), at=now())
    page = staff_client.get(page_of(found)).content.decode()
    assert all(words in page for words in ("Paid for the first time", "+₦5,000.00", "SUB-", "Visa •••• 4081"))
    invoice = staff_client.get(page_of(SubscriptionInvoice.objects.get())).content.decode()
    assert SubscriptionCharge.objects.get().reference in invoice
    assert found.authorization not in page + invoice


def test_staff_end_go_on_and_charge(staff_client: Client, providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan(), at=now())
    ends = []
    for button, fields in (("end", {"reason": "Asked by phone"}), ("go_on", {})):
        press(staff_client, found, button, **fields)
        found.refresh_from_db()
        ends.append(found.cancel_at_period_end)
    assert ends == [True, False]

    reference = SubscriptionCharge.objects.get().reference
    providers.set_card(reference, "declined")
    due = found.current_period_end
    assert due
    renew_due(at=due)
    providers.set_card(reference, "pays")
    press(staff_client, found, "retry")
    renew_due(at=due)
    found.refresh_from_db()
    assert (found.status, taken_by(providers)) == ("active", [500_000])


def test_who_may_not_steer_has_no_buttons(client: Client, providers: Providers, alice: User) -> None:
    found = subscribed(providers, alice, make_plan(), at=now())
    viewer = UserFactory.create(is_staff=True)
    viewer.groups.add(Group.objects.get(name="Support"))
    client.force_login(viewer)
    invoice = SubscriptionInvoice.objects.get()
    assert press(client, invoice, "refund", amount="1", reason="x", request_key=str(uuid4())).status_code in {302, 403}
    assert not SubscriptionRefund.objects.exists()
    viewer.groups.set([Group.objects.get(name="Analyst")])
    assert client.get(page_of(found)).status_code == 403
    assert Subscription.objects.get().cancel_at_period_end is False
