"""Which reports can be narrowed to a segment, and which segments somebody may use."""

from __future__ import annotations

import re
from functools import cache

from django.db.models import Q, QuerySet

from analytics.people.conditions import DefinitionError
from analytics.people.narrowing import ROLLUP_TABLES, SegmentUse, tables_of, uncuttable
from analytics.people.segments import SlowSegmentError, refresh_segment
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from analytics.registry.rollups import ROLLUPS
from analytics.report.computed import COMPUTED
from analytics.report.scope import OutOfScope, Scope
from analytics.store.models import Segment
from analytics.store.report_files import report_file, report_statement
from zuka.platform import clock
from zuka.platform.db.files import load_sql

VALUE = re.compile(r"(?P<outside>not-)?(?P<id>[1-9][0-9]{0,17})")
# A report of one person is about nobody else anyway.
OF_ONE = frozenset({"person_timeline", "session_path"})


class SegmentError(ValueError):
    """A segment that cannot be used, or not here; the message says why, and what to do."""


def texts_of(report: Report) -> list[str]:
    """Return the SQL that a report reads by."""
    names = [report.id, *(f"{report.id}_{part}" for part in ("totals", "series"))]
    if computed := COMPUTED.get(report.id):
        return [load_sql(path) for path in (report_file(report.id), *computed.parts)]
    return [report_statement(name).as_string(None) for name in names if report_file(name).exists()]


@cache
def obstacles(report_id: str) -> tuple[str, ...]:
    """Return what a report reads that is not kept by person; '' alone where it reads nothing that is."""
    texts = texts_of(REPORTS[report_id])
    found = sorted({table for text in texts for table in uncuttable(text)})
    return tuple(found) if found or any(tables_of(text) for text in texts) else ("",)


def can_be_narrowed(report: Report) -> bool:
    """Say whether a report can be asked about a segment; of the builder that depends on its numbers."""
    return report.id not in OF_ONE and (report.id not in REPORTS or not obstacles(report.id))


def refuse_segment(report: Report) -> None:
    """Raise SegmentError where a report cannot be narrowed."""
    if can_be_narrowed(report):
        return
    if report.id in OF_ONE:
        raise SegmentError(f"{report.title} is about one person already; leave segment out.")
    tables = " and ".join(f"`{table}`" for table in obstacles(report.id) if table)
    reason = f"it reads {tables}, which does not say whose its rows are" if tables else "it is not about people"
    raise SegmentError(f"{report.title} cannot be narrowed to a segment: {reason}. Leave segment out.")


def is_by_person(rollup: str) -> bool:
    """Say whether a rollup can be counted for some people."""
    return ROLLUPS[rollup].table in ROLLUP_TABLES


def visible_segments(scope: Scope) -> QuerySet[Segment]:
    """Return the segments that whoever asks may use: their own and those shared with a role of theirs; for a key, and
    for whoever may run commands, all. A brand's staff have none: a segment is made of the people of all brands.
    """
    if scope.is_limited:
        return Segment.objects.none()
    if scope.reader is None:
        return Segment.objects.all()
    shared = Segment.objects.filter(roles__in=scope.reader.groups.all()).values("pk")
    return Segment.objects.filter(Q(owner=scope.reader) | Q(pk__in=shared))


def use_segment(value: str, scope: Scope) -> SegmentUse:
    """Return the segment that a parameter names, its people found where nobody has yet.

    Raises SegmentError, and OutOfScope for a brand's staff.
    """
    if scope.is_limited:
        raise OutOfScope("A segment is made of the people of all brands; a brand's staff cannot use one.")
    asked = VALUE.fullmatch(value.strip())
    segment = visible_segments(scope).filter(pk=int(asked["id"])).first() if asked else None
    if asked is None or segment is None:
        text = "Give the number of a segment that you may use, or not- and its number for everybody else"
        raise SegmentError(f"There is no segment {value[:30]!r}. {text}; Segments lists them.")
    if segment.refreshed_at is None:
        try:
            segment = refresh_segment(segment, at=clock.now())
        except SlowSegmentError as failure:
            raise SegmentError(f"{failure} Give {segment.name} fewer days or conditions.") from failure
        except DefinitionError as failure:
            raise SegmentError(
                f"{segment.name} cannot be found any more: {failure} Open and save it anew."
            ) from failure
    assert segment.refreshed_at is not None
    return SegmentUse(
        segment.pk, segment.name, bool(asked["outside"]), as_of=segment.refreshed_at, people=segment.people or 0
    )


def segment_choices(report: Report, scope: Scope) -> list[tuple[str, str]]:
    """Return the values of the parameter `segment` with their titles; none where there is nothing to choose."""
    return all_segment_choices(scope) if can_be_narrowed(report) else []


def all_segment_choices(scope: Scope) -> list[tuple[str, str]]:
    """Return the same for what holds several reports, of which some can be narrowed."""
    if scope.is_limited:
        return []
    found = [(str(pk), name) for pk, name in visible_segments(scope).values_list("pk", "name")]
    outside = [(f"not-{pk}", f"All but {name}") for pk, name in found]
    return [("", "Everybody"), *found, *outside] if found else []
