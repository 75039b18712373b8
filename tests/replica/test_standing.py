"""A replica that falls behind, dies, comes back, ends statements or is none: nobody gets an error for it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from analytics.report.query import TooSlow
from tests.replica.conftest import ask, catch_up, pause, reads, resume, start
from zuka.platform.db.databases import PRIMARY, REPLICA
from zuka.platform.replica import standing
from zuka.platform.replica.reading import on_replica, read_somewhere, reading_alias, reading_connection
from zuka.up.replica import Replica

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=[PRIMARY, REPLICA]),
    pytest.mark.usefixtures("replica"),
]


def write() -> None:
    ask(PRIMARY, "SELECT pg_logical_emit_message(true, 'test', 'written')")


def look_anew() -> standing.Standing:
    """What is seen a second later."""
    time.sleep(standing.EVERY_SECONDS + 0.05)
    return standing.standing()


def test_a_quiet_night_is_no_lag(settings: Any) -> None:
    settings.REPLICA_MAX_LAG_SECONDS = 1
    write()
    catch_up()
    time.sleep(2)
    assert float(str(ask(REPLICA, "SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())"))) > 1.9
    seen = standing.standing()
    assert (seen.text, seen.lag.seconds) == ("ok", 0)
    assert read_somewhere(reading_alias) == REPLICA


def test_one_that_falls_behind_is_not_read_until_it_has_caught_up(settings: Any) -> None:
    settings.REPLICA_MAX_LAG_SECONDS = 2
    assert read_somewhere(reading_alias) == REPLICA
    pause()
    write()
    seen = look_anew()
    assert (seen.text, 0 < (seen.lag.seconds or 0) <= 2) == ("ok", True)
    time.sleep(1.5)
    seen = look_anew()
    assert seen.text.startswith("behind by ")
    assert 2 < (seen.lag.seconds or 0) < 15
    assert read_somewhere(reading_alias) == PRIMARY
    answer = Client().get("/readyz").json()
    assert answer["replica"] == seen.text
    assert Client().get("/metrics").content.decode().count("\nzuka_replica_near 0.0\n") == 1
    resume()
    assert look_anew().text == "ok"
    assert read_somewhere(reading_alias) == REPLICA
    assert Client().get("/readyz").json()["replica"] == "ok"
    assert reads() == {("replica", ""): 2, ("primary", "behind"): 1}


def test_it_is_looked_at_once_a_second_however_many_ask(django_assert_num_queries: Any) -> None:
    standing.standing()
    with django_assert_num_queries(0, using=PRIMARY), django_assert_num_queries(0, using=REPLICA):
        assert {read_somewhere(reading_alias) for _ in range(100)} == {REPLICA}


def test_one_that_dies_and_comes_back(replica: Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    def count() -> tuple[str, Any]:
        with reading_connection().cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
            return reading_alias(), cursor.fetchone()[0]

    alias, rows = read_somewhere(count)
    assert alias == REPLICA
    replica.kill()
    assert read_somewhere(count) == (PRIMARY, rows)
    assert read_somewhere(count) == (PRIMARY, rows)
    assert reads() == {("replica", ""): 1, ("primary", "failed"): 1, ("primary", "away"): 1}
    assert standing.standing().text.startswith("away: ")

    monkeypatch.setattr(standing, "AWAY_SECONDS", 0.1)
    time.sleep(0.2)
    assert read_somewhere(count) == (PRIMARY, rows)  # a thread looks meanwhile
    start(replica)
    end = time.monotonic() + 20
    while not standing.standing().is_near:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert read_somewhere(count) == (REPLICA, rows)
    assert not [each for each in threading.enumerate() if each.name == "replica" and each.is_alive()]


def test_a_statement_that_replaying_ends_is_run_on_the_primary_once() -> None:
    asked: list[str] = []

    def count() -> Any:
        asked.append(reading_alias())
        with transaction.atomic(using=reading_alias()), reading_connection().cursor() as cursor:
            cursor.execute("SELECT count(*) FROM platform_job_run")
            if on_replica():
                thread = threading.Thread(target=empty_table)
                thread.start()
                thread.join()
                cursor.execute("SELECT pg_sleep(20)")
            cursor.execute("SELECT 7")
            return cursor.fetchone()[0]

    def empty_table() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE platform_job_run")
        connections.close_all()

    assert read_somewhere(count) == 7
    assert asked == [REPLICA, PRIMARY]
    assert reads() == {("primary", "failed"): 1}
    catch_up()
    assert read_somewhere(reading_alias) == REPLICA


@pytest.mark.parametrize("statement", ["SELECT pg_sleep(5)", "CREATE TEMPORARY TABLE fails (id int)"])
def test_what_takes_too_long_or_must_write_is_asked_of_the_primary_once(statement: str) -> None:
    asked: list[str] = []

    def read() -> str:
        asked.append(reading_alias())
        if on_replica():
            with transaction.atomic(using=REPLICA), reading_connection().cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '200ms'")
                cursor.execute(statement)
        return "answered"

    assert read_somewhere(read) == "answered"
    assert asked == [REPLICA, PRIMARY]


def test_what_both_refuse_is_refused_once_to_who_asks() -> None:
    asked: list[str] = []

    def fail() -> None:
        asked.append(reading_alias())
        raise TooSlow("This took too long.", field="period")

    with pytest.raises(TooSlow):
        read_somewhere(fail, retried=(TooSlow,))
    assert asked == [REPLICA, PRIMARY]


def test_who_is_in_the_middle_of_writing_reads_what_it_wrote() -> None:
    with transaction.atomic():
        assert read_somewhere(reading_alias) == PRIMARY
    assert reads() == {("primary", "transaction"): 1}


def test_a_database_that_takes_writes_is_no_replica() -> None:
    told = connections[REPLICA].settings_dict
    before = dict(told)
    connections[REPLICA].close()
    told.update(PORT=connections[PRIMARY].settings_dict["PORT"])
    try:
        assert standing.standing().text == "takes writes: it is no replica"
        assert read_somewhere(reading_alias) == PRIMARY
    finally:
        connections[REPLICA].close()
        told.update(before)
