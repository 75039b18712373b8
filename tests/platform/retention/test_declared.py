"""What is kept is declared for every table, can be done, and is done by jobs that exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from zuka.platform.config import SETTINGS
from zuka.platform.retention.declaring import SWEEP, Kept, Way, every_table, kept_entries, retention_problems
from zuka.platform.retention.spans import days, months, years
from zuka.schedule import SCHEDULE

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
RUNS = Kept("Analytics", ("analytics.refreshrun",), "Runs.", span=days(count=1), task=SWEEP, column="started_at")


def test_every_table_says_how_long_it_is_kept_and_by_which_job_it_goes() -> None:
    """A new model fails here until its package's `retention.py` has an entry."""
    assert list(retention_problems(kept_entries())) == []


def test_what_goes_goes_by_a_job_that_runs() -> None:
    running = {job.task for job in SCHEDULE}
    assert [each.tables for each in kept_entries() if each.span and each.task not in running] == []
    assert {each.task for each in kept_entries() if each.emptied} == {SWEEP}


def test_no_job_takes_the_shops_books() -> None:
    books = {"commerce.order", "commerce.orderline", "commerce.payment", "commerce.refund", "commerce.pointsentry"}
    found = {table: each.span for each in kept_entries() for table in each.tables if table in books}
    assert found == dict.fromkeys(books)


def test_what_decision_38_names_is_kept_as_long() -> None:
    named = {
        "analytics.rejectedevent": ("90", "day"),
        "platform.apiusage": ("90", "day"),
        "analytics.hourlyapiperformance": ("13", "month"),
        "pets.petconversation": ("12", "month"),
        "platform.auditentry": ("7", "year"),
    }
    defaults = {each.name: each.default for each in SETTINGS}
    spans = {table: each.span for each in kept_entries() for table in each.tables if table in named and each.span}
    assert {table: (defaults[span.setting], span.unit) for table, span in spans.items()} == named


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ([RUNS, RUNS], "analytics.refreshrun is declared twice."),
        ([replace(RUNS, tables=("analytics.nothing",))], "analytics.nothing is declared, and there is no such table."),
        ([replace(RUNS, span=None)], "analytics.refreshrun: it needs either a span or the reason why it stays."),
        ([replace(RUNS, why="Small.")], "analytics.refreshrun: it needs either a span or the reason why it stays."),
        ([replace(RUNS, task="")], "analytics.refreshrun: no job is named by which it goes."),
        ([replace(RUNS, span=days("NO_DAYS"))], "analytics.refreshrun: there is no setting NO_DAYS."),
        ([replace(RUNS, column="")], "analytics.refreshrun: the job cannot know what is old without a column."),
        ([replace(RUNS, column="ended_at")], "analytics.refreshrun: there is no column ended_at."),
        (
            [Kept("Shop", ("commerce.notification",), "Notices.", why="Few.")],
            "commerce.notification: Notification names people: say so in `personal`.",
        ),
    ],
)
def test_a_declaration_that_cannot_be_done_is_refused(entries: list[Kept], problem: str) -> None:
    rest = every_table() - {table for each in entries for table in each.tables}
    others = Kept("Rest", tuple(sorted(rest)), "The rest.", why="Not asked.", personal="Any.")
    assert list(retention_problems([*entries, others])) == [problem]


def test_a_table_without_an_entry_is_named() -> None:
    entries = [each for each in kept_entries() if "commerce.notification" not in each.tables]
    assert list(retention_problems(entries)) == [
        "commerce.notification has no entry: say in its app's retention how long it is kept."
    ]


def test_spans_end_on_the_shops_days(settings: Any) -> None:
    """Lagos is an hour ahead. What is too short a month for a day ends with the first of the next."""
    settings.API_USAGE_DAYS = 90
    settings.VALIDATION_RETENTION_MONTHS = 1
    settings.AUDIT_RETENTION_YEARS = 7
    spans = {
        "days": days("API_USAGE_DAYS"),
        "months": months("VALIDATION_RETENTION_MONTHS"),
        "years": years("AUDIT_RETENTION_YEARS"),
    }
    assert {name: span.before(NOON).astimezone(UTC).isoformat() for name, span in spans.items()} == {
        "days": "2025-12-31T12:00:00+00:00",
        "months": "2026-03-02T23:00:00+00:00",
        "years": "2019-03-30T23:00:00+00:00",
    }
    assert [spans[name].ends(spans[name].before(NOON)) for name in ("days", "years")] == [
        NOON,
        datetime(2026, 3, 30, 23, tzinfo=UTC),
    ]
    texts = [*spans.values(), months("EVENT_RETENTION_MONTHS", more=1), days(count=1)]
    assert [(each.text, each.declared) for each in texts] == [
        ("90 days", "`API_USAGE_DAYS`"),
        ("1 month", "`VALIDATION_RETENTION_MONTHS`"),
        ("7 years", "`AUDIT_RETENTION_YEARS`"),
        ("14 months", "`EVENT_RETENTION_MONTHS` and 1 month more"),
        ("1 day", "1 day"),
    ]


def test_months_are_only_said_to_be_dropped_of_tables_that_have_them() -> None:
    by_month = {each.tables[0] for each in kept_entries() if each.way is Way.MONTHS}
    assert by_month == {"platform.auditentry", "platform.apiusage", "analytics.event"}
