"""Counting a sample of days again each night: what differs is kept, named, for staff to see."""

from __future__ import annotations

import random
import time
from datetime import date, datetime, timedelta
from typing import Any

import structlog

from analytics.lifecycle.archive.months import away_days
from analytics.people.cutting import COLUMNS as VISIT_COLUMNS
from analytics.rollup.away import rollups_of
from analytics.rollup.span import counted_span
from analytics.rollup.units import units_of
from analytics.rollup.verify import Difference, differences, read_both, read_visits, recut_visits
from analytics.store.models import DirtyDay, VerifyRun
from zuka.platform.clock import local_day

log = structlog.get_logger(__name__)
MONTH = 30
NAMED = 50
KEPT_DAYS = 400


def sample_days(*, first: date, last: date) -> list[date]:
    """Return yesterday (`last`), one day of the month before it and one of all, by a draw that a day always repeats."""
    draw = random.Random(last.toordinal())  # noqa: S311 - a sample, no secret
    span = (last - first).days
    chosen = {last, last - timedelta(days=draw.randint(0, min(span, MONTH))), last - timedelta(draw.randint(0, span))}
    return sorted(chosen)


def is_waiting(day: date) -> bool:
    """Say whether something of a day is still to be counted, so that a difference would mean nothing."""
    return DirtyDay.objects.filter(day=day).exists()


def check_day(day: date) -> tuple[int, list[Difference]]:
    """Return how many cells of a day were compared, and those that differ."""
    away = away_days([day])
    units = units_of(day, rollups_of(day, away))
    sides = [((each.rollup.name, each.first), each.rollup.measures, *read_both(each)) for each in units]
    if day not in away:
        sides.append((("visits", day), VISIT_COLUMNS[1:], read_visits(day), recut_visits(day)))
    cells = sum(len(stored.keys() | counted.keys()) * len(measures) for _, measures, stored, counted in sides)
    return cells, [found for side in sides for found in differences(*side)]


def verify_day(*, day: date, at: datetime) -> VerifyRun | None:
    """Compare a day and keep the result; None for a day of which something came in meanwhile."""
    began = time.monotonic()
    if is_waiting(day):
        return None
    cells, found = check_day(day)
    if is_waiting(day):
        return None
    if found:
        log.error("verify.differs", day=str(day), cells=cells, differing=len(found))
    return VerifyRun.objects.create(
        day=day,
        started_at=at,
        seconds=time.monotonic() - began,
        cells=cells,
        differing=len(found),
        differences=[named(each) for each in found[:NAMED]],
    )


def named(found: Difference) -> dict[str, Any]:
    """Return a difference as it is kept."""
    return {
        "rollup": found.rollup,
        "key": [None if part is None else str(part) for part in found.key],
        "measure": found.measure,
        "stored": None if found.stored is None else str(found.stored),
        "counted": None if found.counted is None else str(found.counted),
    }


def verify_sample(*, at: datetime) -> list[VerifyRun]:
    """Compare a sample of the days that are over, and return the runs; those of long ago are forgotten."""
    VerifyRun.objects.filter(started_at__lt=at - timedelta(days=KEPT_DAYS)).delete()
    span, yesterday = counted_span(), local_day(at) - timedelta(days=1)
    if span is None or span[0] > yesterday:
        return []
    runs = (verify_day(day=day, at=at) for day in sample_days(first=span[0], last=yesterday))
    return [run for run in runs if run is not None]
