"""Alerts: a figure beyond its limit or unusual for its weekday, a silent key, a failed job; told by mail, once.

A job reads every alert that is on. Whoever moves `last_fired_at` tells; all others find it moved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Min, Q

from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Column, Report, Unit
from analytics.report.anomalies import WEEKS, usual_for
from analytics.report.limits import reading_report
from analytics.report.presentation import NUMBERS, report_url
from analytics.report.query import Query, parse_query
from analytics.report.run import can_be_read, fetch, query_params, run_query
from analytics.report.scope import ALL
from analytics.report.wording import day_text, headline_text, period_text
from analytics.store.models import Alert, AlertFiring, FillState, IngestAlert
from zuka.platform.clock import local_day
from zuka.platform.db.files import load_sql
from zuka.platform.errors import Refused
from zuka.platform.mail.queueing import queue_mail

log = structlog.get_logger(__name__)
FOLDER = Path(__file__).parent.parent / "store" / "sql" / "alerts"
JOBS, QUERIES = FOLDER / "bad_jobs.sql", FOLDER / "slow_queries.sql"
MAIL = "alert.fired"
KEPT = timedelta(days=400)
SCALES = {Unit.MONEY: 100, Unit.PERCENT: 0.01}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to tell: in words, with the figure as it is stored and the page that shows it."""

    message: str
    value: float | None = None
    page: str = ""


def has_total(report: Report, column: Column) -> bool:
    """Say whether a column has one figure for a whole period that an alert can be on."""
    is_free = report.has_period and not report.pages and not report.permission
    is_total = column.sums or report.has_totals
    return (
        is_free
        and is_total
        and column.unit in NUMBERS
        and not any(each.name == "product" for each in report.parameters)
    )


def metric_choices() -> list[tuple[str, str]]:
    """Return every figure that an alert can be on, `report.column` with its title."""
    return [
        (f"{report.id}.{column.name}", f"{report.title}: {column.title}")
        for report in REPORTS.values()
        for column in report.columns
        if has_total(report, column)
    ]


def find_metric(metric: str) -> tuple[Report, Column]:
    """Return the report and column of a metric. Raises LookupError for one that is not declared any more."""
    report_id, _, name = metric.partition(".")
    if metric not in dict(metric_choices()):
        raise LookupError(f"There is no figure {metric!r} any more.")
    return REPORTS[report_id], REPORTS[report_id].column(name)


def is_by_day(metric: str) -> bool:
    """Say whether a figure is known for each day, as weekdays are compared by."""
    report, _ = find_metric(metric)
    return report.columns[0].name == "day"


def read_limit(alert: Alert, at: datetime) -> Finding | None:
    """Return what to say of a figure beyond its limit."""
    report, column = find_metric(alert.metric)
    query = query_of(alert, report, {"period": alert.window}, at)
    value = run_query(query, now=at).totals.get(column.name)
    if value is None or alert.threshold is None:
        return None
    limit = float(alert.threshold) * SCALES.get(column.unit, 1)
    is_above = alert.kind == Alert.Kind.ABOVE
    if not (value > limit if is_above else value < limit):
        return None
    shown, bound = (headline_text(column.unit, each, query.currency) for each in (value, whole(column.unit, limit)))
    verb = "is above" if is_above else "is below"
    message = f"{column.title} ({subject(query)}), {period_text(query.period)}: {shown} {verb} {bound}."
    return Finding(message, float(value), page_of(query, {"period": alert.window}))


def query_of(alert: Alert, report: Report, days: Mapping[str, str], at: datetime) -> Query:
    """Return what an alert asks its report over some days. Raises BadQuery."""
    people = {"segment": str(alert.segment_id)} if alert.segment_id else {}
    return parse_query(report=report, params={**days, **people, "compare": "none"}, today=local_day(at), scope=ALL)


def subject(query: Query) -> str:
    """Return what a figure is of: the report, and its people where it is not about everybody."""
    return f"{query.report.title}, {query.segment.title}" if query.segment else query.report.title


def page_of(query: Query, days: Mapping[str, str]) -> str:
    """Return the page that shows a figure."""
    people = {"segment": query.segment.value} if query.segment else {}
    return report_url(query.report.id, {**days, **people})


def whole(unit: Unit, value: float) -> float:
    """Return a limit as its unit is written: kobo and pieces are whole."""
    return round(value) if unit in {Unit.MONEY, Unit.COUNT, Unit.DURATION} else value


def read_anomaly(alert: Alert, at: datetime) -> Finding | None:
    """Return what to say of yesterday's figure where it is unusual for its weekday."""
    report, column = find_metric(alert.metric)
    yesterday = local_day(at) - timedelta(days=1)
    first = yesterday - timedelta(weeks=WEEKS)
    query = query_of(alert, report, {"from": first.isoformat(), "to": yesterday.isoformat()}, at)
    with reading_report():
        names, rows = fetch(report.id, query_params(query))
    place, began = names.index(column.name), FillState.objects.aggregate(day=Min("day"))["day"]
    # Before the shop began there was nothing: those days are not known, which is not the same as zero.
    values = {row[0]: row[place] for row in rows if began and row[0] >= began}
    value, usual = values.get(yesterday), usual_for(values, yesterday)
    if value is None or usual is None or not usual.is_unusual(value):
        return None
    shown, middle = (
        headline_text(column.unit, each, query.currency) for each in (value, whole(column.unit, usual.middle))
    )
    side = "more" if value > usual.middle else "less"
    message = (
        f"{column.title} ({subject(query)}) on {day_text(yesterday)}: {shown} is far {side} than the usual {middle} "
        f"of a {yesterday:%A}."
    )
    day = yesterday.isoformat()
    return Finding(message, float(value), page_of(query, {"from": day, "to": day}))


def read_keys(_alert: Alert, _at: datetime) -> Finding | None:
    """Return what to say of keys that are silent or have much rejected now."""
    texts = list(IngestAlert.objects.filter(closed_at=None).order_by("opened_at").values_list("message", flat=True))
    return Finding(" ".join(texts), float(len(texts)), report_url("ingest_health", {})) if texts else None


def read_jobs(_alert: Alert, _at: datetime) -> Finding | None:
    """Return what to say of jobs that failed when they last ran, or did not run."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(JOBS))
        rows = cursor.fetchall()
    texts = [f"{name} {'is overdue' if late else f'failed ({error})'}." for name, late, error in rows]
    return Finding(" ".join(texts), float(len(texts)), report_url("jobs", {})) if texts else None


def read_queries(_alert: Alert, _at: datetime) -> Finding | None:
    """Return what to say of queries that take long on average; nothing where PostgreSQL keeps no count of them."""
    if not can_be_read(REPORTS["slow_queries"]):
        return None
    with connection.cursor() as cursor:
        cursor.execute(load_sql(QUERIES))
        rows = cursor.fetchall()
    if not rows:
        return None
    query, mean_ms, calls = rows[0]
    many = "1 query takes" if len(rows) == 1 else f"{len(rows)} queries take"
    times = f"called {calls:,} time{'' if calls == 1 else 's'}"
    message = f"{many} longer than 500 ms on average, up to {mean_ms:,} ms ({times}): {query}"
    return Finding(message, float(mean_ms), report_url("slow_queries", {}))


READERS: Mapping[str, Callable[[Alert, datetime], Finding | None]] = {
    Alert.Kind.ABOVE: read_limit,
    Alert.Kind.BELOW: read_limit,
    Alert.Kind.ANOMALY: read_anomaly,
    Alert.Kind.SILENT_KEYS: read_keys,
    Alert.Kind.FAILED_JOBS: read_jobs,
    Alert.Kind.SLOW_QUERIES: read_queries,
}


def evaluate_alerts(*, at: datetime) -> list[AlertFiring]:
    """Read every alert that is on and may tell again, tell what there is, and return it. One that fails stops none."""
    AlertFiring.objects.filter(fired_at__lt=at - KEPT).delete()
    fired = (evaluate_alert(alert=alert, at=at) for alert in Alert.objects.filter(is_enabled=True))
    return [firing for firing in fired if firing is not None]


def evaluate_alert(*, alert: Alert, at: datetime) -> AlertFiring | None:
    """Read one alert and tell what it finds; None where there is nothing to tell, or it was told lately."""
    if not may_tell(at, alert).filter(pk=alert.pk).exists():
        return None
    try:
        with transaction.atomic():
            found = READERS[alert.kind](alert, at)
    except (DatabaseError, LookupError, Refused) as error:
        log.exception("alert.unread", alert=alert.pk, error=str(error))
        return None
    return tell(alert, found, at) if found else None


def may_tell(at: datetime, alert: Alert) -> Any:
    """Return the alerts that have not told within their hours."""
    lately = at - timedelta(hours=alert.every_hours)
    return Alert.objects.filter(Q(last_fired_at=None) | Q(last_fired_at__lte=lately), is_enabled=True)


@transaction.atomic
def tell(alert: Alert, found: Finding, at: datetime) -> AlertFiring | None:
    """Keep a firing and queue its mails; None where another worker was first."""
    if not may_tell(at, alert).filter(pk=alert.pk).update(last_fired_at=at):
        return None
    call = {"call": AlertFiring.Call.WAITING, "next_call_at": at} if alert.webhook_url else {}
    firing = AlertFiring.objects.create(alert=alert, fired_at=at, value=found.value, message=found.message, **call)
    context = {"alert": alert.name, "message": found.message, "every_hours": alert.every_hours}
    context["link"] = f"{settings.ZUKA_URL}{found.page}" if settings.ZUKA_URL and found.page else ""
    for recipient in dict.fromkeys(each.lower() for each in alert.recipients):
        key = f"{MAIL}:{firing.pk}:{recipient}"[:200]
        queue_mail(key=key, template=MAIL, recipient=recipient, context=context, at=at)
    log.warning("alert.fired", alert=alert.pk, message=found.message)
    return firing
