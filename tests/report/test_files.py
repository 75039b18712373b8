"""Every report in every kind of file: the rows of the answer, typed as the file can have them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from openpyxl import load_workbook
from pytest_django import DjangoDbBlocker
from rest_framework.utils.encoders import JSONEncoder

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Column, Report, Unit
from analytics.report import reading, sending
from analytics.report.export import FORMATS
from analytics.report.export.parquet import GROUP_ROWS
from analytics.report.query import find_report, parse_query
from analytics.report.scope import ALL
from analytics.report.table import Table
from analytics.rollup.fill import fill_dirty
from tests.report.files import csv_lines, file_of, json_lines, json_rows, parquet_of, parquet_rows, sheet_of
from tests.report.selling import sell
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, LAGOS, SATURDAY, at, event
from zuka.platform import clock

pytestmark = pytest.mark.django_db


def sell_and_show() -> None:
    """A shop sells, and is looked at and searched in."""
    sell()
    for number, day in enumerate((FRIDAY, SATURDAY)):
        event("page.viewed", at(day, 9), visitor_id=f"v{number}", page_path="/", session_id=f"s{number}")
        event("product.viewed", at(day, 10), visitor_id=f"v{number}", product_ref="gown", session_id=f"s{number}")
        event("cart.item_added", at(day, 11), visitor_id="v1", product_ref="gown", value_kobo=5_050)


sold = told_once(sell_and_show)


@pytest.fixture(scope="module")
def answers(sold: None, django_db_blocker: DjangoDbBlocker) -> dict[str, Table]:
    """What every report of the shop answers on Saturday evening: asked once, and compared with each kind of file."""
    with django_db_blocker.unblock(), time_machine.travel(EVENING, tick=False):
        return {each.id: ask(each.id, limit="1000") for each in REPORTS.values() if not each.of_primary}


@pytest.fixture
def shop(sold: None, db: None) -> Iterator[None]:
    """The shop on Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield


def as_csv(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if column.unit is Unit.MONEY:
        return f"{value / 100:.2f}"
    if column.unit is Unit.MOMENT:
        return str(value.isoformat())
    return json.dumps(value, ensure_ascii=False) if column.unit is Unit.JSON else str(value)


def as_cell(column: Column, value: Any) -> Any:
    """An amount in naira, a moment by Lagos' clock, a day as spreadsheets keep days: with a time of none."""
    if value is None or (value == "" and column.unit is Unit.TEXT):
        return None
    if column.unit is Unit.MOMENT:
        moment = value.astimezone(LAGOS).replace(tzinfo=None, microsecond=0)
        return moment + timedelta(milliseconds=round(value.microsecond / 1000))  # as fine as a workbook keeps it
    if column.unit is Unit.DAY:
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - as spreadsheets have it
    if column.unit is Unit.JSON:
        return json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False)
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-14)  # a workbook keeps 15 to 16 digits
    return value / 100 if column.unit is Unit.MONEY else value


def as_parquet(column: Column, value: Any) -> Any:
    if column.unit is Unit.MOMENT and value is not None:
        return value.astimezone(UTC)
    return json.dumps(value, sort_keys=True) if column.unit is Unit.JSON else value


def as_json(_column: Column, value: Any) -> Any:
    return json.loads(json.dumps(value, cls=JSONEncoder))


READERS: dict[str, tuple[Callable[[bytes], list[Any]], Callable[[Column, Any], Any]]] = {
    "csv": (lambda content: [tuple(line) for line in csv_lines(content)[1:]], as_csv),
    "xlsx": (lambda content: sheet_of(content)[1:], as_cell),
    "parquet": (parquet_rows, as_parquet),
    "json": (lambda content: [tuple(row.values()) for row in json_rows(content)], as_json),
    "jsonl": (lambda content: [tuple(row.values()) for row in json_lines(content)], as_json),
}


def test_text_is_no_formula_in_any_file() -> None:
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        for number, name in enumerate(FORMULAS):
            event("page.viewed", at(SATURDAY, 12, number), visitor_id=name)
        asked = {"period": "today", "type": "page.viewed"}
        place = [column.name for column in REPORTS["recent_events"].columns].index("visitor_id")
        book = load_workbook(io.BytesIO(file_of("xlsx", "recent_events", **asked)))
        cells = [row[place] for row in book.worksheets[0].iter_rows(min_row=2)]
        assert [(cell.value, cell.data_type, bool(cell.quotePrefix)) for cell in cells] == [
            (name, "s", name != "plain") for name in reversed(FORMULAS)
        ]
        guarded = [line[place] for line in csv_lines(file_of("csv", "recent_events", **asked))[1:]]
        assert guarded == [name if name == "plain" else f"'{name}" for name in reversed(FORMULAS)]
        kept = [row[place] for row in parquet_rows(file_of("parquet", "recent_events", **asked))]
        assert kept == list(reversed(FORMULAS))


@pytest.mark.parametrize("report_id", ["recent_events", "product_views"])
@pytest.mark.parametrize("kind", FORMATS)
def test_batches_make_the_same_file(kind: str, report_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        for number in range(7):
            event("product.viewed", at(SATURDAY, 12, number // 2), visitor_id="v", product_ref=f"p{number}")
        fill_dirty()
        read, _expect = READERS[kind]
        whole = read(file_of(kind, report_id))
        monkeypatch.setattr(reading, "BATCH_ROWS", 2)
        assert (len(whole), read(file_of(kind, report_id))) == (7, whole)
        assert read(file_of(kind, report_id, limit="3")) == whole[:3]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.usefixtures("shop")
def test_every_report_is_the_same_rows_in_every_kind_of_file(kind: str, answers: dict[str, Table]) -> None:
    read, expect = READERS[kind]
    filled = []
    for report_id, table in answers.items():
        expected = [tuple(expect(*pair) for pair in zip(table.columns, row, strict=True)) for row in table.rows]
        found = read(file_of(kind, report_id))
        assert found == expected, report_id
        filled += [report_id] if expected else []
    assert len(filled) > 20


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("report", [each for each in REPORTS.values() if each.of_primary], ids=lambda each: each.id)
def test_what_the_database_tells_of_itself_is_a_file_with_all_columns(kind: str, report: Report) -> None:
    """Its rows are measured as they are read: autovacuum changes sizes between an answer and a file of it."""
    read, _expect = READERS[kind]
    widths = {len(row) for row in read(file_of(kind, report.id))}
    assert widths == ({len(report.columns)} if ask(report.id).rows else set())


@pytest.mark.usefixtures("shop")
def test_a_parquet_file_says_its_types_and_what_they_mean() -> None:
    schema = parquet_of(file_of("parquet", "coupons")).schema
    assert {field.name: str(field.type) for field in schema} == {
        **dict.fromkeys(("code",), "string"),
        **{each.name: TYPES[each.unit] for each in REPORTS["coupons"].columns if each.name != "code"},
    }
    amount = schema.field(amounts("coupons")[0])
    assert (amount.metadata[b"unit"], amount.metadata[b"currency"]) == (b"kobo", b"NGN")
    assert (schema.metadata[b"zuka.report"], schema.metadata[b"zuka.currency"]) == (b"coupons", b"NGN")
    moments = parquet_of(file_of("parquet", "recent_events")).schema
    assert str(moments.field("occurred_at").type) == "timestamp[us, tz=UTC]"


TYPES = {
    Unit.TEXT: "string",
    Unit.COUNT: "int64",
    Unit.MONEY: "int64",
    Unit.PERCENT: "double",
    Unit.DECIMAL: "double",
    Unit.DURATION: "double",
    Unit.DAY: "date32[day]",
    Unit.MOMENT: "timestamp[us, tz=UTC]",
    Unit.JSON: "string",
}


def amounts(report_id: str) -> list[str]:
    return [each.name for each in REPORTS[report_id].columns if each.unit is Unit.MONEY]


@pytest.mark.usefixtures("shop")
def test_a_workbook_shows_naira_and_keeps_its_head_in_sight() -> None:
    book = load_workbook(io.BytesIO(file_of("xlsx", "revenue", period="7d")))
    sheet, about = book.worksheets
    assert (sheet.title, sheet.freeze_panes, sheet["A1"].font.bold, sheet["A2"].number_format) == (
        "Revenue by day",
        "A2",
        True,
        "yyyy-mm-dd",
    )
    assert (sheet["C1"].value, sheet["C2"].number_format, sheet["B2"].number_format) == (
        "Placed (NGN)",
        '"₦"#,##0.00',
        "#,##0",
    )
    assert [row[0].value for row in about.iter_rows()] == [
        *("Report", "Question", "Period", "Currency", "Basis", "As of"),
    ]


FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@x", " =1", "'=1", "\uff1d1", "plain")


@pytest.mark.parametrize("kind", FORMATS)
def test_a_report_without_rows_is_a_whole_file(kind: str) -> None:
    read, _expect = READERS[kind]
    assert read(file_of(kind, "recent_events", period="today")) == []


def test_the_document_is_the_answer_without_the_comparison(shop: None) -> None:
    answer = json.loads(file_of("json", "coupons"))
    table = ask("coupons")
    assert answer["totals"] == table.totals
    assert list(answer) == [
        *("report", "title", "basis", "period", "currency", "as_of", "partial", "segment", "columns"),
        *("rows", "totals"),
    ]


def test_what_is_too_long_to_wait_for_is_refused_before_anything_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WAITED_ROWS", 2)
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        for number in range(3):
            event("product.viewed", at(SATURDAY, 12, number), visitor_id="v", product_ref=f"p{number}")
        fill_dirty()
        now = clock.now()
        query = parse_query(report=find_report("product_views"), params={}, today=SATURDAY, scope=ALL, largest=1_000)
        with pytest.raises(sending.TooManyRows, match="more than 2 rows"):
            sending.send_report(query, FORMATS["csv"], now=now)


def test_row_groups_are_of_a_size_that_packs_well() -> None:
    assert GROUP_ROWS % reading.BATCH_ROWS == 0
