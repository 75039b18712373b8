"""`manage.py compact`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.lifecycle.compaction.running import (
    Due,
    compact_due,
    due_months,
    due_years,
    is_switched_on,
    would_be,
)
from analytics.rollup.fill import fill_dirty
from analytics.store.models import CompactedPeriod
from zuka.platform import clock

OFF = "Compaction is off: set ROLLUP_DAY_MONTHS. All counts stay by day."


class Command(BaseCommand):
    """Keep counts that are old enough by month, then by year; or say what that would do, or has done."""

    help = (
        "Add up counts of products and pages by month past ROLLUP_DAY_MONTHS, and by year past ROLLUP_MONTH_YEARS; or "
        "--dry-run, --list. Run again, it goes on where it was ended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--dry-run", action="store_true", help="say what would be added up, and change nothing")
        chosen.add_argument("--list", action="store_true", dest="lists", help="name what is counted as a whole")

    def handle(self, *_args: Any, dry_run: bool, lists: bool, **_options: Any) -> None:
        if lists:
            periods = CompactedPeriod.objects.order_by("first_day")
            self.say([line(str(each), each.rows_before, each.rows_after) for each in periods], "All counts are by day.")
        elif not is_switched_on():
            raise CommandError(OFF)
        elif dry_run:
            found = [*due_months(at=clock.now()), *due_years(at=clock.now())]
            self.say([would(each) for each in found])
        else:
            self.compact()

    def compact(self) -> None:
        now = clock.now()
        if due_months(at=now) or due_years(at=now):
            fill_dirty(oldest_first=True)
        outcome = compact_due(at=now)
        lines = [line(str(each), each.rows_before, each.rows_after) for each in outcome.compacted]
        self.say([*lines, *(f"{period} waits: {why}" for period, why in outcome.waiting.items())])

    def say(self, lines: list[str], nothing: str = "Nothing is due.") -> None:
        self.stdout.write("\n".join(lines) or nothing)


def line(period: str, before: int, after: int) -> str:
    """Return a line about a period."""
    return f"{period}: {before:,} rows by day, {after:,} in their place."


def would(due: Due) -> str:
    """Return a line about what would become of a period."""
    before, after = would_be(due)
    return f"{due.title}: {before:,} rows would become {after:,}."
