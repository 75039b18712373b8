"""What may be concluded from an experiment: plain functions over counts and sums.

Intervals for one look, at the end: Wilson's score interval for a share (1927), Newcombe's hybrid score interval for the
difference of two shares (1998, method 10), and Welch's interval for the difference of two means (1947).
For looks at any time: the mixture sequential probability ratio test (Robbins 1970; Johari, Pekelis, Walsh 2017), whose
interval holds at all looks together, so whoever stops because of it is wrong in `alpha` of experiments at the most.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

Interval = tuple[float, float]
ALPHA = 0.05
NORMAL = NormalDist()
STEPS = 200  # of halving and of the continued fraction: far more than doubles can tell apart


@dataclass(frozen=True, slots=True)
class Sample:
    """What is known of a variant: its people, those of them who ordered, and the sum and squares of what each paid."""

    people: int
    converted: int
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """Return what a person paid on average. Raises ZeroDivisionError without people."""
        return self.total / self.people

    @property
    def variance(self) -> float:
        """Return the unbiased variance of what people paid; there are two of them at least."""
        return max(self.squares - self.total * self.total / self.people, 0.0) / (self.people - 1)


def wilson_interval(successes: int, trials: int, *, alpha: float = ALPHA) -> Interval:
    """Return the score interval of a share; there is one trial at least."""
    z = NORMAL.inv_cdf(1 - alpha / 2)
    share, spread = successes / trials, z * z / trials
    middle = share + spread / 2
    half = z * math.sqrt(share * (1 - share) / trials + spread / (4 * trials))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


def difference_of_shares(sample: Sample, control: Sample, *, alpha: float = ALPHA) -> Interval | None:
    """Return Newcombe's interval of a share less that of the control; None without people in both."""
    if not sample.people or not control.people:
        return None
    share, base = sample.converted / sample.people, control.converted / control.people
    low, high = wilson_interval(sample.converted, sample.people, alpha=alpha)
    base_low, base_high = wilson_interval(control.converted, control.people, alpha=alpha)
    difference = share - base
    return difference - math.hypot(share - low, base_high - base), difference + math.hypot(
        high - share, base - base_low
    )


def difference_of_means(sample: Sample, control: Sample, *, alpha: float = ALPHA) -> Interval | None:
    """Return Welch's interval of a mean less that of the control; None where it has no spread or under two people."""
    if sample.people < 2 or control.people < 2:
        return None
    parts = (sample.variance / sample.people, control.variance / control.people)
    if not sum(parts):
        return None
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (sample.people - 1) + parts[1] ** 2 / (control.people - 1))
    half = student_quantile(1 - alpha / 2, freedom) * math.sqrt(sum(parts))
    difference = sample.mean - control.mean
    return difference - half, difference + half


def sequential_difference(sample: Sample, control: Sample, *, effect: float, alpha: float = ALPHA) -> Interval | None:
    """Return the always-valid interval of a share less that of the control; None without people in both.

    `effect` is the difference that was declared before the start: the mixture's standard deviation, at which it is
    narrowest soonest. With V the variance of the difference it is ± √(V (V + effect²) / effect² · (2 ln 1/alpha +
    ln (V + effect²) / V)). Shares are drawn a little to the middle (Agresti, Caffo 2000), so that V is never 0.
    """
    if not sample.people or not control.people:
        return None
    variance = share_variance(sample) + share_variance(control)
    mixed = variance + effect * effect
    half = math.sqrt(variance * mixed / effect**2 * (2 * math.log(1 / alpha) + math.log(mixed / variance)))
    difference = sample.converted / sample.people - control.converted / control.people
    return difference - half, difference + half


def share_variance(sample: Sample) -> float:
    """Return the variance of a share, by one more success and one more failure."""
    share = (sample.converted + 1) / (sample.people + 2)
    return share * (1 - share) / (sample.people + 2)


def sample_ratio(people: Sequence[int], weights: Sequence[int]) -> float | None:
    """Return how likely counts so far from their weights are by chance: Pearson's chi-square; None without people."""
    total, parts = sum(people), sum(weights)
    if not total or len(people) < 2 or not all(weights):
        return None
    expected = [total * weight / parts for weight in weights]
    square = sum((count - each) ** 2 / each for count, each in zip(people, expected, strict=True))
    return chi_square_tail(square, len(people) - 1)


def chi_square_tail(square: float, freedom: int) -> float:
    """Return how much of a chi-square distribution lies above a value: Q(freedom/2, value/2), by its recurrence."""
    half = square / 2
    order, tail = (1.0, math.exp(-half)) if freedom % 2 == 0 else (0.5, math.erfc(math.sqrt(half)))
    while order < freedom / 2:
        tail += math.exp(order * math.log(half) - half - math.lgamma(order + 1)) if half else 0.0
        order += 1
    return min(tail, 1.0)


def student_quantile(share: float, freedom: float) -> float:
    """Return the value below which a share above a half of Student's distribution lies, by halving."""
    low, high = 0.0, 1e4
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if student_below(middle, freedom) < share else (low, middle)
    return high


def student_below(value: float, freedom: float) -> float:
    """Return how much of Student's distribution lies below a value of 0 or more."""
    return 1 - incomplete_beta(freedom / (freedom + value * value), freedom / 2, 0.5) / 2


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Return the regularized incomplete beta function, on the side where its continued fraction converges."""
    if x in {0.0, 1.0}:
        return x
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x > (a + 1) / (a + b + 2):
        return 1 - front * beta_fraction(1 - x, b, a) / b
    return front * beta_fraction(x, a, b) / a


def beta_fraction(x: float, a: float, b: float) -> float:
    """Return the continued fraction of the incomplete beta function (DLMF 8.17.22), from its end."""
    value = 0.0
    for step in range(STEPS, 0, -1):
        half, is_odd = divmod(step, 2)
        if is_odd:
            part = -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
        else:
            part = half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
        value = part / (1 + value)
    return 1 / (1 + value)
