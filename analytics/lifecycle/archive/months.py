"""Which months of events are where. Light: what counts and what reports asks it on every page."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from analytics.store.models import AWAY_STATES, ArchivedMonth
from zuka.platform.errors import Refused


class NotArchived(Refused):
    """A month is not in the archive."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_archived"


def away_months() -> list[ArchivedMonth]:
    """Return the months whose events are in the archive alone, oldest first."""
    return list(ArchivedMonth.objects.filter(state__in=AWAY_STATES).order_by("month"))


def find_away(month: date) -> ArchivedMonth:
    """Return a month whose events are in the archive alone. Raises NotArchived."""
    found = ArchivedMonth.objects.filter(month=month, state__in=AWAY_STATES).first()
    if found is None:
        raise NotArchived(f"{month:%Y-%m} is not in the archive.", field="month")
    return found
