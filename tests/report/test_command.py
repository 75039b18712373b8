"""`manage.py report`: a table for people, files for programs, and errors that name the parameter."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from analytics.registry.reports import REPORTS
from analytics.report.export import FORMATS
from tests.report.files import file_of, json_lines, sheet_of
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, SATURDAY, at, event

pytestmark = pytest.mark.django_db


def look_at_products() -> None:
    """Views of two products on Friday and Saturday."""
    event("product.viewed", at(FRIDAY, 10), visitor_id="v", product_ref="gown")
    event("product.viewed", at(SATURDAY, 11), visitor_id="v", product_ref="=cap")


views = told_once(look_at_products, has_views=False)


@pytest.fixture(autouse=True)
def _evening(views: None, db: None) -> Iterator[None]:
    """It is Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield


def run(*words: str) -> str:
    out = StringIO()
    call_command("report", *words, stdout=out, stderr=out)
    return out.getvalue()


def run_bytes(*words: str) -> bytes:
    out = TextIOWrapper(BytesIO())
    call_command("report", *words, stdout=out)
    return out.buffer.getvalue()


def test_a_table_for_the_terminal() -> None:
    assert run("event_counts", "--days", "2", "type=product.viewed").splitlines() == [
        "Event counts, 20 Nov – 21 Nov 2026",
        "",
        "Period                        Event           Events  Claimed",
        "----------------------------  --------------  ------  -------",
        "Total                                              2        0",
        "Before: 13 Nov – 14 Nov 2026                       0        0",
        "Sat 21 Nov 2026 (so far)      product.viewed       1        0",
        "Fri 20 Nov 2026               product.viewed       1        0",
    ]


def test_without_a_report_they_are_listed() -> None:
    assert [line.split()[0] for line in run().splitlines()] == list(REPORTS)


@pytest.mark.parametrize("kind", FORMATS)
def test_each_kind_of_file_goes_to_standard_output_or_into_a_file(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"views.{kind}"
    said = run("event_counts", "--from", "2026-11-20", "--to", "2026-11-21", "--format", kind, "--output", str(path))
    assert (said, [each.name for each in tmp_path.iterdir()]) == (f"2 rows in {path}\n", [path.name])
    shown = run_bytes("event_counts", "--days", "2", "--format", kind)
    if kind == "xlsx":  # it holds the moment it was made
        assert sheet_of(shown) == sheet_of(path.read_bytes())
    else:
        asked = {"from": "2026-11-20", "to": "2026-11-21"}
        assert shown == path.read_bytes() == file_of(kind, "event_counts", **asked)


def test_a_table_can_be_kept_too(tmp_path: Path) -> None:
    run("event_counts", "--output", str(tmp_path / "views.txt"))
    assert (tmp_path / "views.txt").read_text().startswith("Event counts, ")


def test_other_parameters_are_those_of_the_address() -> None:
    lines = json_lines(run_bytes("recent_events", "limit=1", "--format", "jsonl"))
    assert [line["product_ref"] for line in lines] == ["=cap"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["horoscope"], "There is no report 'horoscope'"),
        (["revenue", "period=soon"], "period: period must be one of"),
        (["revenue", "--from", "soon"], "from: 'soon' is not a day"),
        (["revenue", "colour=red"], "colour: This report has no parameter 'colour'"),
        (["revenue", "limit"], "'limit' is no parameter. Write it like limit=20."),
        (["revenue", "--days", "0"], "--days is a number from 1 on"),
        (["revenue", "--days", "7", "--to", "2026-11-21"], "--days is a number from 1 on"),
    ],
)
def test_what_cannot_be_answered_is_named(words: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=f"^{message}"):
        run(*words)
