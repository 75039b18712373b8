"""`manage.py warehouse`."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.rollup.span import counted_span
from analytics.warehouse.checking import compare
from analytics.warehouse.client import is_mirrored, open_warehouse
from analytics.warehouse.making import make_tables
from analytics.warehouse.mirror import DAYS_A_STATEMENT, Copied, copy_days, copy_whole, waiting_days
from zuka.platform.errors import Refused

SHOWN = 20


class Command(BaseCommand):
    """Make ClickHouse's tables, copy what is not there yet, check that every value is, and say what to switch."""

    help = (
        "make: ClickHouse's tables. fill: copy every counted day that is not there as it is now; ended, it goes on. "
        "check: compare every value of both sides, of the days --first to --last. cut-over: all three, then how to "
        "read reports from there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["make", "fill", "check", "cut-over"])
        parser.add_argument("--first", type=date.fromisoformat, help="the first day to check, like 2026-01-31")
        parser.add_argument("--last", type=date.fromisoformat, help="the last day to check")

    def handle(self, *_args: Any, **options: Any) -> None:
        if not is_mirrored():
            raise CommandError("Set ANALYTICS_ENGINE to both, and CLICKHOUSE_URL: nothing goes to ClickHouse yet.")
        try:
            for verb, act in {"make": self.make, "fill": self.fill, "check": self.compare}.items():
                if options["verb"] in {verb, "cut-over"}:
                    act(options)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        if options["verb"] == "cut-over":
            self.stdout.write("Set ANALYTICS_ENGINE=clickhouse and restart web and workers; `both` goes back at once.")

    def make(self, _options: dict[str, Any]) -> None:
        self.stdout.write(f"{len(make_tables(open_warehouse()))} tables are there.")

    def fill(self, _options: dict[str, Any]) -> None:
        warehouse, copied, days = open_warehouse(), Copied(), 0
        while found := waiting_days(limit=DAYS_A_STATEMENT):
            copied.add(copy_days(warehouse, dict(found)))
            days += len(found)
            self.stdout.write(f"{found[-1][0]:%Y-%m-%d}: {days} days, {copied.written} rows so far.")
        copied.add(copy_whole(warehouse))
        self.stdout.write(f"{copied.written} rows were copied, {copied.gone} taken back.")

    def compare(self, options: dict[str, Any]) -> None:
        span = counted_span()
        first, last = options["first"] or (span and span[0]), options["last"] or (span and span[1])
        if not (first and last):
            return
        found = compare(open_warehouse(), first=first, last=last)
        for each in found[:SHOWN]:
            what = f"the hashes of {each.column}" if each.column else "rows"
            self.stdout.write(
                f"{each.table} {each.day or ''} {each.name}: {what}: {each.here} here, {each.there} there"
            )
        if found:
            raise CommandError(f"{len(found)} figures differ. What came in meanwhile may: run fill, then check again.")
        self.stdout.write(f"Every value from {first} to {last} is the same on both sides.")
