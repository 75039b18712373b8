"""Never more than a bucket holds, in Valkey and in PostgreSQL, however many ask at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from zuka.platform import clock
from zuka.platform.models import RateBucket
from zuka.platform.throttling import buckets
from zuka.platform.throttling.buckets import Subject, forget_full_buckets, take
from zuka.platform.throttling.rules import Rule

pytestmark = pytest.mark.django_db(transaction=True)
LIMIT = 50


@pytest.fixture(params=["valkey", "postgres"])
def store(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Count in one store, then in the other."""
    if request.param == "postgres":
        monkeypatch.setattr(settings, "REDIS_URL", "")
    elif not settings.REDIS_URL:
        pytest.fail("There is no Valkey: run tests by ./run.sh test.")
    yield request.param
    assert RateBucket.objects.exists() is (request.param == "postgres")


def ask_at_once(threads: int, subjects: list[Subject], **options: Any) -> list[bool]:
    """Ask from so many threads at once, and return who got some."""

    def ask(_number: int) -> bool:
        try:
            return take(subjects, **options).is_taken
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(ask, range(threads)))


def test_of_200_threads_no_more_than_the_limit_pass(store: str) -> None:
    threads = 200 if store == "valkey" else 80
    subjects = [Subject(Rule("*", "free", "key", per_hour=LIMIT, per_day=LIMIT * 2), "ada")]
    assert sum(ask_at_once(threads, subjects)) == LIMIT


@pytest.mark.usefixtures("store")
def test_everything_is_taken_or_nothing() -> None:
    key = Subject(Rule("events-*", "", "key", per_hour=100), "key")
    visitor = Subject(Rule("events-*", "", "visitor", per_hour=5), "eve")
    assert [take([key, visitor], costs=[cost, cost]).is_taken for cost in (3, 3, 2)] == [True, False, True]
    assert [round(each.tokens) for each in take([key]).left] == [94]


@pytest.mark.usefixtures("store")
def test_a_burst_passes_at_once_and_more_as_the_hour_allows() -> None:
    subjects = [Subject(Rule("*", "free", "key", per_hour=18_000, burst=3), "ada")]
    assert [take(subjects).is_taken for _ in range(3)] == [True, True, True]
    refused = take(subjects, costs=[3])
    assert [left.bucket.span for left in refused.left] == ["hour", "burst"]
    assert (refused.is_taken, refused.wait) == (False, 1)
    time.sleep(0.65)
    assert take(subjects, costs=[3]).is_taken is True


@pytest.mark.usefixtures("store")
def test_buckets_of_others_are_others() -> None:
    rule, other = Rule("*", "free", "key", per_hour=1), Rule("reports", "free", "key", per_hour=1)
    takings = [take([subject]) for subject in (Subject(rule, "ada"), Subject(rule, "bob"), Subject(other, "ada"))]
    assert [taken.is_taken for taken in takings] == [True, True, True]
    assert (take([Subject(rule, "ada")]).is_taken, take([Subject(rule, "ada")]).wait > 3500) == (False, True)
    assert take([]).is_taken is True


def test_while_valkey_is_away_postgresql_counts_from_full_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    subjects = [Subject(Rule("*", "free", "key", per_hour=2), "ada")]
    assert [take(subjects).is_taken for _ in range(3)] == [True, True, False]
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    assert [take(subjects).is_taken for _ in range(3)] == [True, True, False]
    assert time.monotonic() < buckets._pause["until"] < time.monotonic() + 1.1
    monkeypatch.setitem(buckets._pause, "until", 0.0)


def test_full_buckets_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "")
    take([Subject(Rule("*", "free", "key", per_hour=2, burst=1), "ada")])
    now = clock.now()
    assert [forget_full_buckets(at=now + timedelta(days=days)) for days in (1, 3)] == [0, 2]


def test_whose_a_bucket_is_cannot_be_read() -> None:
    subject = Subject(Rule("*", "free", "ip", per_hour=2), "10.0.0.1")
    assert [len(subject.name_of(bucket)) for bucket in subject.rule.buckets] == [32]
    assert "10.0.0.1" not in subject.name_of(subject.rule.buckets[0])
