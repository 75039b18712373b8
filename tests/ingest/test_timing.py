from datetime import UTC, datetime, timedelta

import pytest

from analytics.ingest.timing import Unreadable, read_moment, settle_time

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("client_at", "sent_at", "expected", "corrected"),
    [
        (None, None, NOON, False),
        (NOON - HOUR, None, NOON - HOUR, False),
        (NOON + MINUTE, None, NOON, True),
        (NOON - HOUR, NOON - 9 * MINUTE, NOON - HOUR, False),
        (NOON - HOUR, NOON + 10 * MINUTE, NOON - HOUR, False),
        (NOON + MINUTE, NOON + MINUTE, NOON, True),
        (NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR, True),
        (NOON + 24 * HOUR, NOON + 25 * HOUR, NOON - HOUR, True),
        (NOON - HOUR, NOON - 2 * HOUR, NOON, True),
    ],
    ids=[
        "no time: arrival",
        "no sent_at: the client's",
        "future without sent_at: arrival",
        "clocks agree: the client's",
        "ten minutes apart still agree",
        "clocks agree but future: arrival",
        "clock two hours behind: corrected",
        "clock a day ahead: corrected",
        "sent before it happened: arrival",
    ],
)
def test_time_is_the_clients_where_the_clocks_agree(client_at, sent_at, expected, corrected):
    assert settle_time(client_at=client_at, sent_at=sent_at, received_at=NOON) == (expected, corrected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("2026-11-20T12:00:00Z", NOON),
        ("2026-11-20T13:00:00+01:00", NOON),
        ("2026-11-20T12:00:00", NOON),
        ("2026-11-20 12:00:00.000Z", NOON),
        (1795176000, NOON),
        (1795176000000, NOON),
        (1795176000000.0, NOON),
    ],
)
def test_moments_are_read_in_every_form_that_clients_send(value, expected):
    assert read_moment(value) == expected


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", {}, [], True, 1e300, float("nan"), float("inf")])
def test_what_is_no_moment_is_refused(value):
    with pytest.raises(Unreadable):
        read_moment(value)
