"""Where raw events are, for the page of what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings

from analytics.lifecycle.archive.months import away_months, is_switched_on
from analytics.lifecycle.packing.months import packed_from, packed_names
from analytics.store.partitioning import TABLE
from zuka.platform.clock import add_months, local_day
from zuka.platform.db.partitions import Partition, list_partitions
from zuka.platform.retention.storage import Tier


def event_tiers() -> list[Tier]:
    """Return where raw events are: months and bytes in PostgreSQL as they came, packed, and in the archive."""
    there, away = [each for each in list_partitions(table=TABLE) if each.rows], away_months()
    names = packed_names()
    packed, hot = [each for each in there if each.name in names], [each for each in there if each.name not in names]
    is_archiving = is_switched_on()
    leaves = leaving(there) if is_archiving else ""
    next_ = packing(hot) or ("" if packed else leaves)
    tiers = [Tier("Events as they came", "In PostgreSQL, indexed.", len(hot), size_of(hot), 0, next_)]
    if packed:
        tiers.append(Tier("Events, packed", "In PostgreSQL, in less room.", len(packed), size_of(packed), 0, leaves))
    if away or is_archiving:
        in_files = sum(each.bytes for each in away)
        tiers.append(Tier("Events in the archive", "Files; reports read them, slower.", len(away), 0, in_files))
    return tiers if len(tiers) > 1 else []


def size_of(partitions: Sequence[Partition]) -> int:
    """Return the bytes of months, with their indexes."""
    return sum(each.size for each in partitions)


def packing(hot: Sequence[Partition]) -> str:
    """Return which month is packed next, and from when on; '' where none ever is."""
    if not hot or not settings.EVENT_HOT_MONTHS:
        return ""
    month = local_day(hot[0].start)
    return told(month, packed_from(month))


def leaving(there: Sequence[Partition]) -> str:
    """Return which month leaves PostgreSQL next, and from when on."""
    month = local_day(there[0].start) if there else None
    return told(month, add_months(month, settings.EVENT_RETENTION_MONTHS + 1)) if month else ""


def told(month: date, from_: date) -> str:
    """Return a month and the day from which on something becomes of it."""
    return f"{month:%B %Y} from {from_:%-d %b %Y}"
