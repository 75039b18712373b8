"""What goes together and what rises: the tables are what a plain recount of the events gives."""

from collections import Counter, defaultdict
from datetime import timedelta
from itertools import combinations
from random import Random
from typing import Any

import pytest
import time_machine

from analytics.ask import ask
from analytics.registry.rollups import MATERIALIZED_VIEWS
from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_view
from analytics.store.models import RollupViewedPair
from analytics.track import track_many
from commerce.accounts.models import User
from tests.rollup.story import SATURDAY, at, build_event, make_product, place

pytestmark = pytest.mark.django_db
FIRST_OF_A_VISITOR, MOST_OF_A_PRODUCT = 20, 12
NOW = at(SATURDAY, 20)


@pytest.fixture(autouse=True)
def _saturday_evening():
    with time_machine.travel(NOW, tick=False):
        yield


def look(views):
    """Track (visitor, product, days ago, minute)."""
    track_many(
        [
            build_event(
                "product.viewed",
                at(SATURDAY, 1) - timedelta(days=ago) + timedelta(minutes=minute),
                visitor_id=visitor,
                product_ref=ref,
            )
            for visitor, ref, ago, minute in views
        ]
    )


def refresh(name):
    fill_dirty()
    assert refresh_view(view=MATERIALIZED_VIEWS[name], at=NOW).outcome == "done"


def recount(views):
    """Count pairs by day the plain way."""
    firsts: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for visitor, ref, ago, minute in sorted(views, key=lambda each: (each[3], each[1])):
        firsts[visitor, ago].setdefault(ref, minute)
    pairs: Counter[tuple[Any, ...]] = Counter()
    for (_, ago), seen in firsts.items():
        for pair in combinations(sorted(list(seen)[:FIRST_OF_A_VISITOR]), 2):
            pairs[SATURDAY - timedelta(days=ago), *pair] += 1
    return pairs


def together(pairs, *, since):
    """Return the commonest others of each product."""
    summed: dict[str, Counter[str]] = defaultdict(Counter)
    for (day, one, other), visits in pairs.items():
        if day > since:
            summed[one][other] += visits
            summed[other][one] += visits
    ranked = {one: sorted(others.items(), key=lambda each: (-each[1], each[0])) for one, others in summed.items()}
    return {(one, other, visits) for one, others in ranked.items() for other, visits in others[:MOST_OF_A_PRODUCT]}


@pytest.mark.parametrize("seed", [1, 2])
def test_pairs_are_what_a_plain_recount_gives(seed):
    rng = Random(seed)
    refs = [f"p{number:02}" for number in range(30)]
    views = [(f"v{rng.randrange(6)}", rng.choice(refs), rng.choice([0, 1, 29, 30]), minute) for minute in range(600)]
    look(views)
    refresh("viewed_together_30d")
    kept = RollupViewedPair.objects.values_list("day", "product_ref", "other_ref", "visits")
    expected = recount(views)
    assert {(day, one, other): visits for day, one, other, visits in kept} == dict(expected)
    rows = ask("products_viewed_together", limit="1000").rows
    assert {(one, other, visits) for one, _, other, _, visits in rows} == together(
        expected, since=SATURDAY - timedelta(days=30)
    )


def test_bots_do_not_pair_and_nobody_pairs_alone():
    look([("ada", "gown", 0, 1), ("ada", "gown", 0, 2), ("bob", "cap", 0, 3)])
    track_many([build_event("product.viewed", at(SATURDAY, 9), visitor_id="bob", product_ref="gown", flags=1)])
    fill_dirty()
    assert list(RollupViewedPair.objects.all()) == []


def test_pairs_of_some_products_are_asked_for_by_their_references():
    look([(f"v{who}", ref, 0, at_) for who in (1, 2) for at_, ref in enumerate(("cap", "gown", "shoe"))])
    look([("v3", "cap", 0, 50), ("v3", "gown", 0, 51)])
    make_product("gown", "Red gown")
    refresh("viewed_together_30d")
    assert ask("products_viewed_together", product="cap,nothing").rows == [
        ("cap", "cap", "gown", "Red gown", 3),
        ("cap", "cap", "shoe", "shoe", 2),
    ]


def test_what_rises_is_told_by_its_usual_week():
    make_product("gown", "Red gown")
    look([("v", "gown", ago, 1) for ago in (7, 8, 14, 34)] + [(f"v{who}", "gown", 6, who) for who in range(12)])
    look([(f"v{who}", "known", ago, who) for who in range(11) for ago in (0, 8, 15, 22, 29)])
    look([(f"v{who}", "few", 0, who) for who in range(9)])
    look([("old", "gown", 35, 1)])
    place("cap", at(SATURDAY, 10))
    refresh("trending_7d")
    assert ask("trending_products").rows == [
        ("cap", "cap", None, 0, 0, 1, 20, 0.0, None),
        ("gown", "Red gown", "Gowns", 12, 0, 0, 12, 1.0, 12.0),
    ]


def test_what_somebody_looked_at_and_bought_is_theirs_alone():
    ada, bob = (User.objects.create_user(email=f"{name}@example.com") for name in ("ada", "bob"))
    for user, ref in ((ada, "gown"), (ada, "gown"), (bob, "cap")):
        track_many([build_event("product.viewed", at(SATURDAY, 9), user_id=str(user.pk), product_ref=ref)])
    place("shoe", at(SATURDAY, 11), quantity=2, user=ada, guest_email="")
    place("cap", at(SATURDAY, 11), user=ada, guest_email="", status="cancelled")
    found = ask("person_products", person=str(ada.pk))
    assert found.rows == [
        ("shoe", "shoe", 0, 0, 2, at(SATURDAY, 11)),
        ("gown", "gown", 2, 0, 0, at(SATURDAY, 9)),
    ]
    assert ask("person_products", person="").rows == ask("person_products", person="x'; --").rows == []
