"""Metrics fit together, and what may not be added up is refused before the doors open."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.checks import check_brand_scope, check_metrics, metric_problems
from analytics.registry.metrics import METRICS, MODULES
from analytics.registry.metrics.dimensions import DIMENSIONS, SOURCES
from analytics.registry.metrics.forms import Additivity
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from analytics.registry.rollups import ROLLUPS


def summed(report: str, column: str) -> Report:
    declared = REPORTS[report]
    columns = tuple(replace(each, sums=each.sums or each.name == column) for each in declared.columns)
    return replace(declared, columns=columns)


def test_the_declarations_fit() -> None:
    assert (check_metrics(None), check_brand_scope(None)) == ([], [])
    assert sum(len(module.METRICS) for module in MODULES) == len(METRICS)
    assert SOURCES.keys() <= ROLLUPS.keys()
    assert {each for source in SOURCES.values() for each in source.dimensions} == DIMENSIONS.keys()
    assert {metric.additivity for metric in METRICS.values()} == {*Additivity}


@pytest.mark.parametrize(
    ("report", "column", "reason"),
    [
        ("overview", "visitors", "Visitors is never added up: people are counted anew, each once"),
        ("overview", "conversion", "a value in percent cannot be added up"),
        ("overview", "aov_kobo", "Average order value is never added up: worked out anew from its two parts"),
        ("coupons", "margin_kobo", "Margin is never added up: worked out anew from its rows"),
    ],
)
def test_a_report_that_adds_up_what_may_not_be_is_refused(
    monkeypatch: pytest.MonkeyPatch, report: str, column: str, reason: str
) -> None:
    monkeypatch.setitem(REPORTS, report, summed(report, column))

    assert [problem.msg for problem in check_metrics(None)] == [f"The report {report} sums {column}, but {reason}."]


def test_a_report_for_brands_whose_sql_forgets_them_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(REPORTS, "signup_sources", replace(REPORTS["signup_sources"], brand_scopable=True))

    assert [problem.msg for problem in check_brand_scope(None)] == [
        "signup_sources.sql does not bind brands, but a brand's staff may see signup_sources.",
        "signup_sources_totals.sql does not bind brands, but a brand's staff may see signup_sources.",
    ]


@pytest.mark.parametrize(
    ("metric", "change", "problem"),
    [
        ("sessions", {"sources": ("moon",)}, "reads moon, which is no source"),
        ("sessions", {"adds": ("guests",)}, "reads ['guests'], which sessions has not"),
        ("product_orders", {"not_over": ("moon",)}, "is not added over moon, which is nothing"),
        ("aov", {"over": ("revenue", "moon")}, "is a share of something that is no metric"),
        ("aov", {"over": ("revenue", "sessions")}, "is a share of parts that cannot be added up where it is read"),
        ("goods", {"table": ""}, "needs either sources and what is read from them, or a table"),
    ],
)
def test_a_metric_that_does_not_fit_is_named(metric: str, change: dict[str, tuple[str, ...]], problem: str) -> None:
    assert problem in metric_problems(replace(METRICS[metric], **change))  # type: ignore[arg-type]  # any of its fields


def test_a_metric_shown_nowhere_or_in_another_unit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(METRICS, "placed", replace(METRICS["placed"], columns=("revenue.moon", "category_sales.share")))

    assert [problem.msg for problem in check_metrics(None)] == [
        "placed is shown at revenue.moon, which is no column of a report.",
        "category_sales.share is in percent, placed in money.",
    ]
