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

pytestmark = pytest.mark.django_db
# How SDKs say that `anon` is `u1`.
FORMS: dict[str, dict[str, Any]] = {
    "previousId is the visitor": {"user_id": "u1", "visitor_id": None, "previous": "anon"},
    "both ids": {"user_id": "u1", "visitor_id": "anon"},
    "previousId is the user": {"user_id": "anon", "visitor_id": None, "previous": "u1"},
    "previousId is the user, with a device": {"user_id": "anon", "visitor_id": "anon", "previous": "u1"},
    "previousId is the user of a visitor": {"user_id": None, "visitor_id": "anon", "previous": "u1"},
}


def links():
    return sorted(IdentityLink.objects.values_list("visitor_id", "user_id"))


def alias(moment, *, previous=None, **ids):
    return told("user.aliased", moment, properties=json.dumps({"previous_id": previous} if previous else {}), **ids)


@pytest.mark.parametrize("is_told_at_once", [True, False])
@pytest.mark.parametrize("order", list(itertools.permutations([THURSDAY, FRIDAY, SATURDAY])))
@pytest.mark.parametrize("form", FORMS)
def test_a_visitor_is_its_user_whichever_way_an_alias_says_so(form, order, is_told_at_once):
    visit_day, alias_day, known_day = order
    story = [
        told("page.viewed", at(visit_day, 9), visitor_id="anon"),
        alias(at(alias_day, 12), **FORMS[form]),
        told("user.logged_in", at(known_day, 15), visitor_id=None, user_id="u1"),
    ]
    for told_event in sorted(story, key=lambda each: each.occurred_at):
        track_many([told_event])
        if not is_told_at_once:
            fill_dirty()
    if form == "previousId is the user of a visitor" and not is_told_at_once and alias_day < known_day:
        track_many([told("page.viewed", at(alias_day, 20), visitor_id="bob")])  # until its day is counted again
    fill_dirty()
    assert links() == [("anon", "u1")]
    found = sessions("day", "visitor", "person", "user_id", "is_known")
    assert [row for row in found if row[1] != "bob"] == sorted(
        [
            (visit_day, "anon", "u1", "u1", True),
            (alias_day, FORMS[form]["visitor_id"] or FORMS[form]["user_id"], "u1", "u1", True),
            (known_day, "u1", "u1", "u1", True),
        ]
    )
    people = [row for row in rows("rollup_visitors", "day", "person", "is_known") if row[1] != "bob"]
    assert people == [(day, "u1", True) for day in (THURSDAY, FRIDAY, SATURDAY)]
    assert verify(first=THURSDAY, last=SATURDAY) == []


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
