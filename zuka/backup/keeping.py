"""Which backups stay: the last of each of some days, weeks and months."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime, timedelta

from zuka.backup.manifest import Manifest, moment_of
from zuka.backup.places import Place
from zuka.platform.clock import local_day

# One that is not finished after so long is nobody's any more.
ABANDONED = timedelta(days=1)


def choose_kept(moments: Iterable[datetime], *, days: int, weeks: int, months: int) -> set[datetime]:
    """Return which to keep: the last of each of the latest so many days, weeks and months that have any."""
    ordered = sorted(moments, reverse=True)
    kept: set[datetime] = set(ordered[:1])
    spans: tuple[tuple[int, Callable[[date], Hashable]], ...] = (
        (days, lambda day: day),
        (weeks, lambda day: day.isocalendar()[:2]),
        (months, lambda day: (day.year, day.month)),
    )
    for count, span_of in spans:
        last: dict[Hashable, datetime] = {}
        for moment in ordered:
            last.setdefault(span_of(local_day(moment)), moment)
        kept.update(list(last.values())[:count])
    return kept


def is_of(found: Manifest | str, database: str) -> bool:
    """Say whether a backup is one of this database."""
    return isinstance(found, Manifest) and found.database == database


def remove_old_backups(*, place: Place, at: datetime, database: str, days: int, weeks: int, months: int) -> list[str]:
    """Remove what need not be kept, and what a killed backup left behind a day ago; return the names.

    Those of another database stay, and those whose manifest cannot be read: somebody must look at them.
    """
    names = {name: moment for name in place.folders() if (moment := moment_of(name))}
    whole = [name for name in names if place.is_whole(name)]
    own = {name: names[name] for name in whole if is_of(place.manifest_or_damage(name), database)}
    kept = choose_kept(own.values(), days=days, weeks=weeks, months=months)
    gone = [name for name, moment in own.items() if moment not in kept]
    gone += [name for name, moment in names.items() if name not in whole and moment < at - ABANDONED]
    for name in sorted(gone):
        place.remove(name)
    return sorted(gone)
