"""How much data: the stages of a shop's life, and the plan of one run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from zuka.platform.clock import day_start, local_day, shop_zone


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a shop's life. Days and events of history; a stage without days has none."""

    name: str
    text: str
    has_catalogue: bool = True
    days: int = 0
    events: int = 0


STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("empty", "nothing at all", has_catalogue=False),
        Stage("shop", "the catalogue, before the first visitor"),
        Stage("busy", "90 days of visits and orders, about 200,000 events", days=90, events=200_000),
        Stage("year", "365 days, about 5 million events", days=365, events=5_000_000),
    )
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What to invent: about `events` events on `days` shop days, the last of which holds `until`, the present."""

    seed: int
    days: int
    events: int
    until: datetime

    @property
    def last(self) -> date:
        """The day of the present."""
        return local_day(self.until)

    @property
    def first(self) -> date:
        """The day the shop opened."""
        return self.last - timedelta(days=max(self.days, 1) - 1)

    @property
    def opened_at(self) -> datetime:
        """When the catalogue was put in: the noon before the first day."""
        noon = datetime.combine(self.first - timedelta(days=1), time(12), tzinfo=shop_zone())
        return min(noon, self.until)

    def dates(self) -> list[date]:
        """Return the days, oldest first."""
        return [self.first + timedelta(days=offset) for offset in range(self.days)]


def present(*, today: date | None, now: datetime) -> datetime:
    """Return the moment up to which things have happened: the end of a past `today`, else now.

    Raises ValueError for a day to come.
    """
    if today is None or today == local_day(now):
        return now
    if today > local_day(now):
        raise ValueError(f"{today} is still to come")
    return day_start(today + timedelta(days=1)) - timedelta(milliseconds=1)
