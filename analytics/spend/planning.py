"""What a sheet of campaign spend would change: every row is read and compared, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.conf import settings

from analytics.store.models import CampaignSpend
from zuka.platform.cells import FAILED_CELLS, BadCell, read_naira
from zuka.platform.money import format_money
from zuka.platform.sheets import Row
from zuka.platform.spreadsheets import plain_text, unguard_text

# Day, source, medium, campaign, currency.
Key = tuple[date, str, str, str, str]
LONGEST_WORD = 100
DAY_FORMATS = ("%Y-%m-%d", "%d/%m/%Y")
FIRST_DAY = date(2000, 1, 1)


def read_day(value: Any) -> date:
    """Return the day of a cell. Raises `BadCell`."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    for form in DAY_FORMATS:
        try:
            return datetime.strptime(plain_text(value), form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:  # the next form may fit
            continue
    raise BadCell("is no day; write it like 2026-11-21 or 21/11/2026")


def read_word(value: Any) -> str:
    """Return a word of a link, as utm_ words are kept. Raises `BadCell`."""
    word = unguard_text(plain_text(value))
    if len(word) > LONGEST_WORD:
        raise BadCell(f"has more than {LONGEST_WORD} letters; write it as it stands in the link")
    return word


def read_spend(value: Any) -> int:
    """Return an amount as kobo. Raises `BadCell`."""
    if isinstance(value, date):
        raise BadCell("was made a date by the spreadsheet; format the column as a number, and write it again")
    return read_naira(plain_text(value).removeprefix("'"))


def read_currency(value: Any) -> str:
    """Return a currency; the shop's where the cell is empty. Raises `BadCell`."""
    code = plain_text(value).upper() or str(settings.SHOP_CURRENCY)
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise BadCell("is no currency; write a code of three letters like NGN, or nothing")
    return code


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the sheet: how its cells are read, and what it means."""

    name: str
    read: Callable[[Any], Any]
    text: str
    needed: bool = False


COLUMNS: dict[str, Column] = {
    each.name: each
    for each in (
        Column("day", read_day, "like 2026-11-21 or 21/11/2026.", needed=True),
        Column("campaign", read_word, "utm_campaign of its links.", needed=True),
        Column("source", read_word, "utm_source of its links, or empty."),
        Column("medium", read_word, "utm_medium of its links, or empty."),
        Column("spend", read_spend, "what it cost that day, like 5500 or 5500.50.", needed=True),
        Column("currency", read_currency, "a code like NGN, or empty for the shop's."),
    )
}
NEEDED = tuple(name for name, column in COLUMNS.items() if column.needed)


@dataclass(slots=True)
class SpendPlan:
    """What a sheet would do: new amounts by key; problems as (row, column, message); changes as people read them."""

    rows: int = 0
    spend: dict[Key, int] = field(default_factory=dict)
    first_rows: dict[Key, int] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    changes: list[tuple[int, str, str, str, str]] = field(default_factory=list)
    new: int = 0
    unchanged: int = 0

    def counts(self) -> dict[str, int]:
        """Return how many of each, for people."""
        return {
            "Rows": self.rows,
            "Rows with a mistake": len({row for row, *_ in self.problems}),
            "New": self.new,
            "Changed": len(self.changes) - self.new,
            "As they are already": self.unchanged,
        }


def plan_spend(rows: Iterable[Row], *, today: date) -> SpendPlan:
    """Return what rows would change. Days to come, and a campaign's day that is there twice, are mistakes."""
    plan = SpendPlan()
    for row in rows:
        plan.rows += 1
        take_row(plan, row, today=today)
    days = [key[0] for key in plan.spend]
    kept = CampaignSpend.objects.filter(day__range=(min(days), max(days))) if days else CampaignSpend.objects.none()
    columns = ("day", "source", "medium", "campaign", "currency", "spend_kobo")
    stored: dict[Key, int] = {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in kept.values_list(*columns)}
    for key, kobo in plan.spend.items():
        note_change(plan, key, before=stored.get(key), after=kobo)
    return plan


def take_row(plan: SpendPlan, row: Row, *, today: date) -> None:
    """Take a row up, or say what is wrong with it."""
    values: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for column in COLUMNS.values():
        try:
            values[column.name] = read_cell(column, row.cells)
        except BadCell as problem:
            problems.append((column.name, f"{plain_text(row.cells.get(column.name))[:60]!r} {problem}."))
    if not problems:
        problems += check_values(values, today=today)
    if not problems:
        key = (values["day"], values["source"], values["medium"], values["campaign"], values["currency"])
        first = plan.first_rows.get(key)
        if first is not None:
            problems.append(("campaign", f"This campaign's day is in row {first} already. Add the two up in one row."))
        else:
            plan.first_rows[key], plan.spend[key] = row.number, values["spend"]
    plan.problems += [(row.number, name, message) for name, message in problems]


def read_cell(column: Column, cells: Mapping[str, Any]) -> Any:
    """Return the value of a cell. Raises `BadCell`."""
    value = cells.get(column.name)
    if value in FAILED_CELLS:
        raise BadCell("is a formula that failed; write its value")
    return column.read(value)


def check_values(values: Mapping[str, Any], *, today: date) -> list[tuple[str, str]]:
    """Return what is wrong with a row whose cells can be read."""
    day = values["day"]
    if day > today:
        return [("day", f"{day} is still to come. Write the day on which the money was spent.")]
    if day < FIRST_DAY:
        return [("day", f"{day} is too long ago. Write a day like 2026-11-21.")]
    if not values["campaign"] and not values["source"]:
        return [("campaign", "Nobody can tell what this was spent on. Write a campaign, or a source.")]
    return []


def note_change(plan: SpendPlan, key: Key, *, before: int | None, after: int) -> None:
    """Note what a row changes, in words."""
    if before == after:
        plan.unchanged += 1
        return
    plan.new += before is None
    day, source, medium, campaign, currency = key
    what = " / ".join(word for word in (source, medium, campaign) if word)
    shown = "" if before is None else format_money(before, currency)
    plan.changes.append((plan.first_rows[key], str(day), what, shown, format_money(after, currency)))
