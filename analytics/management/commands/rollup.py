"""`manage.py rollup fill | rebuild | verify`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.rollup.fill import fill_dirty, rebuild
from analytics.rollup.span import counted_span
from analytics.rollup.verify import verify

SHOWN = 50


class Command(BaseCommand):
    """Count dirty days (fill), recount days regardless (rebuild), or compare every cell with raw (verify)."""

    help = "Count what was tracked: fill dirty days, rebuild days, or verify every cell against the raw tables."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["fill", "rebuild", "verify"])
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day, for example 2026-11-01")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day; without both: every day")

    def handle(self, *_args: Any, action: str, first: date | None, last: date | None, **_options: Any) -> None:
        if action == "fill":
            self.stdout.write(f"{len(fill_dirty(oldest_first=True))} days counted.")
            return
        span = counted_span()
        if span is None:
            self.stdout.write("There is nothing to count.")
            return
        first, last = first or span[0], last or span[1]
        if last < first:
            raise CommandError(f"--to {last} is before --from {first}.")
        if action == "rebuild":
            self.stdout.write(f"{rebuild(first=first, last=last)} rows counted, {first} to {last}.")
        else:
            self.report(first, last)

    def report(self, first: date, last: date) -> None:
        differences = verify(first=first, last=last)
        for each in differences[:SHOWN]:
            key = " ".join(map(str, each.key))
            self.stdout.write(
                f"{each.day} {each.rollup} {key} {each.measure}: stored {each.stored}, counted {each.counted}"
            )
        if differences:
            raise CommandError(f"{len(differences)} cells differ. Fill first if days are dirty, else rebuild.")
        self.stdout.write(f"Every cell agrees, {first} to {last}.")
