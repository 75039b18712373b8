"""Aliases: two ids of one person, whichever of them is called the user, before and after that user is known."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from analytics.store.models import IdentityLink
from analytics.track import track_many
from tests.people.test_cutting import sessions, told
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, rows
from zuka.platform.clock import local_day

pytestmark = pytest.mark.django_db
# How SDKs say that `anon` is `u1`.
FORMS: dict[str, dict[str, Any]] = {
    "previousId is the visitor": {"user_id": "u1", "visitor_id": None, "previous": "anon"},
    "both ids": {"user_id": "u1", "visitor_id": "anon"},
    "previousId is the user": {"user_id": "anon", "visitor_id": None, "previous": "u1"},
    "previousId is the user, with a device": {"user_id": "anon", "visitor_id": "anon", "previous": "u1"},
    "previousId is the user of a visitor": {"user_id": None, "visitor_id": "anon", "previous": "u1"},
}
DAYS = (THURSDAY, FRIDAY, SATURDAY)
# On which day somebody visits, is said to be a user, and is known by signing in.
ORDERS = tuple(itertools.permutations(DAYS))


def links():
    return sorted(IdentityLink.objects.values_list("visitor_id", "user_id"))


def alias(moment, *, previous=None, **ids):
    return told("user.aliased", moment, properties=json.dumps({"previous_id": previous} if previous else {}), **ids)


def of_one(form: str, number: int) -> dict[str, Any]:
    """How an SDK says it of the people of one order, who are told from those of the others by a number."""
    return {name: value and f"{value}-{number}" for name, value in FORMS[form].items()}


def tell_of_one(form: str, number: int) -> list[Any]:
    """Somebody's visit, alias and sign-in, the earliest first."""
    visit_day, alias_day, known_day = ORDERS[number]
    story = [
        told("page.viewed", at(visit_day, 9), visitor_id=f"anon-{number}"),
        alias(at(alias_day, 12), **of_one(form, number)),
        told("user.logged_in", at(known_day, 15), visitor_id=None, user_id=f"u1-{number}"),
    ]
    return sorted(story, key=lambda each: each.occurred_at)


@pytest.mark.parametrize("is_told_at_once", [True, False])
@pytest.mark.parametrize("form", FORMS)
def test_a_visitor_is_its_user_whichever_way_an_alias_says_so(form, is_told_at_once):
    stories = [tell_of_one(form, number) for number in range(len(ORDERS))]
    for day in DAYS:
        track_many([each for story in stories for each in story if local_day(each.occurred_at) == day])
        if not is_told_at_once:
            fill_dirty()
    if form == "previousId is the user of a visitor" and not is_told_at_once:
        for day in DAYS:  # an alias of who is known only later is seen when its day is counted again
            track_many([told("page.viewed", at(day, 20), visitor_id="bob")])
    fill_dirty()
    assert links() == [(f"anon-{number}", f"u1-{number}") for number in range(len(ORDERS))]
    found = [row for row in sessions("day", "visitor", "person", "user_id", "is_known") if row[1] != "bob"]
    assert sorted(found) == sorted(row for number in range(len(ORDERS)) for row in visits_of_one(form, number))
    people = [row for row in rows("rollup_visitors", "day", "person", "is_known") if row[1] != "bob"]
    assert people == [(day, f"u1-{number}", True) for day in DAYS for number in range(len(ORDERS))]
    assert verify(first=THURSDAY, last=SATURDAY) == []


def visits_of_one(form: str, number: int) -> list[tuple[Any, ...]]:
    """The visits of one person: day, visitor, person, user, and whether they are known."""
    visit_day, alias_day, known_day = ORDERS[number]
    said, user = of_one(form, number), f"u1-{number}"
    return [
        (visit_day, f"anon-{number}", user, user, True),
        (alias_day, said["visitor_id"] or said["user_id"], user, user, True),
        (known_day, user, user, user, True),
    ]


def test_of_two_users_each_stays_who_they_are():
    track_many(
        [
            told("page.viewed", at(THURSDAY, 9), visitor_id=None, user_id="u1"),
            told("page.viewed", at(THURSDAY, 9), visitor_id=None, user_id="u2"),
            alias(at(FRIDAY, 9), user_id="u2", visitor_id="ada", previous="u1"),
            told("page.viewed", at(SATURDAY, 9), visitor_id=None, user_id="u1"),
        ]
    )
    fill_dirty()
    assert links() == [("ada", "u2"), ("u1", "u2")]
    assert sessions("day", "visitor", "person") == [
        (THURSDAY, "u1", "u1"),
        (THURSDAY, "u2", "u2"),
        (FRIDAY, "ada", "u2"),
        (SATURDAY, "u1", "u1"),
    ]


def test_an_alias_between_two_visitors_makes_nobody_known():
    track_many(
        [
            told("page.viewed", at(THURSDAY, 9), visitor_id="old"),
            alias(at(FRIDAY, 9), user_id=None, visitor_id="new", previous="old"),
        ]
    )
    fill_dirty()
    assert links() == []
    assert sessions("visitor", "person", "is_known") == [("new", "new", False), ("old", "old", False)]


def test_a_robot_s_alias_ties_nobody():
    track_many([alias(at(FRIDAY, 9), user_id="u1", visitor_id="ada", previous="bob", flags=1)])
    fill_dirty()
    assert links() == []
