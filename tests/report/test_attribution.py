"""Revenue by what led to it, and what campaigns cost: whole tables of a small story, and sums of a random one."""

from __future__ import annotations

import itertools
import random
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from analytics.ask import ask
from analytics.registry.attribution import MODELS
from analytics.rollup.fill import fill_dirty
from analytics.store.models import CampaignSpend
from analytics.track import track_many
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, build_event, pay, place, refund

pytestmark = pytest.mark.django_db
KEY = uuid4()
DAYS = {"from": "2026-11-19", "to": "2026-11-21", "compare": "none"}
DETTY = {"utm_source": "instagram", "utm_medium": "paid_social", "utm_campaign": "detty"}
WEAR = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "wear"}


def came(moment: Any, visitor: str, **words: Any) -> Any:
    return build_event("page.viewed", moment, visitor_id=visitor, page_path="/", source_key=KEY, **words)


@pytest.fixture
def story() -> None:
    """Ada comes by Detty, by herself and by search, and pays on Friday; Bob by himself, twice; Chi comes unseen.

    Ada has a kobo less than half of it back on Saturday. A campaign in print was paid for and brought nobody.
    """
    track_many(
        [
            came(at(THURSDAY, 8), "ada", **DETTY),
            came(at(THURSDAY, 10), "ada"),
            came(at(THURSDAY, 20), "ada", referrer_url="https://www.google.com/"),
            came(at(THURSDAY, 9), "bob"),
            came(at(FRIDAY, 9), "cem", **WEAR),
        ]
    )
    ada = place("gown", at(THURSDAY, 20), visitor_id="ada", price=10_001)
    payment = pay(ada, at(FRIDAY, 9))
    refund(payment, at(SATURDAY, 9), 4_999)
    for moment in (at(THURSDAY, 10), at(FRIDAY, 10)):
        pay(place("gown", moment, visitor_id="bob", guest_email="bob@example.com", price=2_000), moment)
    pay(place("gown", at(FRIDAY, 11), visitor_id="chi", guest_email="chi@example.com", price=700), at(FRIDAY, 11))
    fill_dirty()


PRINT = {"source": "punch", "medium": "print", "campaign": "ikeja"}


def spend(day: Any, kobo: int, words: dict[str, str], currency: str = "NGN") -> None:
    """What a campaign cost, named by the words of its link."""
    named = {name.removeprefix("utm_"): word for name, word in words.items()}
    CampaignSpend.objects.create(day=day, spend_kobo=kobo, currency=currency, **named)


TABLES: dict[tuple[str, str], list[tuple[Any, ...]]] = {
    ("last", "channel"): [
        ("Organic search", 5_002, 1, 5_002),
        ("Direct", 4_000, 2, 2_000),
        ("Unattributed", 700, 1, 700),
    ],
    ("first", "channel"): [
        ("Paid social", 5_002, 1, 5_002),
        ("Direct", 4_000, 2, 2_000),
        ("Unattributed", 700, 1, 700),
    ],
    ("linear", "channel"): [
        ("Direct", 5_667, 2.333333, 2_429),
        ("Paid social", 1_668, 0.333334, 5_004),
        ("Organic search", 1_667, 0.333333, 5_001),
        ("Unattributed", 700, 1, 700),
    ],
    ("position", "channel"): [
        ("Direct", 5_000, 2.2, 2_273),
        ("Organic search", 2_001, 0.4, 5_003),
        ("Paid social", 2_001, 0.4, 5_003),
        ("Unattributed", 700, 1, 700),
    ],
    ("position", "source"): [
        ("No source", 5_000, 2.2, 2_273),
        ("google.com", 2_001, 0.4, 5_003),
        ("instagram", 2_001, 0.4, 5_003),
        ("Unattributed", 700, 1, 700),
    ],
    ("position", "campaign"): [
        ("No campaign", 7_001, 2.6, 2_693),
        ("detty", 2_001, 0.4, 5_003),
        ("Unattributed", 700, 1, 700),
    ],
}


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize(("model", "by"), TABLES)
def test_revenue_by_what_led_to_it(model: str, by: str) -> None:
    table = ask("attribution", **DAYS, model=model, by=by)
    assert [(label, kobo, orders, aov) for label, kobo, _, orders, aov in table.rows] == TABLES[model, by]
    assert sum(row[2] for row in table.rows) == pytest.approx(1)
    assert table.totals == {"revenue_kobo": 9_702, "orders": 4, "aov_kobo": 2_426}


@pytest.mark.usefixtures("story")
def test_a_refund_counts_on_its_day() -> None:
    table = ask("attribution", **{**DAYS, "from": "2026-11-21"}, model="linear")
    assert [row[:2] for row in table.rows] == [("Organic search", -1_666), ("Paid social", -1_666), ("Direct", -1_667)]
    assert table.totals == {"revenue_kobo": -4_999, "orders": 0, "aov_kobo": None}


@pytest.mark.usefixtures("story")
def test_a_line_leads_to_its_orders() -> None:
    table = ask("attributed_orders", **DAYS, model="linear", label="Direct")
    found = [(row[0], row[2], row[3], *row[4:8]) for row in table.rows]
    assert found == [
        (SATURDAY, -1_667, 0, "Direct", None, None, "2 of 3"),
        (FRIDAY, 2_000, 1, "Direct", None, None, "1 of 1"),
        (FRIDAY, 3_334, 0.333333, "Direct", None, None, "2 of 3"),
        (THURSDAY, 2_000, 1, "Direct", None, None, "1 of 1"),
    ]
    assert ask("attributed_orders", **DAYS).totals["revenue_kobo"] == 9_702


@pytest.mark.usefixtures("story")
def test_campaigns_beside_what_they_cost() -> None:
    spend(THURSDAY, 3_000, DETTY)
    spend(SATURDAY, 2_000, DETTY)
    spend(FRIDAY, 1_000, WEAR)
    spend(FRIDAY, 500, PRINT)
    spend(FRIDAY, 77, PRINT, currency="USD")
    spend(FRIDAY - timedelta(days=9), 9_999, PRINT)
    table = ask("campaigns", **DAYS, model="first")
    assert [row[:9] for row in table.rows] == [
        ("No campaign", 3, 4_700, None, None, None, None, 2, None),
        ("detty", 1, 5_002, 5_000, 1.0004, 0.0004, 5_000, 1, 5_000),
        ("wear", 1, 0, 1_000, 0, -1, 1_000, 0, None),
        ("ikeja", 0, 0, 500, 0, -1, None, 0, None),
    ]
    of_spend = ("revenue_kobo", "new_customers", "spend_kobo", "visit_kobo", "cac_kobo", "roas", "roi")
    assert [table.totals[name] for name in of_spend] == [
        *(9_702, 3, 6_500, 3_250, 6_500),
        *(pytest.approx(5_002 / 6_500), pytest.approx(5_002 / 6_500 - 1)),
    ]


@pytest.mark.usefixtures("story")
def test_without_spend_what_is_divided_by_it_is_empty() -> None:
    totals = ask("campaigns", **DAYS).totals
    assert [totals[name] for name in ("spend_kobo", "visit_kobo", "cac_kobo", "roas", "roi")] == [None] * 5


def test_every_model_and_breakdown_adds_up_to_revenue_paid() -> None:
    chance = random.Random(17)
    words: list[dict[str, Any]] = [{}, DETTY, WEAR, {"referrer_url": "https://bing.com/"}, {"utm_campaign": "ikeja"}]
    people = [f"visitor-{number}" for number in range(9)]
    hours = [at(THURSDAY, 0) + timedelta(minutes=20 * number) for number in range(3 * 72)]
    track_many([came(chance.choice(hours), chance.choice(people), **chance.choice(words)) for _ in range(90)])
    for _ in range(30):
        moment = chance.choice(hours[:-20])
        order = place("gown", moment, visitor_id=chance.choice([*people, None]), price=chance.randrange(1, 99_999))
        payment = pay(order, moment + timedelta(hours=chance.randrange(6)))
        if chance.random() < 0.4:
            refund(payment, moment + timedelta(hours=6), chance.randrange(1, order.total_kobo + 1))
    fill_dirty()
    periods = [("2026-11-19", "2026-11-21"), ("2026-11-20", "2026-11-20"), ("2026-11-21", "2026-11-21")]
    for (first, last), model in itertools.product(periods, MODELS):
        days = {"from": first, "to": last, "compare": "none"}
        revenue = ask("revenue", **days).totals
        told = {"revenue_kobo": revenue["revenue_kobo"], "orders": revenue["paid_orders"]}
        for by in ("channel", "source", "campaign"):
            table = ask("attribution", **days, model=model.name, by=by)
            rows = {"revenue_kobo": sum(row[1] for row in table.rows)}
            rows["orders"] = pytest.approx(sum(row[3] for row in table.rows))
            assert (rows, {name: table.totals[name] for name in told}) == (told, told), (first, model.name, by)
        for by in ("campaign", "source", "medium", "all"):
            table = ask("campaigns", **days, model=model.name, by=by)
            assert sum(row[2] for row in table.rows) == table.totals["revenue_kobo"] == told["revenue_kobo"]
