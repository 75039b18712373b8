"""Beat's scheduler, which goes on when the clock is set back, and when PostgreSQL is away.

Beat remembers when each job ran last. A clock that was days ahead and is put right leaves those moments in the future:
django-celery-beat then waits until the clock has come there again, and no job runs for days, whatever is started anew.
It also reads its rows anew every five minutes, and ends where PostgreSQL restarts just then.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import structlog
from celery.schedules import schedstate
from django.db import InterfaceError, OperationalError
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

log = structlog.get_logger(__name__)
# Two beats on two machines differ by less (docs: clocks are kept by NTP), and each may read what the other wrote.
SKEW = timedelta(minutes=1)
AWAY_SECONDS = 1.0


class SteadyEntry(ModelEntry):
    """A job that is due where it ran last in the future."""

    def is_due(self) -> schedstate:
        """Say whether the job is due, and in how many seconds to ask again."""
        if self.model.enabled and self.last_run_at - SKEW > self._default_now():
            return schedstate(is_due=True, next=self.schedule.run_every.total_seconds())
        due: schedstate = super().is_due()
        return due


class SteadyScheduler(DatabaseScheduler):
    """Beat's scheduler: jobs from the database, in an order that is made anew when the clock was set back."""

    Entry = SteadyEntry

    def __init__(self, *args: Any, **options: Any) -> None:
        self.ticked_at: datetime | None = None
        super().__init__(*args, **options)

    def tick(self, *args: Any, **options: Any) -> float:
        """Send what is due, and return in how many seconds to look again: soon, where PostgreSQL could not be asked."""
        now = self.app.now()
        if self.ticked_at and self.ticked_at - SKEW > now:
            log.warning("beat.clock_set_back", seconds=round((self.ticked_at - now).total_seconds()))
            # Both hold moments of the clock that was: what waits in order, and when the rows were read last.
            self._heap, self._initial_read = None, True
        self.ticked_at = now
        try:
            seconds: float = super().tick(*args, **options)
        except (OperationalError, InterfaceError) as error:  # away for a moment: the rows are read again
            log.warning("beat.database_away", error=str(error))
            return AWAY_SECONDS
        return seconds
