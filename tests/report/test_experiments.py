"""The report on experiments: the whole table over told days, and what it concludes."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from analytics.ask import ask
from analytics.registry.types import Flag
from analytics.report.experiments import Arm, conclude, experiment_rows
from analytics.report.export import FORMATS
from analytics.report.inference import Sample, difference_of_means, difference_of_shares
from analytics.store.models import IdentityLink
from analytics.track import track_many
from commerce.accounts.models import User
from tests.platform.flags.making import make_flag
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, build_event, make_product, pay, place, refund

KEY = uuid4()
DAYS = {"from": "2026-11-19", "to": "2026-11-21"}


def saw(visitor: str | None, variant: str, moment: Any, experiment: str = "promise", **columns: Any) -> Any:
    said = json.dumps({"experiment_id": experiment, "variation_id": variant})
    return build_event("experiment.viewed", moment, visitor_id=visitor, source_key=KEY, properties=said, **columns)


@pytest.fixture
def told(db: None) -> None:
    """Control: Ada (orders before and after, some refunded), Bola (does not). Promise: Chi (by account), Dayo, Efe.

    Dayo orders twice and pays in two currencies; Efe's order is a test. Left out: Femi saw both, Gbemi was there
    before, a robot and somebody of an unknown variant. Nobody saw the third variant.
    """
    make_product("gown", "Gown")
    make_flag(variants=[["control", 50], ["promise", 50], ["shout", 1]], started_at=at(THURSDAY, 0) - timedelta(days=9))
    make_flag("draft", started_at=None)
    make_flag("switch", variants=[])
    make_flag("over", started_at=at(THURSDAY, 0) - timedelta(days=9), ended_at=at(THURSDAY, 0) - timedelta(days=2))
    chi = User.objects.create_user(email="chi@example.com")
    IdentityLink.objects.create(
        visitor_id="chi-phone", user_id=str(chi.pk), linked_at=at(THURSDAY, 9), event_id=uuid4()
    )
    track_many(
        [
            saw("ada", "control", at(THURSDAY, 9)),
            saw("ada", "control", at(FRIDAY, 9)),
            saw("bola", "control", at(FRIDAY, 9)),
            saw("chi-phone", "promise", at(FRIDAY, 9)),
            saw("dayo", "promise", at(FRIDAY, 9)),
            saw("efe", "promise", at(FRIDAY, 9)),
            saw("femi", "control", at(FRIDAY, 9)),
            saw("femi", "promise", at(SATURDAY, 9)),
            saw("gbemi", "control", at(THURSDAY, 9) - timedelta(days=1)),
            saw("gbemi", "control", at(FRIDAY, 9)),
            saw("crawler", "control", at(FRIDAY, 9), flags=int(Flag.BOT)),
            saw("hanna", "green", at(FRIDAY, 9)),
            saw("hanna", "control", at(FRIDAY, 9), experiment="unknown"),
        ]
    )
    place("gown", at(THURSDAY, 8), visitor_id="ada")
    first = pay(place("gown", at(THURSDAY, 10), visitor_id="ada"), at(THURSDAY, 11))
    refund(first, at(FRIDAY, 11), 100_001)
    pay(place("gown", at(FRIDAY, 10), user=chi, guest_email=""), at(FRIDAY, 11))
    place("gown", at(FRIDAY, 10), visitor_id="dayo", currency="USD")
    pay(place("gown", at(SATURDAY, 10), visitor_id="dayo", quantity=2), at(SATURDAY, 11))
    pay(place("gown", at(FRIDAY, 10), visitor_id="efe", is_test=True), at(FRIDAY, 11))
    pay(place("gown", at(SATURDAY, 10), visitor_id="femi"), at(SATURDAY, 11))
    pay(place("gown", at(SATURDAY, 10), visitor_id="gbemi"), at(SATURDAY, 11))


def test_the_whole_table(told):
    control = Sample(2, 1, 399_999, 399_999**2)
    promise = Sample(3, 2, 1_500_000, 500_000**2 + 1_000_000**2)
    shares, means = difference_of_shares(promise, control), difference_of_means(promise, control)
    assert shares is not None
    assert means is not None
    table = ask("experiments", **DAYS)
    early = "Too early: under 100 people"
    assert table.rows == [
        ("promise", "control", "Control", 2, 1, 0.5, *[None] * 3, 399_999, 200_000, *[None] * 3, 0.8816, 1),
        (
            *(
                "promise",
                "promise",
                early,
                3,
                2,
                pytest.approx(2 / 3),
                pytest.approx(1 / 6),
                *shares,
                1_500_000,
                500_000,
            ),
            *(300_000, round(means[0]), round(means[1]), 0.8816, 1),
        ),
        ("promise", "shout", early, 0, 0, None, None, None, None, 0, None, None, None, None, 0.8816, 1),
    ]
    assert table.totals == {"people": 5, "ordered": 3, "revenue_kobo": 1_899_999}
    assert table.series == [
        ("control (promise)", 0.5),
        ("promise (promise)", pytest.approx(2 / 3)),
        ("shout (promise)", None),
    ]


def test_one_experiment_can_be_asked_for(told):
    make_flag("other", started_at=at(THURSDAY, 0))
    assert [row[:2] for row in ask("experiments", **DAYS, experiment="other").rows] == [
        ("other", "control"),
        ("other", "promise"),
    ]
    table = ask("experiments", **DAYS)
    assert ([row[0] for row in table.rows], table.totals) == (["other"] * 2 + ["promise"] * 3, {})
    assert ask("experiments", **DAYS, experiment="draft").rows == []


def test_its_files_have_the_same_rows(told, staff):
    page = staff.get("/admin/reports/experiments/", DAYS)
    assert "Too early: under 100 people" in page.content.decode()
    lines = b"".join(staff.get("/admin/reports/experiments/csv/", DAYS).streaming_content).decode().splitlines()
    assert [line.split(",")[:5] for line in lines[-3:]] == [
        ["promise", "control", "Control", "2", "1"],
        ["promise", "promise", "Too early: under 100 people", "3", "2"],
        ["promise", "shout", "Too early: under 100 people", "0", "0"],
    ]
    assert "csv" in FORMATS


def arm(variant: str, people: int, ordered: int, weight: int = 1) -> Arm:
    return Arm("promise", variant, weight, 200, Sample(people, ordered), 0)


@pytest.mark.parametrize(
    ("people", "ordered", "ratio", "conclusion"),
    [
        (99, 50, 0.5, "Too early: under 100 people"),
        (2_000, 110, 0.5, "Not sure yet: let it run"),
        (2_000, 220, 0.5, "Better: end it and keep this variant"),
        (2_000, 20, 0.5, "Worse: end it and keep the control"),
        (2_000, 220, 0.0009, "Not to be trusted: people are not parted as they should be"),
    ],
)
def test_what_is_concluded(people, ordered, ratio, conclusion):
    tried = arm("promise", people, ordered)
    assert conclude(tried, [arm("control", 2_000, 100), tried], ratio) == conclusion


def test_no_difference_that_matters_is_a_conclusion_too():
    tried = arm("promise", 50_000, 2_510)
    assert conclude(tried, [arm("control", 50_000, 2_500), tried], 0.5) == "No difference of 2.0% or more: end it"


def test_more_variants_have_to_show_more():
    control, tried = arm("control", 2_000, 100), arm("promise", 2_000, 156)
    alone = conclude(tried, [control, tried], 0.5)
    among = conclude(tried, [control, tried, *(arm(str(each), 2_000, 100) for each in range(8))], 0.5)
    assert (alone, among) == ("Better: end it and keep this variant", "Not sure yet: let it run")


def test_a_sample_ratio_that_is_off_is_said_of_every_variant():
    rows = [("promise", name, 50, 200, people, 10, 0, 0, 0) for name, people in (("control", 1_000), ("b", 1_200))]
    said = "Not to be trusted: people are not parted as they should be"
    assert [row[2] for row in experiment_rows(rows)] == [said, said]
