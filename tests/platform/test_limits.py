"""How often somebody may do something."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from zuka.platform.limits import Limit, network_of

AT = datetime(2026, 3, 10, 11, 59, 50, tzinfo=UTC)
LIMIT = Limit("tries", most=2, seconds=60)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget what other tests counted."""
    cache.clear()


def test_so_many_in_a_span_and_then_how_long_to_wait() -> None:
    assert [LIMIT.take("ada", at=AT) for _ in range(4)] == [0, 0, 10, 10]
    assert LIMIT.take("eve", at=AT) == 0
    assert LIMIT.take("ada", at=AT + timedelta(seconds=10)) == 0


def test_what_should_not_have_counted_is_given_back_once() -> None:
    assert [LIMIT.take("ada", at=AT) for _ in range(2)] == [0, 0]
    LIMIT.give_back("ada", at=AT)
    assert [LIMIT.take("ada", at=AT) for _ in range(2)] == [0, 10]
    LIMIT.give_back("nobody", at=AT)
    assert [LIMIT.take("nobody", at=AT) for _ in range(3)] == [0, 0, 10]


def test_who_is_counted_cannot_be_read_in_the_cache() -> None:
    assert "10.0.0.1" not in LIMIT.key("10.0.0.1", AT)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_of_ipv6_the_network_counts(address: str, network: str) -> None:
    assert network_of(address) == network
