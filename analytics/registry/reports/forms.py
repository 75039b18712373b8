"""What a report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Unit(Enum):
    """How a value is shown, and what it is in JSON and CSV: money is kobo in JSON and naira in CSV."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    PERCENT = "percent"
    DECIMAL = "decimal"
    DURATION = "seconds"
    DAY = "day"
    MOMENT = "moment"
    JSON = "json"


class Basis(Enum):
    """Where a number comes from, said beside it."""

    LEDGER = "order and payment ledger"
    EVENTS = "events"
    BOTH = "events, and the order ledger for orders and money"
    RECORDS = "records of the shop"


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a figure: a report, and what it is asked.

    `fixed` are parameters with their values, `given` those that take the value of another column of the figure's row;
    `{by}` in a name stands for the value of that parameter; what the report has no parameter of is left out. A row
    about a day, month or year asks for its days. `adds` names the column of the rows whose sum is the figure, `-`
    before it turns the sign round; without one it is their number, of a ratio the part above. With `is_exact` False it
    is neither: they show what it is about. The total asks for `whole` instead of `given`; with None no list has all
    of its rows.
    """

    report: str
    fixed: tuple[tuple[str, str], ...] = ()
    given: tuple[tuple[str, str], ...] = ()
    adds: str = ""
    is_exact: bool = True
    whole: tuple[tuple[str, str], ...] | None = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in SQL and JSON, its title and unit, and what it means.

    `sums` says that values may be added; what may not is totalled by the report's totals file or not at all.
    `currency_from` names the column with a row's own currency, where amounts of several stand below one another.
    `link` leads to the rows behind a figure: a report id and its parameter, filled with the cell's value; `shown` is
    what such a link says where the value itself says nothing to people. `lower_is_better` colours a rise as bad.
    `personal` says who somebody is or how to reach them: only who may see customers gets the column at all. Likewise
    `of_orders`, which may hold the numbers of orders: only who may see orders gets it.
    `behind` are the rows behind a figure, `parts` the figures of the same report that it is worked out of; `no_rows`
    says why there are neither.
    """

    name: str
    title: str
    unit: Unit
    text: str = ""
    sums: bool = False
    currency_from: str = ""
    link: tuple[str, str] | None = None
    shown: str = ""
    lower_is_better: bool = False
    personal: bool = False
    of_orders: bool = False
    behind: Behind | None = None
    parts: tuple[str, ...] = ()
    no_rows: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A choice or a filter of a report. With `choices` the value is one of them, else free text (empty: no filter).

    `text` says what a free text may be. What a page of its own asks for is not `in_form`. What is `of_orders` asks by
    the number of one: only who may see orders may.
    """

    name: str
    title: str
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""
    text: str = ""
    in_form: bool = True
    of_orders: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """How a report is drawn: x and the series over it; `each` draws one small chart a series, beside its total.

    `kind` is `bar`, `line`, `stacked` (series that add up), `funnel` (x are steps, each a part of the one before) or
    `heat` (x are rows, the series their periods: darker is more).
    """

    kind: str
    x: str
    series: tuple[str, ...]
    each: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A question of the shop's owner and how it is answered.

    The rows come from `sql/reports/<id>.sql`; `has_totals` names a second file, `<id>_totals.sql`, for figures that
    cannot be summed. `has_series` a third, `<id>_series.sql`, for a chart over days beside a table of something else.
    `fixed_period` names the period that a report is always about. `pages` reports are read newest first, page by
    page: their first column is the moment, one is the `id`. `rollups`, and the materialized `view` over them, are
    what "as of" is read from. What only a link leads to is not `in_menu`. `empty` is said where there are no rows.
    `comparison` is what a period is compared with unless another is asked for; empty where none makes sense.
    Without the PostgreSQL `extension` that it reads there are none. `permission` is asked for beside that of all
    reports: it names people or orders. What reads more than its rollups and view say of is not `is_kept`.
    `no_rows` says why figures that do not say it themselves lead to no rows. What is about the primary itself, and not
    about the shop, is `of_primary`: a replica would tell of itself.
    """

    id: str
    title: str
    question: str
    group: str
    icon: str
    basis: Basis
    columns: tuple[Column, ...]
    parameters: tuple[Parameter, ...] = ()
    chart: Chart | None = None
    has_totals: bool = False
    has_series: bool = False
    fixed_period: str = ""
    pages: bool = False
    brand_scopable: bool = False
    rollups: tuple[str, ...] = ()
    view: str = ""
    in_menu: bool = True
    empty: str = ""
    comparison: str = "previous"
    extension: str = ""
    permission: str = ""
    is_kept: bool = True
    no_rows: str = ""
    of_primary: bool = False

    @property
    def is_comparable(self) -> bool:
        """Say whether the reader chooses what the period is compared with."""
        return self.has_period and self.chart is not None and bool(self.comparison)

    @property
    def has_period(self) -> bool:
        """Say whether the reader chooses the period."""
        return not self.fixed_period

    def column(self, name: str) -> Column:
        """Return the column of a name."""
        return next(column for column in self.columns if column.name == name)
