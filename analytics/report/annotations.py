"""Notes on charts: which a reader sees on a report's chart, and where on it they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from analytics.registry.dashboards import DASHBOARDS
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from analytics.report.periods import Period
from analytics.report.scope import Scope
from analytics.report.wording import period_text
from analytics.store.models import Annotation

MOST_NOTES = 30
NO_TIME, DAY = {"funnel", "heat"}, "day"
ROLES = Annotation.roles.through.objects


@dataclass(frozen=True, slots=True)
class Note:
    """A note within the period of a chart; `author` is '' for readers who are not staff."""

    id: int
    first: date
    last: date
    text: str
    author: str

    @property
    def days(self) -> str:
        """Return the day or days it is about."""
        return period_text(Period(self.first, self.last))

    @property
    def said(self) -> str:
        """Return the note with its days, as one line."""
        return f"{self.days}: {self.text}"


def has_time(report: Report) -> bool:
    """Say whether a report has a chart over days, at least in one of its groupings."""
    if report.chart is None or report.chart.kind in NO_TIME or not report.has_period:
        return False
    return report.chart.x == DAY or any(DAY in dict(each.choices) for each in report.parameters)


def places() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the dashboards and reports that a note can be kept to, by what they are."""
    dashboards = [(each.id, each.title) for each in DASHBOARDS.values()]
    reports = [(each.id, each.title) for each in REPORTS.values() if has_time(each) and each.id not in DASHBOARDS]
    return [("Dashboards", dashboards), ("Reports", reports)]


def places_of(report: Report) -> list[str]:
    """Return the places whose notes a report shows: itself, and the dashboards that it is on."""
    on = [each.id for each in DASHBOARDS.values() if any(widget.report == report.id for widget in each.widgets)]
    return [report.id, *on]


def visible_annotations(scope: Scope) -> QuerySet[Annotation]:
    """Return the notes that whoever asks may read: their own, those for a role of theirs, and those for everybody. A
    brand's staff read of the latter none: a note may speak of other brands.
    """
    is_open = ~Exists(ROLES.filter(annotation=OuterRef("pk")))
    if scope.reader is None:
        return Annotation.objects.none() if scope.is_limited else Annotation.objects.filter(is_open)
    own = Q(author=scope.reader) | Q(
        Exists(ROLES.filter(annotation=OuterRef("pk"), group__in=scope.reader.groups.all()))
    )
    return Annotation.objects.filter(own if scope.is_limited else own | Q(is_open))


def notes_of(report: Report, period: Period, scope: Scope) -> tuple[Note, ...]:
    """Return the notes on a report's chart over a period, the earliest first; a report without days has none."""
    if not has_time(report):
        return ()
    on = Q(places=[]) | Q(*(Q(places__contains=[place]) for place in places_of(report)), _connector=Q.OR)
    found = visible_annotations(scope).filter(on, first_date__lte=period.last, last_date__gte=period.first)
    rows = found.select_related("author").order_by("first_date", "pk")[:MOST_NOTES]
    return tuple(Note(each.pk, each.first_date, each.last_date, each.text, author_of(each, scope)) for each in rows)


def author_of(annotation: Annotation, scope: Scope) -> str:
    """Return who wrote a note, for colleagues."""
    author: Any = annotation.author
    return (author.name or author.email or "") if author is not None and scope.reader is not None else ""


def marks_of(notes: Sequence[Note], days: Sequence[date]) -> list[dict[str, Any]]:
    """Return where notes stand among the points of a chart, each of which begins on one of `days`, and their words."""
    return [
        {"first": place_of(note.first, days), "last": place_of(note.last, days), "text": note.said} for note in notes
    ]


def place_of(day: date, days: Sequence[date]) -> int:
    """Return the place of the point that a day is in; the nearest for one outside."""
    return max(0, sum(start <= day for start in days) - 1)
