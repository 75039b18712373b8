"""Tables are kept for those who ask the same: made once, however many ask at once, and anew when what they count
changes.

A kept table is shown as long as nothing was counted since, and five minutes at most (data-model.md); one that took
long to make for a while beside that, in proportion: a crowd of staff never makes the same one twice. Whoever comes
while it is made anew gets the one before, with its own "as of".

What a table was counted from is read where the table is: one from a replica that is behind is kept as what it is, and
made anew for whoever comes once the primary knows more.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import Count, Max

from analytics.registry.reports.forms import Basis, Report
from analytics.report.query import LARGEST_LIMIT, Query
from analytics.report.replica import read_report
from analytics.report.table import Table
from analytics.store.models import DirtyDay, FillState, RefreshRun, WarehouseDay
from analytics.warehouse.client import is_read
from zuka.platform.replica.reading import on_replica, reading_alias
from zuka.platform.usage.caching import note_cached

KEPT_SECONDS = 300
DEAR_SECONDS = 1.0
SECONDS_A_SECOND = 20  # for each second that a dear table took to make it is kept so many, whatever changes
MAKING_SECONDS = 120
PATIENCE_SECONDS = 60
LOOK_AGAIN_SECONDS = 0.02
PARTS = tuple(field.name for field in fields(Table) if field.name != "report")
LEDGER_CAUSES = ("orders", "order lines", "payments", "refunds")


class Kept(NamedTuple):
    """A table in the cache: its parts without the declaration, what it was counted from, when, and how long it took."""

    parts: dict[str, Any]
    version: str
    made_at: float
    cost: float

    def is_fresh(self, version: str) -> bool:
        """Say whether nothing has changed since, or too little time has passed for what it costs."""
        age = time.time() - self.made_at
        is_dear = self.cost > DEAR_SECONDS and age < self.cost * SECONDS_A_SECOND
        return is_dear or (version != "" and version == self.version and age < KEPT_SECONDS)


def keep_table(query: Query, *, now: datetime, make: Callable[..., Table]) -> Table:
    """Return the kept table of a query, else make and keep it. Lists that are paged, and files, are always made."""
    if query.report.pages or query.limit > LARGEST_LIMIT:
        return read_report(query, lambda: make(query, now=now))
    key, version = key_of(query), version_of(query.report)
    kept = cache.get(key)
    if kept is not None and kept.is_fresh(version):
        return table_of(query, kept)
    if cache.add(f"{key}:making", value=True, timeout=MAKING_SECONDS):
        return make_and_keep(query, now=now, make=make, key=key, version=version)
    kept = kept or wait_for(key)
    return table_of(query, kept) if kept is not None else read_report(query, lambda: make(query, now=now))


def make_and_keep(query: Query, *, now: datetime, make: Callable[..., Table], key: str, version: str) -> Table:
    """Make a table and keep it; whoever waits for it is let go when that fails."""
    began = time.monotonic()
    try:
        # Whoever was at it may have ended between our look at the cache and our turn.
        kept = cache.get(key)
        if kept is not None and kept.is_fresh(version):
            return table_of(query, kept)
        version, table = read_report(query, lambda: (version_read(query, version), make(query, now=now)))
        cost = time.monotonic() - began
        kept = Kept({name: getattr(table, name) for name in PARTS}, version, time.time(), cost)
        cache.set(key, kept, round(max(KEPT_SECONDS, cost * SECONDS_A_SECOND)))
    finally:
        cache.delete(f"{key}:making")
    return table


def version_read(query: Query, version: str) -> str:
    """Return the version of what is read now; `version` is the primary's. It is older than the table, never newer."""
    return version_of(query.report) if on_replica() else version


def wait_for(key: str) -> Kept | None:
    """Wait while somebody else makes the first table of a key, and return it; nothing when that failed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        is_made = cache.get(f"{key}:making") is None
        kept: Kept | None = cache.get(key)
        if kept is not None or is_made:
            return kept
        time.sleep(LOOK_AGAIN_SECONDS)
    return None


def key_of(query: Query) -> str:
    """Return a key that differs wherever two questions may have different answers."""
    asked = {each.name: getattr(query, each.name) for each in fields(query) if each.name != "report"}
    # Rights decide what may be asked, and personal columns are left out afterwards: neither changes what is made.
    asked |= {"values": sorted(query.values.items()), "scope": query.scope.brands}
    digest = hashlib.sha256(repr((query.report, asked)).encode()).hexdigest()
    return f"report:{query.report.id}:{digest}"


def table_of(query: Query, kept: Kept) -> Table:
    """Return a kept table with its declaration."""
    note_cached()
    return Table(report=query.report, **kept.parts)


def version_of(report: Report) -> str:
    """Return what changes whenever a report's figures may: nothing for those that nobody counts or marks."""
    if not report.is_kept:
        return ""
    alias = reading_alias()
    if report.view and not report.rollups:
        return repr(RefreshRun.objects.using(alias).filter(view=report.view).aggregate(at=Max("started_at"))["at"])
    if not report.rollups and report.basis is not Basis.LEDGER:
        return ""
    fills = FillState.objects.using(alias).filter(rollup__in=report.rollups or ("orders",))
    parts = [fills.aggregate(at=Max("filled_at"))["at"]]
    if is_read():
        parts.append(WarehouseDay.objects.using(alias).aggregate(at=Max("copied_at"))["at"])
    if report.view:
        parts.append(RefreshRun.objects.using(alias).filter(view=report.view).aggregate(at=Max("started_at"))["at"])
    if not report.rollups:
        dirty = DirtyDay.objects.using(alias).filter(cause__in=LEDGER_CAUSES)
        marks = dirty.aggregate(last=Max("pk"), marks=Count("pk"))
        # A transaction that marked earlier may commit later, hence the number beside the last.
        parts += [marks["last"], marks["marks"]]
    return repr(parts)
