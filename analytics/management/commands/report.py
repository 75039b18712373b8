"""`manage.py report`."""

from __future__ import annotations

import io
import sys
from argparse import ArgumentParser
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analytics.registry.reports import REPORTS
from analytics.report import presentation
from analytics.report.export import FORMATS, Extract, Format, extract_query
from analytics.report.query import LARGEST_LIMIT, Query, find_report, parse_query
from analytics.report.run import run_query
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.report.wording import period_text
from zuka.platform import clock
from zuka.platform.errors import Refused

TABLE = "table"
WIDEST = 40


class MixedParser(CommandParser):
    """Takes parameters before and after options alike."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return what was typed."""
        return self.parse_intermixed_args(args, namespace)


class Command(BaseCommand):
    """Answer a report in the terminal, or as a file."""

    help = "Show a report as a table, or write it as CSV, XLSX, Parquet, JSON or JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("report", nargs="?", help="Its id, as in its address. Without one they are listed.")
        parser.add_argument("parameters", nargs="*", metavar="name=value", help="Parameters, as in its address.")
        parser.add_argument("--days", type=int, help="The last so many days, today included.")
        parser.add_argument("--from", dest="first", help="The first day, like 2026-11-01.")
        parser.add_argument("--to", dest="last", help="The last day.")
        parser.add_argument("--format", choices=[TABLE, *FORMATS], default=TABLE)
        parser.add_argument("--output", type=Path, help="The file to write. Without one it goes to standard output.")

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = MixedParser
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        if not options["report"]:
            self.stdout.write("\n".join(f"{each.id:<24} {each.question}" for each in REPORTS.values()))
            return
        try:
            self.answer(options)
        except Refused as refusal:
            field = f"{refusal.field}: " if refusal.field else ""
            raise CommandError(f"{field}{refusal.message}") from refusal

    def answer(self, options: dict[str, Any]) -> None:
        """Write what was asked for. Raises Refused."""
        kind, now = FORMATS.get(options["format"]), clock.now()
        query = parse_query(
            report=find_report(options["report"]),
            params=given_params(options),
            today=clock.local_day(now),
            scope=ALL_WITH_PEOPLE,  # whoever may run it may read the database
            largest=kind.most_rows if kind else LARGEST_LIMIT,
        )
        if kind is None:
            lines = table_lines(query, now)
            if options["output"]:
                options["output"].write_text("\n".join(lines) + "\n", encoding="utf-8")
            else:
                self.stdout.write("\n".join(lines))
            return
        extract = extract_query(query, now=now)
        if options["output"]:
            rows = write_whole(extract, kind, options["output"])
            self.stderr.write(f"{rows:,} rows in {options['output']}")
        else:
            write_out(extract, kind, getattr(self.stdout._out, "buffer", None) or sys.stdout.buffer)  # noqa: SLF001 - bytes, where Django's wrapper takes text


def given_params(options: dict[str, Any]) -> dict[str, str]:
    """Return the report's parameters. Raises CommandError for one that is no `name=value`."""
    params = {}
    for given in options["parameters"]:
        name, sign, value = given.partition("=")
        if not sign:
            raise CommandError(f"{given!r} is no parameter. Write it like limit=20.")
        params[name] = value
    if options["days"] is not None:
        if options["days"] < 1 or options["first"] or options["last"]:
            raise CommandError("--days is a number from 1 on, without --from and --to.")
        today = clock.local_day(clock.now())
        params |= {"from": str(today - timedelta(days=options["days"] - 1)), "to": str(today)}
    named = {"from": options["first"], "to": options["last"]}
    return params | {name: value for name, value in named.items() if value}


def write_whole(extract: Extract, kind: Format, path: Path) -> int:
    """Write a file that is there whole or not at all; return how many rows it has."""
    rows, part = 0, path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            for written in kind.write(extract, file):
                rows = written
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return rows


def write_out(extract: Extract, kind: Format, out: IO[bytes]) -> None:
    """Write a file to standard output; a reader that has read enough, such as `head`, ends it."""
    buffer = io.BytesIO()
    file = out if kind.streams else buffer
    with suppress(BrokenPipeError):  # the reader has what it wanted
        for _rows in kind.write(extract, file):
            file.flush()
        if file is buffer:
            out.write(buffer.getvalue())
        out.flush()


def table_lines(query: Query, now: Any) -> list[str]:
    """Return a report as lines for a terminal: title, head, totals, rows; numbers stand on the right."""
    table = run_query(query, now=now)
    heads = presentation.heads(table)
    lines = [[each.title for each in heads]]
    lines += [[each.title, *each.cells] for each in presentation.summaries(table)]
    lines += [[shorten(cell.text) for cell in row] for row in presentation.rows(table, query)]
    widths = [max(len(line[place]) for line in lines if place < len(line)) for place in range(len(heads))]
    title = f"{table.title}, {period_text(table.period)}" if table.report.has_period else table.title
    shown = [
        "  ".join(
            f"{text:>{width}}" if head.is_number else f"{text:<{width}}"
            for text, width, head in zip(line, widths, heads, strict=False)
        ).rstrip()
        for line in lines
    ]
    rule = "  ".join("-" * width for width in widths)
    return [title, "", shown[0], rule, *shown[1:], *([] if table.rows else ["Nothing in this period."])]


def shorten(text: str) -> str:
    """Return a text that leaves room for others."""
    text = " ".join(text.split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"
