"""System checks of the registry and of the tables that must be there before the doors open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError, InterfaceError

from analytics.registry.dashboards import DASHBOARDS, dashboard_problems
from analytics.registry.metrics import METRICS
from analytics.registry.metrics.dimensions import DIMENSIONS, SOURCES
from analytics.registry.metrics.forms import DAY, Additivity, Metric
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Column, Report, Unit
from analytics.registry.rollups import MATERIALIZED_VIEWS, ROLLUPS
from analytics.store.partitioning import MONTHS_AHEAD, TABLE, months_ahead
from analytics.store.report_files import report_statement
from analytics.store.views import FOLDER, declared_views
from zuka.platform import clock
from zuka.platform.db.partitions import list_partitions


@register()
def check_registry(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Report declarations without their SQL file, and dashboards that name what does not exist."""
    files = [FOLDER / "rollups" / f"{name}.sql" for name in ROLLUPS]
    problems: list[CheckMessage] = [
        Error(f"{path.name} is missing.", hint=f"Write {path.parent.name}/{path.name}.", id="analytics.E001")
        for path in files
        if not path.exists()
    ]
    names = [view.name for view in declared_views()]
    problems += [
        Error(f"Two files make the view {name}.", hint="Give one of them another name.", id="analytics.E007")
        for name in sorted({each for each in names if names.count(each) > 1})
    ]
    views = set(names)
    problems += [
        Error(problem, hint="Put it right in registry/dashboards.py.", id="analytics.E006")
        for problem in dashboard_problems(DASHBOARDS)
    ]
    return problems + [
        Error(f"The materialized view {name} has no SQL file.", hint="Write sql/views/M…", id="analytics.E002")
        for name in sorted(MATERIALIZED_VIEWS.keys() - views)
    ]


NEVER_SUMMED = {Unit.PERCENT, Unit.DAY, Unit.MOMENT, Unit.TEXT, Unit.JSON}


def metrics_by_column() -> dict[str, Metric]:
    """Return the metric that each `report.column` shows."""
    return {name: metric for metric in METRICS.values() for name in metric.columns}


def wrong_sum(report: Report, column: Column, metrics: Mapping[str, Metric]) -> str:
    """Return why a column that is declared to be summed must not be; '' where it may."""
    metric = metrics.get(f"{report.id}.{column.name}")
    if column.unit in NEVER_SUMMED:
        return f"a value in {column.unit.value} cannot be added up"
    if metric and metric.additivity is not Additivity.ADDITIVE:
        return f"{metric.label} is {metric.additivity.value}"
    is_unsummable = any(column.name in ROLLUPS[name].unsummable for name in report.rollups if name in ROLLUPS)
    return "its rollup says that it must never be added up" if is_unsummable else ""


def metric_problems(metric: Metric) -> list[str]:
    """Return what does not fit in the declaration of a metric."""
    parts = [METRICS[part] for part in metric.over or () if part in METRICS]
    measured = {*metric.adds, *metric.less, *([metric.distinct] if metric.distinct else [])}
    known = [source for source in metric.sources if source in SOURCES]
    found = [f"reads {source}, which is no source" for source in metric.sources if source not in SOURCES]
    found += [
        f"reads {sorted(measured - {*ROLLUPS[name].measures})}, which {name} has not"
        for name in known
        if measured - {*ROLLUPS[name].measures}
    ]
    unknown = {*metric.not_over} - {*DIMENSIONS, DAY}
    found += [f"is not added over {each}, which is nothing" for each in sorted(unknown)]
    if metric.over and len(parts) < 2:
        found.append("is a share of something that is no metric")
    if any({*metric.sources} - {*part.sources} or part.additivity is not Additivity.ADDITIVE for part in parts):
        found.append("is a share of parts that cannot be added up where it is read")
    if bool(metric.sources) is not bool(metric.expression) or bool(metric.sources) is bool(metric.table):
        found.append("needs either sources and what is read from them, or a table")
    return found


def column_problems() -> list[str]:
    """Return the places of metrics that are no column of a report, or a column in another unit."""
    found = []
    for place, metric in metrics_by_column().items():
        report, _, name = place.partition(".")
        columns = {column.name: column for column in REPORTS[report].columns} if report in REPORTS else {}
        if name not in columns:
            found.append(f"{metric.id} is shown at {place}, which is no column of a report")
        elif columns[name].unit is not metric.unit:
            found.append(f"{place} is in {columns[name].unit.value}, {metric.id} in {metric.unit.value}")
    return found


@register()
def check_metrics(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Refuse metrics that do not fit, and reports that would add up what may not be added up."""
    metrics = metrics_by_column()
    sums = [
        f"The report {report.id} sums {column.name}, but {reason}."
        for report in REPORTS.values()
        for column in report.columns
        if column.sums and (reason := wrong_sum(report, column, metrics))
    ]
    wrong = [f"The metric {metric.id} {problem}." for metric in METRICS.values() for problem in metric_problems(metric)]
    hint = "See analytics/registry/metrics/."
    return [
        *(Error(text, hint="Leave out `sums`, and write a totals file.", id="analytics.E003") for text in sums),
        *(Error(text, hint=hint, id="analytics.E004") for text in wrong),
        *(Error(f"{text}.", hint=hint, id="analytics.E004") for text in column_problems()),
    ]


@register()
def check_brand_scope(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Refuse reports that a brand's staff may see and whose SQL does not leave out the rows of other brands."""
    return [
        Error(
            f"{name}.sql does not bind brands, but a brand's staff may see {report.id}.",
            hint="Leave out rows of other brands by %(brands)s, or say brand_scopable=False.",
            id="analytics.E005",
        )
        for report in REPORTS.values()
        if report.brand_scopable
        for name in statements_of(report)
        if "%(brands)s" not in report_statement(name).as_string(None)
    ]


def statements_of(report: Report) -> list[str]:
    """Return the names of a report's statements."""
    endings = ["", *(["_totals"] if report.has_totals else []), *(["_series"] if report.has_series else [])]
    return [f"{report.id}{ending}" for ending in endings]


@register(Tags.database)
def check_partitions(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    databases: Sequence[str] | None = None,
    **_options: Any,
) -> list[CheckMessage]:
    """Warn when fewer than the usual months are ready for events. Runs where databases are checked (migrate)."""
    if "default" not in (databases or ()):
        return []
    try:
        starts = [clock.local_day(each.start) for each in list_partitions(table=TABLE)]
    except (DatabaseError, InterfaceError):  # without a database there is nothing to look at
        return []
    ahead = months_ahead(clock.local_day(clock.now()), starts)
    if ahead >= MONTHS_AHEAD:
        return []
    hint = "Celery beat creates them daily; `manage.py partitions` does it now."
    return [CheckWarning(f"Only {ahead} months ahead have a partition for events.", hint=hint, id="analytics.W001")]
