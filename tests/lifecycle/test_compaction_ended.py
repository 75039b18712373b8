"""Compaction that is killed, or done by two at once, loses nothing and doubles nothing."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import OperationalError, connection, connections, transaction

from analytics.lifecycle.compaction.running import compact, compact_due, due_months
from analytics.rollup.fill import fill_day
from tests.lifecycle.ages import JANUARY, NOW, answers, kept, read, tell, today
from tests.lifecycle.months import counted

pytestmark = pytest.mark.django_db(transaction=True)
MONTHS = [("December 2022", "month", 14, 7), ("January 2023", "month", 16, 8), ("February 2023", "month", 8, 7)]
PERIOD = (date(2022, 12, 1), date(2023, 2, 28))
KILL = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND wait_event_type = 'Lock'
"""


def test_killed_between_months_and_within_one_it_goes_on_where_it_was() -> None:
    with today():
        tell()
        before, numbers = answers(PERIOD), counted()
        december, january, _ = due_months(at=NOW)
        failed: list[BaseException] = []

        def work() -> None:
            try:
                compact(december)
                compact(january)
            except OperationalError as error:
                failed.append(error)
            finally:
                connections.close_all()

        worker = threading.Thread(target=work)
        with transaction.atomic():
            # January's rows of the last table are held, so it waits there, with two tables done.
            read("SELECT 1 FROM rollup_landings WHERE day >= '2023-01-01' FOR UPDATE")
            worker.start()
            while not failed:
                read("SELECT pg_stat_clear_snapshot()::text")
                read(KILL)
                worker.join(0.05)
        worker.join()
        assert kept() == MONTHS[:1]
        assert answers(PERIOD) == before
        for table, rows in counted().items():
            assert [row for row in rows if row[0] == JANUARY] == [row for row in numbers[table] if row[0] == JANUARY]
        assert [str(each) for each in compact_due(at=NOW).compacted] == ["January 2023", "February 2023"]
        assert (kept(), answers(PERIOD)) == (MONTHS, before)


def test_two_at_once_and_somebody_who_counts_do_it_once() -> None:
    with today():
        tell()
        before = answers(PERIOD)
        errors: list[BaseException] = []

        def work(turn: int) -> None:
            try:
                if turn == 2:
                    for day in (JANUARY, date(2023, 1, 17)) * 3:
                        fill_day(day=day)
                else:
                    compact_due(at=NOW)
            except BaseException as error:  # noqa: BLE001 - told by the assertion below
                errors.append(error)
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work, args=(turn,)) for turn in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert errors == []
        assert (kept(), answers(PERIOD)) == (MONTHS, before)
        assert connection.in_atomic_block is False
