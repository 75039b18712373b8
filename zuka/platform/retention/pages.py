"""The page of what is kept: how large, how fast it grows, what goes next, and for how long the disk lasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django_celery_beat.models import PeriodicTask

from zuka.platform.admin.site import BackOffice, add_pages
from zuka.platform.clock import add_months, day_start, local_day, month_start, now
from zuka.platform.retention.declaring import Kept, Way, kept_entries
from zuka.platform.retention.sizes import Size, read_sizes, size_of
from zuka.platform.retention.storage import Disk, read_disk, read_tiers

MAY_SEE = "platform.view_tablesize"
UNITS = ((1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB"))
LONG = 3_650  # days
SMALL = 1_000  # bytes a day that are no growth to speak of


def bytes_text(size: float | None) -> str:
    """Return bytes as people read them: `1.4 GB`, `820 kB`; a dash where they are not known."""
    if size is None:
        return "–"
    sign, amount = ("-" if size < 0 else ""), abs(size)
    for unit, name in UNITS:
        if amount >= unit:
            return f"{sign}{amount / unit:,.1f} {name}" if amount < 100 * unit else f"{sign}{amount / unit:,.0f} {name}"
    return f"{sign}{amount:.0f} B"


@dataclass(frozen=True, slots=True)
class Job:
    """The job by which something goes, as the page names it."""

    pk: int
    name: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry as the page shows it."""

    entry: Kept
    size: Size
    job: Job | None
    at: datetime

    @property
    def bytes(self) -> str:
        """Return its size."""
        return bytes_text(self.size.bytes)

    @property
    def rows(self) -> str:
        """Return about how many rows it has; a dash where PostgreSQL has not estimated that yet."""
        return "–" if not self.size.rows and self.size.oldest_at else f"{self.size.rows:,}"

    @property
    def growth(self) -> str:
        """Return its growth a day; a dash where there is next to none, or it is not known."""
        grows = self.size.growth is not None and abs(self.size.growth) >= SMALL
        return bytes_text(self.size.growth) if grows else "–"

    @property
    def next(self) -> str:
        """Return when something of it goes next."""
        if self.entry.span is None:
            return "Never"
        if self.job is not None and not self.job.is_on:
            return "Its job is paused"
        if self.entry.way is Way.EMPTIED:
            return "Each day, what is over"
        if self.size.oldest_at is None:
            return "Nothing there yet" if not self.size.rows else "–"
        due = self.entry.span.ends(self.last_of(self.size.oldest_at))
        if due <= self.at:
            return "With the job's next run"
        return f"{local_day(due):%-d %b %Y}"

    def last_of(self, oldest: datetime) -> datetime:
        """Return the moment that must be old enough for the oldest row to go: the end of its month, where months do."""
        if self.entry.way is not Way.MONTHS:
            return oldest
        return day_start(add_months(month_start(local_day(oldest)), 1))

    @property
    def oldest(self) -> str:
        """Return the day of its oldest row."""
        return f"{local_day(self.size.oldest_at):%-d %b %Y}" if self.size.oldest_at else "–"


def disk_facts(disk: Disk | None) -> dict[str, Any]:
    """Return what the page says of the disk."""
    if disk is None:
        return {}
    days = disk.days_left
    return {
        "disk": disk,
        "database": bytes_text(disk.database_bytes),
        "growth": bytes_text(disk.growth_bytes),
        "free": bytes_text(disk.free_bytes),
        "is_long": days is not None and days > LONG,
        "is_short": days is not None and days < settings.DISK_WARNING_DAYS,
        "warning_days": settings.DISK_WARNING_DAYS,
    }


def shown_entries(*, at: datetime, sizes: Mapping[str, Size]) -> list[Shown]:
    """Return every entry with its size and job."""
    rows = PeriodicTask.objects.values_list("task", "pk", "name", "enabled")
    jobs = {task: Job(pk, name, is_on) for task, pk, name, is_on in rows}
    return [Shown(each, size_of(each.db_tables, sizes), jobs.get(each.task), at) for each in kept_entries()]


@dataclass(frozen=True, slots=True)
class Area:
    """A package's entries: what goes and what stays, the largest first."""

    name: str
    goes: list[Shown]
    stays: list[Shown]

    @property
    def size(self) -> int:
        """Return the bytes of all of it."""
        return sum(each.size.bytes for each in (*self.goes, *self.stays))

    @property
    def text(self) -> str:
        """Return its size in words."""
        return bytes_text(self.size)

    @property
    def staying(self) -> str:
        """Return the size of what stays, in words."""
        return bytes_text(sum(each.size.bytes for each in self.stays))


def areas(shown: list[Shown]) -> list[Area]:
    """Return entries by their area, the largest first."""
    found = []
    for name, each in groupby(shown, key=lambda one: one.entry.area):
        rows = sorted(each, key=lambda one: one.size.bytes, reverse=True)
        goes, stays = ([one for one in rows if bool(one.entry.span) is is_going] for is_going in (True, False))
        found.append(Area(name, goes, stays))
    return sorted(found, key=lambda area: area.size, reverse=True)


def show_kept(request: HttpRequest, *, site: BackOffice) -> HttpResponse:
    """Show what is kept. Raises PermissionDenied."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    at = now()
    day, sizes = read_sizes()
    context = {
        **site.each_context(request),
        "title": "What is kept",
        "measured": day_start(day) if day else None,
        "areas": areas(shown_entries(at=at, sizes=sizes)),
        "tiers": [(each, bytes_text(each.bytes), bytes_text(each.stored_bytes)) for each in read_tiers()],
        "may_see_jobs": request.user.has_perm("django_celery_beat.view_periodictask"),
        **disk_facts(read_disk()),
    }
    return TemplateResponse(request, "platform/kept.html", context)


def kept_pages(site: BackOffice) -> list[URLPattern | URLResolver]:
    """Return the page's address, for staff only."""

    def show(request: HttpRequest) -> HttpResponse:
        return show_kept(request, site=site)

    return [path("kept/", site.admin_view(show), name="kept")]


add_pages(kept_pages)
