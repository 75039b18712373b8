"""From a request's parameters to a checked query: the same rules for pages, JSON, CSV and `ask`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings

from analytics.people.narrowing import SegmentUse
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Parameter, Report
from analytics.report.compacted import CutPeriod, answerable, refuse_cut
from analytics.report.funnels.steps import StepError, check_steps
from analytics.report.narrowed import SegmentError, refuse_segment, use_segment
from analytics.report.periods import COMPARISONS, DEFAULT_PERIOD, PERIODS, Period
from analytics.report.scope import Scope
from zuka.platform.errors import Refused

LONGEST_DAYS = 1_100
FIRST_YEAR, LAST_YEAR = 2000, 2100
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1_000
LONGEST_VALUE = 600  # a page of a visit is kept to 500 characters, a campaign with its source and medium to 306
CHECKS: dict[str, Callable[[Mapping[str, str]], None]] = {"event_funnel": check_steps}
SHARED = frozenset({"period", "from", "to", "compare", "currency", "limit", "before", "before_id", "segment"})


class BadQuery(Refused):
    """A parameter that cannot be read; the field is named."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid_parameter"


class TooSlow(BadQuery):
    """An answer that took longer than a report may take."""

    status: ClassVar[int] = 503
    code: ClassVar[str] = "too_slow"


class UnknownReport(Refused):
    """There is no report of this id."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


@dataclass(frozen=True, slots=True)
class Query:
    """A question ready to be run.

    `values` are the report's own parameters, `scope` what whoever asks may see; `before` is where a page of events
    ends. `segment` are the people whom it is about, None everybody.
    """

    report: Report
    period: Period
    period_id: str
    comparison: str
    currency: str
    values: Mapping[str, str]
    limit: int
    today: date
    scope: Scope
    before: datetime | None = None
    before_id: UUID | None = None
    segment: SegmentUse | None = None

    def of_period(self, period: Period) -> Query:
        """Return the same question about another period."""
        return replace(self, period=period)


def find_report(report_id: str) -> Report:
    """Return the report of an id. Raises UnknownReport."""
    try:
        return REPORTS[report_id]
    except KeyError as error:
        raise UnknownReport(f"There is no report {report_id!r}; there are {', '.join(REPORTS)}.") from error


def parse_query(
    *, report: Report, params: Mapping[str, str], today: date, scope: Scope, largest: int = LARGEST_LIMIT
) -> Query:
    """Return the query that parameters ask for, on the rows that whoever asks may see.

    Raises BadQuery, which names the parameter, and OutOfScope.
    """
    scope.require(report)
    known = SHARED | {parameter.name for parameter in report.parameters}
    for name in params:
        if name not in known:
            raise BadQuery(f"This report has no parameter {name!r}; it has {', '.join(sorted(known))}.", field=name)
        if params[name].strip() and any(each.of_orders for each in report.parameters if each.name == name):
            scope.require_orders(name)
    check_values(report, params)
    period, period_id = parse_period(report, params, today)
    comparison = parse_choice(params, "compare", tuple(COMPARISONS), report.comparison or "none")
    segment = parse_segment(report, params, scope)
    check_period(report, period, today, segment=segment)
    if segment is None:
        comparison = answerable(comparison, report, period, today=today)
    return Query(
        report=report,
        period=period,
        period_id=period_id,
        comparison=comparison,
        currency=parse_currency(params),
        values={each.name: parse_value(params, each) for each in report.parameters},
        limit=parse_limit(params, largest),
        today=today,
        scope=scope,
        before=parse_moment(params),
        before_id=parse_id(params),
        segment=segment,
    )


def check_values(report: Report, params: Mapping[str, str]) -> None:
    """Raise BadQuery where parameters that a report reads in its own way cannot be read."""
    try:
        CHECKS.get(report.id, nothing)(params)
    except StepError as wrong:
        raise BadQuery(wrong.message, field=wrong.field) from wrong


def check_period(report: Report, period: Period, today: date, *, segment: SegmentUse | None) -> None:
    """Raise BadQuery where a period cuts a month or year that is counted as a whole; segments are counted anew."""
    try:
        if segment is None:
            refuse_cut(report, period, today=today)
    except CutPeriod as cut:
        raise BadQuery(str(cut), field=cut.field) from cut


def nothing(_params: Mapping[str, str]) -> None:
    """Check nothing."""


def parse_period(report: Report, params: Mapping[str, str], today: date) -> tuple[Period, str]:
    """Return the period and its name; `from` and `to` win over `period`."""
    if report.has_period and (params.get("from") or params.get("to")):
        first = parse_day(params, "from", today)
        last = parse_day(params, "to", today)
        if last < first:
            raise BadQuery(f"`to` ({last}) is before `from` ({first}).", field="to")
        if (last - first).days >= LONGEST_DAYS:
            raise BadQuery(f"A period may have {LONGEST_DAYS} days at most.", field="from")
        return Period(first, last), "custom"
    name = report.fixed_period or parse_choice(params, "period", tuple(PERIODS), DEFAULT_PERIOD)
    return PERIODS[name].of(today), name


def parse_day(params: Mapping[str, str], name: str, default: date) -> date:
    """Return a day parameter, like 2026-11-21."""
    try:
        day = date.fromisoformat(params[name]) if params.get(name) else default
    except ValueError as error:
        raise BadQuery(f"{params[name][:30]!r} is not a day; write it like 2026-11-21.", field=name) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadQuery(f"{day} is out of reach; days go from {FIRST_YEAR} to {LAST_YEAR}.", field=name)
    return day


def parse_choice(params: Mapping[str, str], name: str, choices: tuple[str, ...], default: str) -> str:
    """Return a parameter that is one of a few."""
    value = params.get(name) or default
    if value not in choices:
        raise BadQuery(f"{name} must be one of {', '.join(choices)}, not {value[:30]!r}.", field=name)
    return value


def parse_value(params: Mapping[str, str], parameter: Parameter) -> str:
    """Return a report's own parameter."""
    if parameter.choices:
        return parse_choice(params, parameter.name, tuple(key for key, _ in parameter.choices), parameter.default)
    return params.get(parameter.name, parameter.default).strip()[:LONGEST_VALUE].replace("\x00", "")


def parse_currency(params: Mapping[str, str]) -> str:
    """Return the currency whose amounts are shown; amounts of different currencies are never added."""
    value = (params.get("currency") or settings.SHOP_CURRENCY).upper()
    if len(value) != 3 or not value.isalpha() or not value.isascii():
        raise BadQuery("currency must be a three-letter code like NGN.", field="currency")
    return value


def parse_limit(params: Mapping[str, str], largest: int) -> int:
    """Return how many rows at the most: a hundred on a page, everything that fits in a file."""
    value = params.get("limit") or str(DEFAULT_LIMIT if largest == LARGEST_LIMIT else largest)
    if not value.isdecimal() or len(value) > 7 or not 1 <= int(value) <= largest:
        raise BadQuery(f"limit must be a number from 1 to {largest}.", field="limit")
    return int(value)


def parse_moment(params: Mapping[str, str]) -> datetime | None:
    """Return where the page before ended."""
    try:
        moment = datetime.fromisoformat(params["before"]) if params.get("before") else None
    except ValueError as error:
        raise BadQuery("before must be a moment like 2026-11-21T09:30:00Z.", field="before") from error
    if moment is not None and moment.tzinfo is None:
        raise BadQuery("before needs a time zone, for example a Z at its end.", field="before")
    if moment is not None and not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadQuery(f"before must be from {FIRST_YEAR} to {LAST_YEAR}.", field="before")
    return moment


def parse_id(params: Mapping[str, str]) -> UUID | None:
    """Return the id at which the page before ended."""
    try:
        return UUID(params["before_id"]) if params.get("before_id") else None
    except ValueError as error:
        raise BadQuery("before_id must be the id of an event.", field="before_id") from error


def parse_segment(report: Report | None, params: Mapping[str, str], scope: Scope) -> SegmentUse | None:
    """Return the segment that a report is narrowed to; without one, a dashboard. Raises BadQuery and OutOfScope."""
    if not params.get("segment"):
        return None
    try:
        if report is not None:
            refuse_segment(report)
        return use_segment(params["segment"], scope)
    except SegmentError as refusal:
        raise BadQuery(str(refusal), field="segment") from refusal


def file_stem(query: Query) -> str:
    """Return the name of a query's file without its kind: the report, whom it is about, and the days."""
    people = f"segment-{query.segment.value}-" if query.segment else ""
    return f"{query.report.id}-{people}{query.period.first}-{query.period.last}"
