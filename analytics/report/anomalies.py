"""What is unusual for a weekday: far from the median of the same weekdays, measured by their own spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

WEEKS = 8
FEWEST = 4
NORMAL_SPREAD = 1.4826  # makes a median deviation of normal noise its standard deviation
FAR = 3.5  # deviations; Iglewicz and Hoaglin's rule for outliers
LEAST_SPREAD = 0.1  # of the median: weeks that were all alike would make any other number an alarm


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a day: the middle, and the bounds beyond which a value is told of."""

    middle: float
    lowest: float
    highest: float

    def is_unusual(self, value: float) -> bool:
        """Say whether a value lies beyond the bounds."""
        return not self.lowest <= value <= self.highest


def same_weekdays(day: date) -> list[date]:
    """Return the eight same weekdays before a day, newest first."""
    return [day - timedelta(weeks=week) for week in range(1, WEEKS + 1)]


def usual_for(values: Mapping[date, float | None], day: date) -> Usual | None:
    """Return what is usual for a day, from the same weekdays before it; None where fewer than four are known.

    Median and median absolute deviation: a holiday or a broken day among the eight moves neither. Nothing is usual
    where most of these days had nothing at all.
    """
    points = [value for each in same_weekdays(day) if (value := values.get(each)) is not None]
    if len(points) < FEWEST:
        return None
    middle = median(points)
    deviation = median(abs(point - middle) for point in points)
    spread = max(NORMAL_SPREAD * deviation, LEAST_SPREAD * abs(middle))
    if not spread:
        return None
    return Usual(middle, middle - FAR * spread, middle + FAR * spread)
