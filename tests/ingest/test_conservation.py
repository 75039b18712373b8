"""Conservation: received = accepted + duplicate + rejected + dropped, per key and hour, whatever is sent."""

from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.rollup.tallies import fold_tallies
from analytics.track import track
from tests.ingest.factories import make_key, moment, page_view, send
from zuka.platform import clock
from zuka.platform.actor import Actor
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)
SUMS = "sum(received), sum(accepted), sum(duplicate), sum(rejected), sum(dropped)"


def counted(select: str = SUMS) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT door, {select} FROM ingest_counts GROUP BY door ORDER BY door")
        return [(row[0], *(int(value) for value in row[1:])) for row in cursor.fetchall()]


def count_rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def test_a_request_is_counted_by_key_door_client_and_hour():
    key = make_key()
    context = {"library": {"name": "shop-app", "version": "1.4"}}
    send([page_view(message_id="1", context=context), {"type": "page.viewed"}], key=key, path="/api/v1/events")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hour, source_key, door, client, sum(received), sum(accepted), sum(rejected)"
            " FROM ingest_counts GROUP BY hour, source_key, door, client"
        )
        [(hour, source, *rest)] = cursor.fetchall()
    assert rest == ["native", "shop-app/1.4", 2, 1, 1]
    assert source == ApiKey.objects.get().id
    assert (hour.minute, hour.second, hour.date()) == (0, 0, clock.now().date())


def test_a_retry_and_a_repeat_are_duplicates():
    key = make_key()
    batch = [page_view(message_id="1", occurred_at=moment(seconds=5)), page_view(message_id="2")]
    send([*batch, batch[0]], key=key)
    send(batch, key=key)
    assert counted() == [("native", 5, 2, 3, 0, 0)]


def test_a_displaced_event_is_counted_once_too():
    key = make_key()
    late = page_view(message_id="1", occurred_at=moment(hours=3), sent_at=moment(hours=2))
    send([late, page_view(message_id="2")], key=key)
    send([late], key=key)
    assert counted() == [("native", 3, 2, 1, 0, 0)]


def test_what_the_store_will_not_take_is_counted_as_rejected():
    key = make_key("secret", scopes=["track", "import"])
    send([page_view(message_id="1"), page_view(message_id="2", occurred_at="1999-12-31T00:00:00Z")], key=key)
    assert counted() == [("native", 2, 1, 0, 1, 0)]


def test_the_shops_own_facts_are_counted():
    actor = Actor(user_id="5678")
    for _ in range(2):
        track("order.paid", actor=actor, at=clock.now(), message_id="order.paid:1", order_id="1", amount=5)
    track("order.paid", actor=actor, at=clock.now(), amount=5)
    assert counted() == [("track", 3, 1, 1, 1, 0)]


def test_folding_changes_no_number():
    key = make_key()
    for number in range(3):
        send([page_view(message_id=str(number)), {"type": "page.viewed"}], key=key)
    before = counted()
    fold_tallies()
    assert (counted(), count_rows("analytics_ingest_tallies"), count_rows("analytics_ingest_hours")) == (before, 0, 1)
    send(page_view(message_id="1"), key=key)
    fold_tallies()
    assert counted() == [("native", 7, 3, 1, 3, 0)]
    assert count_rows("analytics_ingest_hours") == 1


GOOD = st.builds(lambda number: page_view(message_id=f"m{number}", occurred_at=None), st.integers(0, 6))
LATE = st.builds(
    lambda number: page_view(
        message_id=f"l{number}", occurred_at="2026-01-01T00:00:00Z", sent_at="2026-01-01T00:00:01Z"
    ),
    st.integers(0, 3),
)
NAMELESS = st.builds(page_view)
BAD = st.sampled_from([17, {"type": "page.viewed"}, {"visitor_id": "ada"}, page_view(properties=[])])
REFUSED_CONSENT = st.builds(lambda: page_view(context={"consent": "denied"}))
EVENTS = st.lists(st.one_of(GOOD, LATE, NAMELESS, BAD, REFUSED_CONSENT), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENTS, max_size=4))
def test_random_mixes_are_conserved_and_agree_with_the_tables(requests):
    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE analytics_events, analytics_rejected_events, analytics_displaced, analytics_ingest_tallies,"
            " analytics_ingest_hours"
        )
    key = make_key()
    answers = [send(request, key=key) for request in requests]
    names = ("received", "accepted", "duplicate", "rejected", "dropped")
    told = tuple(sum(answer[name] for answer in answers) for name in names)
    assert told[0] == sum(len(request) for request in requests) == sum(told[1:])
    assert counted() == ([("native", *told)] if told[0] else [])
    assert count_rows("analytics_events") == told[1]
    assert count_rows("analytics_rejected_events") == told[3]
