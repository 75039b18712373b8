"""What is declared of a replica; reading from a real one is tested by `./run.sh test-replica` (tests/replica)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from analytics.registry.reports import REPORTS
from analytics.report.narrowed import texts_of
from zuka.platform.config import read_settings
from zuka.platform.db.databases import PRIMARY, REPLICA, read_databases
from zuka.platform.replica.documents import REASONS
from zuka.platform.replica.lag import Lag, Places
from zuka.platform.replica.reading import NotOnReplica, known_until, read_somewhere, reading_alias, reading_from
from zuka.platform.replica.standing import Standing

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_reports_about_the_primary_itself_say_so() -> None:
    words = ("pg_stat", "pg_class")
    about = {name for name, each in REPORTS.items() for text in texts_of(each) if any(word in text for word in words)}
    assert about == {name for name, each in REPORTS.items() if each.of_primary}


def test_databases_come_from_the_settings() -> None:
    url = "postgresql://reader:secret@replica:5433/shop?sslmode=require&connect_timeout=9"
    values, problems = read_settings({"DEBUG": "true", "REPLICA_DATABASE_URL": url, "DATABASE_POOLED": "true"})
    assert problems == []
    found = read_databases(values)
    assert list(found) == [PRIMARY, REPLICA]
    told = found[REPLICA]
    assert (told["HOST"], told["PORT"], told["USER"], told["NAME"]) == ("replica", "5433", "reader", "shop")
    assert (told["OPTIONS"]["sslmode"], told["OPTIONS"]["connect_timeout"]) == ("require", "9")
    assert (told["OPTIONS"]["prepare_threshold"], told["DISABLE_SERVER_SIDE_CURSORS"]) == (None, True)
    assert list(read_databases({**values, "REPLICA_DATABASE_URL": ""})) == [PRIMARY]


@pytest.mark.parametrize("wrong", [{"REPLICA_DATABASE_URL": "mysql://x"}, {"REPLICA_MAX_LAG_SECONDS": "0"}])
def test_what_is_no_replica_s_setting_is_named(wrong: dict[str, str]) -> None:
    assert [each.name for each in read_settings({"DEBUG": "true", **wrong})[1]] == list(wrong)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_places_say_until_when_a_replica_has_everything() -> None:
    places = Places()
    assert places.until(1_000, None) is None
    assert places.until(1_000, after(-5)) == after(-5)
    places.seen.extend([(after(0), 100), (after(1), 200), (after(2), 200), (after(3), 300)])
    assert places.until(99, after(-5)) == after(-5)
    assert places.until(150, after(-5)) == after(0)
    assert places.until(200, after(-5)) == after(2)
    assert list(places.seen) == [(after(2), 200), (after(3), 300)]
    assert places.until(250, after(2.5)) == after(2.5)
    assert places.until(300, after(2.5)) == after(3)
    assert places.until(300, after(2.5)) == after(3)


@pytest.mark.parametrize(
    ("lag", "problem", "text", "is_near"),
    [
        (Lag(NOON, 0.0), "", "ok", True),
        (Lag(NOON, 30.0), "", "ok", True),
        (Lag(NOON, 42.4), "", "behind by 42 s", False),
        (Lag(None, None), "", "behind", False),
        (Lag(None, None), "away: OperationalError", "away: OperationalError", False),
    ],
)
def test_how_a_replica_is_in_words(lag: Lag, problem: str, text: str, is_near: bool) -> None:
    seen = Standing(lag, problem, 0.0)
    assert (seen.text, seen.is_near) == (text, is_near)


@pytest.mark.django_db
def test_without_one_all_is_read_from_the_primary_and_nothing_is_said_of_it() -> None:
    assert (read_somewhere(reading_alias), known_until(NOON)) == (PRIMARY, NOON)
    assert "replica" not in Client().get("/readyz").json()
    assert "\nzuka_replica_near " not in Client().get("/metrics").content.decode()


def test_who_has_chosen_is_asked_nothing_more() -> None:
    with reading_from(REPLICA):
        assert read_somewhere(reading_alias) == REPLICA
        with reading_from(PRIMARY):
            assert read_somewhere(reading_alias) == PRIMARY
        with pytest.raises(NotOnReplica):
            read_somewhere(fail)


def fail() -> None:
    raise NotOnReplica("gone")


def test_the_reasons_are_named_once() -> None:
    assert len({name for name, _ in REASONS}) == len(REASONS)
