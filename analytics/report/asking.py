"""The report builder's question: metrics by an interval and up to two dimensions, filtered. What cannot be is refused.

It is asked with the parameters of a report, `BUILD`, so pages, JSON, CSV and saved reports read it by the same rules.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

from analytics.registry.metrics import METRICS
from analytics.registry.metrics.dimensions import DIMENSIONS, SOURCES
from analytics.registry.metrics.forms import DAY, Metric
from analytics.registry.reports.forms import Basis, Chart, Parameter, Report
from analytics.report.compacted import CutPeriod, answerable_for, refuse_parts
from analytics.report.narrowed import is_by_person
from analytics.report.query import LARGEST_LIMIT, BadQuery, Query, parse_query
from analytics.report.scope import OutOfScope, Scope
from analytics.store.composing import Breakdown

METRIC_FIELDS = ("metric", "metric2", "metric3")
BY_FIELDS = ("by", "by2")
INTERVALS = (("none", "Whole period"), ("day", "Day"), ("week", "Week"), ("month", "Month"), ("year", "Year"))
KINDS = (("bar", "Bars"), ("line", "Lines"), ("stacked", "Stacked bars"))
NOTHING = ("", "–")
BETWEEN = "|"


def metrics_for(scope: Scope) -> dict[str, Metric]:
    """Return the metrics that somebody may ask the builder for."""
    return {
        metric.id: metric
        for metric in METRICS.values()
        if any(SOURCES[name].brand_scopable or not scope.is_limited for name in metric.sources)
    }


def build_report(scope: Scope) -> Report:
    """Return the builder as a report: its parameters are the question."""
    metrics = [(metric.id, metric.label) for metric in metrics_for(scope).values()]
    first, *others = METRIC_FIELDS
    dimensions = (NOTHING, *((each.id, each.label) for each in DIMENSIONS.values()))
    return Report(
        id="build",
        title="Build a report",
        question="Any number, by what you like.",
        group="Overview",
        icon="construction",
        basis=Basis.BOTH,
        columns=(),
        parameters=(
            Parameter(first, "Number", tuple(metrics), metrics[0][0]),
            *(Parameter(name, "and", (NOTHING, *metrics)) for name in others),
            Parameter("interval", "Interval", INTERVALS, "day"),
            *(Parameter(name, title, dimensions) for name, title in zip(BY_FIELDS, ("By", "and by"), strict=True)),
            Parameter("chart", "Drawn as", KINDS, "bar"),
            *(Parameter(each.id, f"Only {each.label.lower()}") for each in DIMENSIONS.values()),
        ),
        chart=Chart("bar", "day", ()),
        brand_scopable=True,
    )


def parse_build(*, params: Mapping[str, str], today: date, scope: Scope, largest: int = LARGEST_LIMIT) -> Query:
    """Return the query of a built report. Raises BadQuery, which names the parameter."""
    return parse_query(report=build_report(scope), params=params, today=today, scope=scope, largest=largest)


def breakdown_of(query: Query) -> Breakdown:
    """Return what is asked of which rollups.

    Raises BadQuery, which names the parameter, where a number is not counted so or may not be added up so, and
    OutOfScope.
    """
    chosen = [(field, METRICS[query.values[field]]) for field in METRIC_FIELDS if query.values[field]]
    by = {field: query.values[field] for field in BY_FIELDS if query.values[field]}
    if len(set(by.values())) < len(by):
        raise BadQuery(f"{DIMENSIONS[by['by']].label} is asked for twice; choose another.", field="by2")
    filters = {each: split(query.values[each]) for each in DIMENSIONS if query.values[each]}
    for field, metric in chosen:
        refuse_sums(query, metric, field, by=tuple(by.values()), filters=filters)
    asked_by = {name: name for name in filters} | {name: field for field, name in by.items()}
    metrics = {metric.id: source_of(metric, asked_by, query.scope) for _, metric in chosen}
    refuse_whole(query, metrics)
    check_days(query, set(metrics.values()))
    return Breakdown(
        metrics=metrics,
        dimensions=tuple(by.values()),
        interval=interval_of(query),
        filters=filters,
        is_limited=query.scope.is_limited,
    )


def interval_of(query: Query) -> str:
    """Return the interval that is asked for; '' for the whole period."""
    return "" if query.values["interval"] == "none" else query.values["interval"]


def check_days(query: Query, rollups: Collection[str]) -> None:
    """Raise BadQuery where rollups are asked about less than what they count as a whole."""
    if query.segment is not None:
        return
    try:
        refuse_parts(rollups, query.period, grain=interval_of(query), today=query.today, field="interval")
    except CutPeriod as cut:
        raise BadQuery(str(cut), field=cut.field) from cut


def comparable(query: Query, rollups: Collection[str]) -> Query:
    """Return a query without its comparison where that cuts what rollups count as a whole."""
    if query.segment is not None:
        return query
    comparison = answerable_for(rollups, query.comparison, query.period, grain=interval_of(query), today=query.today)
    return replace(query, comparison=comparison)


def refuse_whole(query: Query, metrics: Mapping[str, str]) -> None:
    """Raise BadQuery where a segment is asked about in numbers that are not counted by person."""
    for name, source in metrics.items():
        if query.segment and not is_by_person(source):
            text = f"{METRICS[name].label} is not counted by person. Leave segment out, or choose another number."
            raise BadQuery(text, field="segment")


def split(value: str) -> list[str]:
    """Return the values of a filter; several are written with a bar between them."""
    return [part.strip() for part in value.split(BETWEEN) if part.strip()]


def source_of(metric: Metric, asked_by: Mapping[str, str], scope: Scope) -> str:
    """Return the cheapest rollup that has a metric by all that is asked for, each with its parameter."""
    for name in metric.sources:
        source = SOURCES[name]
        if asked_by.keys() <= source.dimensions.keys() and (source.brand_scopable or not scope.is_limited):
            return name
    if scope.is_limited and not any(SOURCES[name].brand_scopable for name in metric.sources):
        raise OutOfScope(f"{metric.label} is about the whole shop; a brand's staff cannot see it.")
    known = {dimension for name in metric.sources for dimension in SOURCES[name].dimensions}
    unknown = [dimension for dimension in asked_by if dimension not in known]
    labels = " and ".join(DIMENSIONS[dimension].label for dimension in unknown or asked_by)
    raise BadQuery(
        f"{metric.label} is not counted by {labels}{'' if unknown else ' together'}; it goes by {ways_of(metric)}.",
        field=asked_by[(unknown or list(asked_by))[-1]],
    )


def ways_of(metric: Metric) -> str:
    """Return in words what a metric may be broken down by."""
    ways = [", ".join(DIMENSIONS[each].label for each in SOURCES[name].dimensions) for name in metric.sources]
    return "; or by ".join(way for way in ways if way) or "day, week, month and year"


def refuse_sums(
    query: Query, metric: Metric, field: str, *, by: tuple[str, ...], filters: Mapping[str, list[str]]
) -> None:
    """Raise BadQuery where an answer would add up what may not be added up."""
    for dimension in open_dimensions(metric, filters=filters, by=by):
        if dimension == DAY and query.values["interval"] != DAY and query.period.days > 1:
            raise BadQuery(
                f"{metric.label} cannot be added over days: the same people come again. Choose Day as the interval.",
                field="interval",
            )
        if dimension != DAY:
            label = DIMENSIONS[dimension].label
            raise BadQuery(
                f"{metric.label} cannot be added over different values of {label}: the same would count twice. "
                f"Break it down by {label}, or choose one.",
                field=field,
            )


def open_dimensions(metric: Metric, *, filters: Mapping[str, list[str]], by: tuple[str, ...] = ()) -> list[str]:
    """Return what a metric may not be added over, and is added over."""
    return [each for each in metric.not_over if each not in by and len(filters.get(each, ())) != 1]


def fitting_parameters(query: Query) -> tuple[Parameter, ...]:
    """Return the parameters that make sense for the chosen metrics: what all of them are counted by."""
    chosen = [METRICS[query.values[field]] for field in METRIC_FIELDS if query.values[field]]
    carried = [{each for name in metric.sources for each in SOURCES[name].dimensions} for metric in chosen]
    known = set.intersection(*carried)
    return tuple(
        fitting(parameter, known, query.values[parameter.name])
        for parameter in query.report.parameters
        if parameter.name not in DIMENSIONS or parameter.name in known or query.values[parameter.name]
    )


def fitting(parameter: Parameter, known: set[str], value: str) -> Parameter:
    """Return a parameter with the choices that make sense, and what is chosen."""
    if parameter.name not in BY_FIELDS:
        return parameter
    choices = tuple(choice for choice in parameter.choices if choice[0] in known | {"", value})
    return replace(parameter, choices=choices)
