from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from analytics.ingest.identity import fresh_id, stable_id, uuid7_moment

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MOMENTS = st.integers(86_400, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, tz=UTC))
KEY, OTHER = b"k" * 16, b"o" * 16


@given(st.text(max_size=200), MOMENTS)
def test_an_id_is_the_same_for_every_retry_and_ordered_by_the_clients_time(message_id, at):
    first = stable_id(source=KEY, message_id=message_id, client_at=at)
    later = stable_id(source=KEY, message_id=message_id, client_at=at + timedelta(milliseconds=1))
    assert first == stable_id(source=KEY, message_id=message_id, client_at=at)
    assert first < later
    assert first.version == 8


def test_keys_messages_and_milliseconds_tell_events_apart():
    ids = {
        stable_id(source=KEY, message_id="1", client_at=NOON),
        stable_id(source=OTHER, message_id="1", client_at=NOON),
        stable_id(source=KEY, message_id="2", client_at=NOON),
        stable_id(source=KEY, message_id="1", client_at=None),
        fresh_id(NOON),
        fresh_id(NOON),
    }
    assert len(ids) == 6


def test_without_a_client_time_an_id_does_not_depend_on_arrival():
    assert stable_id(source=KEY, message_id="1", client_at=None).int >> 80 == 0


def test_the_time_inside_a_uuid7_is_read():
    assert uuid7_moment(str(fresh_id(NOON))) == NOON
    assert uuid7_moment(str(UUID(int=7))) is None
    assert uuid7_moment("not-a-uuid-but-7-and-of-36-characters") is None
    assert uuid7_moment(str(fresh_id(datetime.now(UTC) + timedelta(days=3)))) is None
