"""What comes in, as staff see it: whole tables."""

from typing import Any

import pytest

from analytics.ask import ask
from analytics.store.models import RejectedEvent
from tests.ingest.factories import make_key, moment, page_view, send
from zuka.platform import clock

NOBODY = "The event belongs to nobody; set `user_id` or `visitor_id` (an anonymous id)."
pytestmark = pytest.mark.django_db(transaction=True)


def rows(report_id: str, *left_out: str) -> list[tuple[object, ...]]:
    table = ask(report_id, period="today")
    places = [place for place, column in enumerate(table.columns) if column.name not in left_out]
    return [tuple(row[place] for place in places) for row in table.rows]


@pytest.fixture
def sent():
    key = make_key()
    library = {"library": {"name": "shop-app", "version": "2"}}
    at = moment(seconds=30)
    event = page_view(message_id="1", occurred_at=at, sent_at=moment(seconds=0), context=library)
    send([event, event, page_view(properties={"path": 5}), page_view(context={"consent": "denied"})], key=key)
    agent: dict[str, Any] = {"User-Agent": "curl/8.1"}
    send({"type": "page.viewed"}, key=key, **agent)


def test_health_shows_each_key_beside_what_became_of_its_events(sent):
    assert rows("ingest_health", "late", "clock", "last_at") == [
        (
            "Test",
            5,
            1,
            1,
            2,
            1,
            0.4,
            0,
            "The event belongs to nobody; set `user_id` or `visitor_id` (an anonymous id).",
        ),
        ("The shop itself", 0, 0, 0, 0, 0, None, 0, None),
    ]
    table = ask("ingest_health", period="today")
    late = table.rows[0][[column.name for column in table.columns].index("late")]
    assert 29 < late < 60
    assert table.series == [(clock.local_day(clock.now()), 1, 1, 2, 1)]


def test_clients_are_told_apart_by_name_and_version(sent):
    assert rows("ingest_clients", "late", "clock", "last_at") == [
        ("shop-app/2", "native", 1, 4, 1, 1, 1, 1),
        ("curl/8.1", "native", 1, 1, 0, 0, 1, 0),
    ]


def test_rejections_are_grouped_by_cause(sent):
    RejectedEvent.objects.filter(reason="missing_actor").update(replayed_at=clock.now(), replay="accepted")
    assert rows("rejections", "message", "last_at") == [
        ("Invalid Property", "page.viewed", "Test", "native", 1, 0),
        ("Missing Actor", "page.viewed", "Test", "native", 1, 1),
    ]
