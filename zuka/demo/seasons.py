"""How busy a shop is: growth, weekdays, salary week, Black Friday, Detty December."""

from __future__ import annotations

import math
from datetime import date, timedelta

from zuka.demo.draws import random_for

# Monday to Sunday.
WEEKDAYS = (0.92, 0.90, 0.94, 1.0, 1.12, 1.18, 1.04)
GROWTH_A_YEAR = 2.4
# Baskets and readiness to buy in the days after salaries are paid, from the 25th to the 2nd.
SALARY_LIFT = 1.35


def black_friday(year: int) -> date:
    """Return the last Friday of November."""
    last = date(year, 11, 30)
    return last - timedelta(days=(last.weekday() - 4) % 7)


def is_salary_week(day: date) -> bool:
    """Say whether salaries were paid in the last days."""
    return day.day >= 25 or day.day <= 2


def festive_lift(day: date) -> float:
    """Return how much busier the time of year is than usual: 1 is usual."""
    away = abs((day - black_friday(day.year)).days)
    if away <= 4:
        return 2.1 - 0.25 * away
    if day.month == 12:
        return 1.25 + day.day * 0.025 if day.day <= 23 else 1.05
    return 0.75 if day.month == 1 and day.day <= 14 else 1.0


def day_weight(day: date, *, age_days: int) -> float:
    """Return how many visits a day gets, relative to a plain day; `age_days` is the distance to the last day."""
    growth = math.exp(-math.log(GROWTH_A_YEAR) * age_days / 365)
    salary = 1.12 if is_salary_week(day) else 1.0
    return growth * WEEKDAYS[day.weekday()] * festive_lift(day) * salary


def readiness(day: date) -> float:
    """Return how much readier visitors are to buy on a day: 1 is usual."""
    return (SALARY_LIFT if is_salary_week(day) else 1.0) * math.sqrt(festive_lift(day))


def split_sessions(*, days: list[date], total: int, seed: int) -> dict[date, int]:
    """Return how many sessions each day gets, `total` over all days but for rounding."""
    rng = random_for(seed, "seasons")
    weights = {day: day_weight(day, age_days=(days[-1] - day).days) * rng.uniform(0.93, 1.07) for day in days}
    whole = sum(weights.values())
    return {day: round(total * weight / whole) for day, weight in weights.items()}
