"""`manage.py archive`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analytics.lifecycle.archive.adopting import adopt_edition
from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.months import away_months, due_months, is_switched_on
from analytics.lifecycle.archive.restoring import restore_month
from analytics.lifecycle.archive.running import archive_due_months, missing_months, verify_month
from analytics.rollup.fill import fill_dirty
from analytics.store.models import ArchivedMonth
from zuka.platform import clock
from zuka.platform.errors import Refused

OFF = "Archiving is off: set ARCHIVE_URL, and ARCHIVE_EVENTS to true. Nothing leaves PostgreSQL."


def month_of(text: str) -> date:
    """Return the first day of a month like 2025-03."""
    return date.fromisoformat(f"{text}-01")


class Command(BaseCommand):
    """Archive months of raw events past their retention, or one; restore, verify or list archived ones."""

    help = (
        "Archive the months of raw events past EVENT_RETENTION_MONTHS; or --month, --restore, --adopt, --verify, "
        "--list. Run again, it goes on where it was ended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--month", type=month_of, help="archive this month, for example 2025-03")
        chosen.add_argument("--restore", type=month_of, help="bring this month back into PostgreSQL")
        chosen.add_argument("--adopt", type=month_of, help="let newer files of a month count than this database names")
        chosen.add_argument("--verify", action="store_true", help="read every archived month back and compare")
        chosen.add_argument("--missing", action="store_true", help="name the months whose manifest is not there")
        chosen.add_argument("--list", action="store_true", dest="lists", help="name the months and where they are")
        chosen.add_argument("--dry-run", action="store_true", help="name the months that would leave")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = clock.now()
        try:
            self.act(now, options)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def act(self, now: datetime, options: dict[str, Any]) -> None:
        if options["lists"]:
            self.list_months()
        elif options["verify"]:
            self.verify()
        elif options["missing"]:
            self.stdout.write("\n".join(f"{month:%Y-%m}: {why}" for month, why in missing_months().items()))
        elif options["restore"]:
            stored = restore_month(month=options["restore"], at=now)
            until = settings.ARCHIVE_RESTORED_DAYS
            self.stdout.write(f"{stored} is back in PostgreSQL, {stored.rows} events, for {until} days.")
        elif options["adopt"]:
            self.stdout.write(self.line(adopt_edition(month=options["adopt"], at=now)))
        elif options["month"]:
            fill_dirty(oldest_first=True)
            self.stdout.write(self.line(archive_month(month=options["month"], at=now)))
        elif options["dry_run"]:
            months = due_months(at=now)
            self.stdout.write(
                "\n".join(f"{month:%Y-%m} would leave PostgreSQL." for month in months) or "Nothing is due."
            )
            if not is_switched_on():
                self.stdout.write(OFF)
        else:
            self.archive_due(now)

    def archive_due(self, now: datetime) -> None:
        if not is_switched_on():
            raise CommandError(OFF)
        fill_dirty(oldest_first=True)
        outcome = archive_due_months(at=now)
        for month in outcome.archived:
            self.stdout.write(f"{month:%Y-%m} is in the archive.")
        if outcome.failed:
            raise CommandError("\n".join(f"{month:%Y-%m}: {reason}" for month, reason in outcome.failed.items()))
        if not outcome.archived:
            self.stdout.write("Nothing is due.")

    def list_months(self) -> None:
        months = list(ArchivedMonth.objects.order_by("month"))
        self.stdout.write("\n".join(map(self.line, months)) or "No month has left PostgreSQL yet.")

    def line(self, stored: ArchivedMonth) -> str:
        size = f"{stored.rows} events, {stored.bytes / 1_048_576:.1f} MB"
        error = f"; {stored.error}" if stored.error else ""
        return f"{stored.month:%Y-%m}  {stored.get_state_display()}, {size}, {stored.location or '-'}{error}"

    def verify(self) -> None:
        wrong = {each.month: found for each in away_months() if (found := verify_month(each))}
        if wrong:
            raise CommandError("\n".join(f"{month:%Y-%m}: {found}" for month, found in wrong.items()))
        self.stdout.write(f"{len(away_months())} archived months hold what was written.")
