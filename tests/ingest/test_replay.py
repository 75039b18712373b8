"""Rejected events mended and replayed: stored once, counted as what they became, refused again with the reason."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import reverse

from analytics.ingest.replay import Mend, Replayed, replay_events
from analytics.store.models import RejectedEvent
from tests.ingest.factories import counts, make_key, moment, page_view, rejected, send, stored
from tests.ingest.test_conservation import counted
from zuka.platform import clock
from zuka.platform.keys.finding import forget_keys
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)


def replay(**mend: Any) -> Replayed:
    ids = RejectedEvent.objects.order_by("id").values_list("id", flat=True)
    return replay_events(ids=ids, mend=Mend(**mend), at=clock.now())


def test_a_key_that_is_no_longer_strict_lets_its_events_in():
    key = make_key(is_strict=True)
    at = moment(hours=2)
    send([page_view(type="Danced", message_id="1", occurred_at=at), page_view(message_id="2")], key=key)
    assert replay() == Replayed(refused=1, problems=("This key takes declared event types only, not 'Danced'.",))
    ApiKey.objects.update(is_strict=False)
    assert replay() == Replayed(accepted=1)
    assert replay() == Replayed(skipped=1)
    assert stored("event_type", "message_id") == [("custom.danced", "1"), ("page.viewed", "2")]
    assert counted() == [("native", 2, 2, 0, 0, 0)]
    assert rejected("replay") == [("accepted",)]


def test_a_replayed_event_and_its_clients_retry_are_one():
    key = make_key(is_strict=True)
    event = page_view(type="Danced", message_id="1", occurred_at=moment(seconds=30))
    send(event, key=key)
    ApiKey.objects.update(is_strict=False)
    forget_keys()
    assert replay() == Replayed(accepted=1)
    assert counts(send(event, key=key)) == (0, 1, 0)
    send(page_view(properties={"path": 5}, message_id="3"), key=key)
    assert stored("message_id") == [("1",)]


def test_an_event_that_was_stored_meanwhile_is_a_duplicate():
    key = make_key(is_strict=True)
    event = page_view(type="Danced", message_id="1", occurred_at=moment(seconds=30))
    send(event, key=key)
    ApiKey.objects.update(is_strict=False)
    forget_keys()
    send(event, key=key)
    assert replay() == Replayed(duplicate=1)
    assert (len(stored("id")), rejected("replay")) == (1, [("duplicate",)])


def test_a_new_name_is_remembered_for_later_events():
    key = make_key(is_strict=True)
    bought = {"type": "Bought It", "visitor_id": "ada", "properties": {"order_id": "o1"}}
    send([{**bought, "message_id": "1"}, {**bought, "message_id": "2"}], key=key)
    assert replay(rename="order.created", remember=True) == Replayed(accepted=2)
    forget_keys()
    assert counts(send({**bought, "type": "bought_it", "message_id": "3"}, key=key)) == (1, 0, 0)
    assert stored("event_type", "order_ref") == [("order.created", "o1")] * 3


@pytest.mark.parametrize(
    ("properties", "left_out", "kept"),
    [
        ({"product_id": "p1", "price": "a lot"}, "price", {"product_id": "p1"}),
        (
            {"product_id": "p1", "price": "x", "deep": {"a": 1}},
            "properties.price",
            {"product_id": "p1", "deep": {"a": 1}},
        ),
    ],
)
def test_a_property_is_left_out(properties, left_out, kept):
    send({"type": "product.viewed", "visitor_id": "ada", "properties": properties}, key=make_key())
    assert replay(drop_field="nothing.here").refused == 1
    assert replay(drop_field=left_out) == Replayed(accepted=1)
    assert RejectedEvent.objects.get().replayed_at is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT properties FROM analytics_events")
        assert json.loads(cursor.fetchone()[0]) == kept


def test_a_body_that_could_not_be_read_is_refused_again():
    send(b"{", key=make_key(), status=400)
    assert replay() == Replayed(refused=1, problems=("It could not be read, or its key is gone.",))


def test_two_replays_at_once_store_each_event_once():
    key = make_key(is_strict=True)
    send([page_view(type="Danced", message_id=str(number)) for number in range(40)], key=key)
    ApiKey.objects.update(is_strict=False)
    ids = list(RejectedEvent.objects.values_list("id", flat=True))

    def run(_number: int) -> int:
        try:
            return replay_events(ids=ids, mend=Mend(), at=clock.now()).accepted
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(run, range(4))) == 40
    assert len(stored("id")) == 40
    assert counted() == [("native", 40, 40, 0, 0, 0)]


def test_staff_try_a_mend_and_replay_in_the_back_office():
    key = make_key(is_strict=True)
    send([page_view(type="Danced", message_id="1")], key=key)
    staff = Client()
    staff.force_login(get_user_model().objects.create_superuser("staff@example.com", "a-password"))
    [event] = RejectedEvent.objects.all()
    url = reverse("admin:analytics_rejectedevent_changelist")
    chosen = {"action": "mend_and_replay", "_selected_action": [str(event.id)]}
    page = staff.post(url, chosen)
    assert page.context["trial"] == {
        "tried": 1,
        "accepted": 0,
        "problems": ["This key takes declared event types only, not 'Danced'."],
    }
    page = staff.post(url, {**chosen, "try": "1", "rename": "page.viewed"})
    assert (page.context["trial"]["accepted"], stored("id")) == (1, [])
    page = staff.post(url, {**chosen, "try": "1", "remember": "on"})
    assert page.context["form"].errors == {"rename": ["Say which name to keep."]}
    page = staff.post(url, {**chosen, "replay": "1", "rename": "page.viewed", "remember": "on"}, follow=True)
    assert "1 stored, 0 were stored before." in page.content.decode()
    assert stored("event_type") == [("page.viewed",)]
    assert ApiKey.objects.get().event_aliases == {"Danced": "page.viewed"}
