"""Where raw events are, for the page of what is kept."""

from __future__ import annotations

from django.conf import settings

from analytics.lifecycle.archive.months import away_months
from analytics.store.partitioning import TABLE
from zuka.platform.clock import add_months, local_day
from zuka.platform.db.partitions import list_partitions
from zuka.platform.retention.storage import Tier


def event_tiers() -> list[Tier]:
    """Return where raw events are: months and bytes in PostgreSQL, and in the archive where there is one."""
    there, away = [each for each in list_partitions(table=TABLE) if each.rows], away_months()
    if not away and not settings.ARCHIVE_URL:
        return []
    next_ = ""
    if there:
        oldest = local_day(there[0].start)
        leaves = add_months(oldest, settings.EVENT_RETENTION_MONTHS + 1)
        next_ = f"{oldest:%B %Y} from {leaves:%-d %b %Y}"
    in_database, in_files = sum(each.size for each in there), sum(each.bytes for each in away)
    return [
        Tier("Events in PostgreSQL", "Indexed, as they came.", len(there), in_database, 0, next_),
        Tier("Events in the archive", "Files; reports read them, slower.", len(away), 0, in_files),
    ]
