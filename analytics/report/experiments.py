"""Experiments: what is read of each variant becomes shares, differences, intervals and a conclusion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from psycopg import sql

from analytics.report.inference import (
    ALPHA,
    Interval,
    Sample,
    difference_of_means,
    difference_of_shares,
    sample_ratio,
    sequential_difference,
)
from zuka.platform.db.files import load_sql

FILE = Path(__file__).parent.parent / "store" / "sql" / "reports" / "experiments.sql"
UNLIKELY = 0.001  # as sample-ratio checks usually have it: they are looked at daily too
LEAST_PEOPLE = 100  # in each variant, before shares are near enough to normal
BUCKETS = 10_000
EXPERIMENT, VARIANT, CONVERSION, REVENUE, PEOPLE, ORDERED = 0, 1, 5, 9, 3, 4
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant of an experiment as the statement counts it."""

    experiment: str
    variant: str
    weight: int
    least_effect: int
    sample: Sample
    left_out: int


def experiments_statement(params: Mapping[str, Any]) -> tuple[sql.SQL, dict[str, Any]]:
    """Return the statement and what it binds."""
    return sql.SQL(load_sql(FILE)), dict(params)


def read_arm(row: Row) -> Arm:
    """Return a variant from a row of the statement."""
    experiment, variant, weight, least_effect, people, ordered, kobo, squares, left_out = row
    sample = Sample(int(people), int(ordered), int(kobo), float(squares))
    return Arm(experiment, variant, int(weight), int(least_effect), sample, int(left_out))


def experiment_rows(rows: Sequence[Row]) -> list[Row]:
    """Return the report's rows from those of the statement, in which each experiment's control is first."""
    found: list[Row] = []
    for _, group in groupby(map(read_arm, rows), key=lambda arm: arm.experiment):
        arms = list(group)
        ratio = sample_ratio([arm.sample.people for arm in arms], [arm.weight for arm in arms])
        found += [arm_row(arm, arms, ratio) for arm in arms]
    return found


def arm_row(arm: Arm, arms: Sequence[Arm], ratio: float | None) -> Row:
    """Return the report's row of a variant."""
    sample, control = arm.sample, arms[0].sample
    compared = arm is not arms[0] and sample.people and control.people
    share = sample.converted / sample.people if sample.people else None
    mean = sample.mean if sample.people else None
    low, high = (compared and difference_of_shares(sample, control)) or (None, None)
    low_kobo, high_kobo = whole((compared and difference_of_means(sample, control)) or None)
    return (
        arm.experiment,
        arm.variant,
        conclude(arm, arms, ratio),
        sample.people,
        sample.converted,
        share,
        share - control.converted / control.people if compared and share is not None else None,
        low,
        high,
        int(sample.total),
        None if mean is None else round(mean),
        round(sample.mean - control.mean) if compared else None,
        low_kobo,
        high_kobo,
        None if ratio is None else round(ratio, 4),
        arm.left_out,
    )


def whole(interval: Interval | None) -> tuple[int | None, int | None]:
    """Return the ends of an interval in whole kobo."""
    return (round(interval[0]), round(interval[1])) if interval else (None, None)


def conclude(arm: Arm, arms: Sequence[Arm], ratio: float | None) -> str:
    """Return what may be concluded of a variant now, and hold however often it is looked at.

    Several variants share the 5 %, so that one wrong winner among them all is as unlikely (Bonferroni).
    """
    control = arms[0].sample
    if ratio is not None and ratio < UNLIKELY:
        return "Not to be trusted: people are not parted as they should be"
    if arm is arms[0]:
        return "Control"
    if min(arm.sample.people, control.people) < LEAST_PEOPLE:
        return f"Too early: under {LEAST_PEOPLE} people"
    effect = arm.least_effect / BUCKETS
    interval = sequential_difference(arm.sample, control, effect=effect, alpha=ALPHA / (len(arms) - 1))
    return say_interval(interval or (-1.0, 1.0), effect)


def say_interval(interval: Interval, effect: float) -> str:
    """Return what an interval of the difference says, where an effect is the least that would matter."""
    low, high = interval
    if low > 0:
        return "Better: end it and keep this variant"
    if high < 0:
        return "Worse: end it and keep the control"
    if -effect < low and high < effect:
        return f"No difference of {effect:.1%} or more: end it"
    return "Not sure yet: let it run"


def experiment_series(rows: Sequence[Row]) -> list[Row]:
    """Return the conversion of each variant, and which experiment it is of."""
    return [(f"{row[VARIANT]} ({row[EXPERIMENT]})", row[CONVERSION]) for row in rows]


def experiment_totals(rows: Sequence[Row], _is_cut: bool) -> dict[str, Any]:  # noqa: FBT001 - as in `Computed`
    """Return the sums of one experiment; of several people may be the same, and nothing is added."""
    if len({row[EXPERIMENT] for row in rows}) != 1:
        return {}
    places = {"people": PEOPLE, "ordered": ORDERED, "revenue_kobo": REVENUE}
    return {name: sum(row[place] for row in rows) for name, place in places.items()}
