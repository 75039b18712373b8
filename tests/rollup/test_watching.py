"""Keys are watched: silence and too many rejections open an alert once, and close it when they are over."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from analytics.rollup.watching import watch_keys
from analytics.store.models import IngestAlert, IngestHour
from tests.ingest.factories import make_key
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 14, 20, tzinfo=UTC)
HOUR = NOW.replace(minute=0)


def count(hours_ago: int, *, accepted: int, rejected: int = 0) -> None:
    nothing = dict.fromkeys(("duplicate", "dropped", "bots", "skewed", "late_ms", "clock_ms", "clocked"), 0)
    hour = HOUR - timedelta(hours=hours_ago)
    IngestHour.objects.create(
        hour=hour,
        source_key=key_id(),
        door="native",
        client=f"{hours_ago}",
        last_at=hour,
        received=accepted + rejected,
        accepted=accepted,
        rejected=rejected,
        **nothing,
    )


def key_id() -> UUID:
    return ApiKey.objects.get().id


@pytest.fixture
def usual():
    make_key()
    for day in range(1, 8):
        for hour in (0, 1, 12):
            count(day * 24 + hour, accepted=99, rejected=1)


def alerts() -> list[tuple[Any, ...]]:
    return list(IngestAlert.objects.order_by("id").values_list("kind", "message", "closed_at"))


def test_a_key_that_sends_as_ever_is_left_alone(usual):
    count(0, accepted=90, rejected=1)
    assert (watch_keys(at=NOW), alerts()) == ([], [])


def test_silence_is_noticed_once_and_ends(usual):
    message = "Test has sent nothing for an hour or more; usual are 200 events in two hours."
    assert [str(alert) for alert in watch_keys(at=NOW)] == [message]
    assert watch_keys(at=NOW) == []
    count(0, accepted=1)
    assert watch_keys(at=NOW + timedelta(minutes=10)) == []
    assert alerts() == [("silent", message, NOW + timedelta(minutes=10))]


def test_a_quiet_hour_of_the_day_is_no_silence(usual):
    assert watch_keys(at=NOW + timedelta(hours=6)) == []


def test_many_rejections_are_noticed(usual):
    count(0, accepted=40, rejected=10)
    watch_keys(at=NOW)
    assert alerts() == [("rejecting", "20% of what Test sends is rejected; usual is 1.0%.", None)]


def test_a_revoked_key_is_not_missed(usual):
    ApiKey.objects.update(status=ApiKey.Status.REVOKED, revoked_at=NOW)
    assert watch_keys(at=NOW) == []
