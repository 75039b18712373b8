"""`manage.py pack`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.lifecycle.packing.months import due_months, packed_names
from analytics.lifecycle.packing.running import Packed, pack_due_months
from analytics.store.partitioning import TABLE
from zuka.platform import clock
from zuka.platform.clock import local_day
from zuka.platform.db.partitions import list_partitions
from zuka.platform.errors import Refused


class Command(BaseCommand):
    """Let months of raw events that are over take less room; or say which would, or do."""

    help = (
        "Build the indexes of raw events' months anew, densely, once they have been over for EVENT_HOT_MONTHS; or "
        "--dry-run, --list. Run again, it goes on where it was ended."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument("--dry-run", action="store_true", help="name the months that would be packed")
        chosen.add_argument("--list", action="store_true", dest="lists", help="name the months that are packed")

    def handle(self, *_args: Any, dry_run: bool, lists: bool, **_options: Any) -> None:
        if lists:
            names = packed_names()
            found = [each for each in list_partitions(table=TABLE) if each.name in names]
            lines = [f"{local_day(each.start):%Y-%m}: {each.size:,} bytes." for each in found]
            self.stdout.write("\n".join(lines) or "No month is packed.")
        elif dry_run:
            due = [f"{local_day(each.start):%Y-%m} would be packed." for each in due_months(at=clock.now())]
            self.stdout.write("\n".join(due) or "Nothing is due.")
        else:
            self.pack()

    def pack(self) -> None:
        try:
            outcome = pack_due_months(at=clock.now())
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write("\n".join(map(line, outcome.packed)) or "Nothing was packed.")
        if outcome.failed:
            raise CommandError("\n".join(f"{month:%Y-%m}: {why}" for month, why in outcome.failed.items()))


def line(packed: Packed) -> str:
    """Return a line about a month."""
    return f"{packed.month:%Y-%m}: indexes of {packed.before:,} bytes take {packed.after:,} now."
