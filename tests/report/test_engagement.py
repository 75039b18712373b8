"""What customers are told and wish for, as whole tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from analytics.ask import ask
from analytics.report.scope import Scope
from commerce.cart.models import Cart, CartReminder, Wishlist
from commerce.notifications.models import Notification
from tests.commerce.factories import UserFactory
from tests.rollup.story import SATURDAY, at, make_product
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
NOW = at(SATURDAY, 20)
TODAY = {"period": "today", "compare": "none"}


def test_notices_and_mails_by_what_they_are_about() -> None:
    people = [UserFactory.create(), UserFactory.create(), UserFactory.create(is_test=True)]
    for place, person in enumerate(people):
        told = {"key": f"n{place}", "kind": "order.placed", "title": "x", "created_at": NOW}
        Notification.objects.create(user=person, read_at=NOW if place == 0 else None, **told)
    Notification.objects.create(user=people[0], key="old", kind="x", title="x", created_at=NOW - timedelta(days=1))
    for place, (template, status) in enumerate(
        (("order.placed", "sent"), ("order.placed", "failed"), ("order.placed", "queued"), ("report.mailed", "sent"))
        + (("cart.reminder", "sent"),) * 2
    ):
        kept = {"key": f"m{place}", "template": template, "recipient": "a@example.com", "subject": "x", "text": "x"}
        moments = dict.fromkeys(("queued_at", "next_attempt_at"), NOW)
        mail = OutgoingMail.objects.create(**kept, html="x", status=status, sent_at=NOW, **moments)
        assert mail.pk
    cart = Cart.objects.create(user=people[0], status="abandoned", last_active_at=NOW)
    CartReminder.objects.create(cart=cart, sent_at=NOW, opened_at=NOW)
    with time_machine.travel(NOW, tick=False):
        table = ask("messages", **TODAY)
    assert table.rows == [("Order placed", 2, 1, 0.5, 1, None, 1), ("Cart reminder", 0, 0, None, 2, 1, 0)]
    assert tuple(table.totals.values()) == (2, 1, 0.5, 3, 1, 1)


def test_wishes_by_product_and_of_a_brand() -> None:
    gown, cap = make_product("gown", "Gown"), make_product("cap", "Cap")
    people = [UserFactory.create(), UserFactory.create(), UserFactory.create(is_test=True)]
    for person in people:
        Wishlist.objects.create(user=person, product=gown, added_at=NOW)
    Wishlist.objects.create(user=people[0], product=cap, added_at=NOW)
    Wishlist.objects.create(user=people[1], product=cap, added_at=NOW - timedelta(days=1))
    with time_machine.travel(NOW, tick=False):
        table, none = ask("wishes", **TODAY), ask("wishes", Scope(()), **TODAY)
    assert table.rows == [("gown", "Gown", 2, 2), ("cap", "Cap", 1, 1)]
    assert table.totals == {"wishes": 3, "people": 2}
    assert (none.rows, none.totals) == ([], {"wishes": 0, "people": 0})
