"""Statistics of experiments, against published values."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.report.inference import (
    Sample,
    chi_square_tail,
    difference_of_means,
    difference_of_shares,
    sample_ratio,
    sequential_difference,
    student_quantile,
    wilson_interval,
)


# Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_published(successes, trials, low, high):
    assert wilson_interval(successes, trials) == pytest.approx((low, high), abs=5e-5)


# Newcombe (1998), Interval estimation for the difference between independent proportions, table II, method 10.
@pytest.mark.parametrize(
    ("sample", "control", "low", "high"),
    [
        ((70, 56), (80, 48), 0.0524, 0.3339),
        ((10, 9), (10, 3), 0.1705, 0.8090),
        ((10, 10), (10, 0), 0.6075, 1.0),
        ((10, 10), (20, 0), 0.6791, 1.0),
    ],
)
def test_newcombe_as_published(sample, control, low, high):
    assert difference_of_shares(Sample(*sample), Sample(*control)) == pytest.approx((low, high), abs=5e-5)


def of(values: list[float]) -> Sample:
    return Sample(len(values), 0, sum(values), sum(each * each for each in values))


def test_welch_as_published():
    # Student's sleep data (1908), as R's documentation of t.test has it: df 17.776, 95 % from -3.3654832 to 0.2054832.
    first = of([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = of([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    assert difference_of_means(first, second) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 12.7062), (2, 4.30265), (10, 2.22814), (30, 2.04227), (120, 1.97993), (1e6, 1.95997)]
)
def test_student_as_in_tables(freedom, quantile):
    assert student_quantile(0.975, freedom) == pytest.approx(quantile, abs=1e-5)


@pytest.mark.parametrize(
    ("square", "freedom", "tail"),
    [
        (3.841459, 1, 0.05),
        (5.991465, 2, 0.05),
        (7.814728, 3, 0.05),
        (18.307038, 10, 0.05),
        (10.827566, 1, 0.001),
        (0, 3, 1),
    ],
)
def test_chi_square_as_in_tables(square, freedom, tail):
    assert chi_square_tail(square, freedom) == pytest.approx(tail, abs=1e-6)


def test_sample_ratio_knows_weights():
    # Fabijan et al. (2019): 821,588 against 815,482 where halves were meant is no chance.
    assert sample_ratio([821_588, 815_482], [50, 50]) == pytest.approx(1.8e-6, rel=0.05)
    assert sample_ratio([900, 100], [9, 1]) == 1
    assert sample_ratio([0, 0], [1, 1]) is None
    assert sample_ratio([5], [1]) is None


def test_without_people_or_spread_nothing_is_said():
    nobody, one, many = Sample(0, 0), Sample(1, 1, 5.0, 25.0), Sample(100, 0)
    assert difference_of_shares(nobody, many) is None
    assert sequential_difference(many, nobody, effect=0.02) is None
    assert (difference_of_means(one, many), difference_of_means(many, many)) == (None, None)


def test_the_sequential_interval_where_its_formula_is_short():
    # V = effect²: the half width is effect · √(2 (2 ln 20 + ln 2)). One success and one failure more give a half each.
    sample, effect = Sample(98, 49), (2 * 0.25 / 100) ** 0.5
    low, high = sequential_difference(sample, sample, effect=effect) or (0, 0)
    assert (high, low) == pytest.approx((effect * 3.65639, -effect * 3.65639), rel=1e-5)


def test_whoever_looks_every_day_is_seldom_misled_by_it_and_often_by_the_other():
    draw = np.random.default_rng(8).binomial
    misled = {"sequential": 0, "newcombe": 0}
    for _ in range(400):  # experiments in which both variants are the same, looked at on 30 days
        days = draw(200, 0.05, size=(2, 30)).cumsum(axis=1)
        pairs = [(Sample(200 * day, int(a)), Sample(200 * day, int(b))) for day, (a, b) in enumerate(days.T, 1)]
        always = [sequential_difference(*pair, effect=0.02) or (0, 0) for pair in pairs]
        once = [difference_of_shares(*pair) or (0, 0) for pair in pairs]
        misled["sequential"] += any(low > 0 or high < 0 for low, high in always)
        misled["newcombe"] += any(low > 0 or high < 0 for low, high in once)
    assert misled["sequential"] <= 0.05 * 400
    assert misled["newcombe"] > 0.15 * 400
