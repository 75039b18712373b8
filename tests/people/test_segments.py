"""Who is in a segment: each condition over a story, read strictly, said in words, found by one at a time."""

from __future__ import annotations

import re
import threading
from datetime import date
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection

from analytics.people import segments
from analytics.people.conditions import DefinitionError, read_definition, say_definition
from analytics.people.segments import SlowSegmentError, count_people, refresh_segment, refresh_segments, sample_people
from analytics.registry.reports.customers import SEGMENTS
from analytics.registry.segments.conditions import CONDITIONS
from analytics.rollup.fill import fill_dirty
from analytics.rollup.leads import score_leads
from analytics.rollup.refresh import refresh_views
from analytics.store.models import Segment
from tests.commerce.factories import UserFactory
from tests.report.selling import sell
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event

pytestmark = pytest.mark.django_db
NOW = at(SATURDAY, 20)
KEY = UUID(int=1)
LONG = "Write some text of 120 characters at most."


def read(*conditions: dict[str, Any], match: str = "all") -> Any:
    return read_definition({"match": match, "conditions": list(conditions)})


@pytest.fixture
def shop():
    """The orders of `selling`; before them Bola came by mail twice, Femi from Kano once, and staff too."""
    with time_machine.travel(NOW, tick=False):
        orders = sell()
        staff = str(UserFactory.create(is_staff=True).pk)
        told: list[tuple[str, date, dict[str, Any]]] = [
            ("bola", THURSDAY, {"utm_source": "mail", "utm_medium": "email"}),
            ("bola", FRIDAY, {"utm_source": "Mail", "utm_medium": "email"}),
            ("femi", SATURDAY, {"state": "Kano", "device_type": "mobile"}),
            ("desk", SATURDAY, {"state": "Kano", "user_id": staff}),
        ]
        for visitor, day, columns in told:
            columns["source_key"] = KEY  # a browser spoke
            event("page.viewed", at(day, 9), visitor_id=visitor, page_path="/gowns/", **columns)
            properties = '{"quantity": 2, "size": "M"}'
            event(
                "product.viewed", at(day, 9, 5), visitor_id=visitor, category="Gowns", properties=properties, **columns
            )
        fill_dirty()
        refresh_views(at=NOW)
        score_leads(at=NOW)
        people = {str(order.user_id): name for name, order in orders.items() if order.user_id}
        yield people | {str(orders["first"].user_id): "ada"}


def who(people: dict[str, str], *conditions: dict[str, Any], match: str = "all") -> list[str]:
    found = sample_people(read(*conditions, match=match), at=NOW)
    assert count_people(read(*conditions, match=match), at=NOW) == len(found)
    return sorted(people.get(person, person) for person, _, _ in found)


CHOSEN: list[tuple[dict[str, Any], list[str]]] = [
    ({"kind": "visited", "by": "channel", "values": ["E-mail"]}, ["bola"]),
    ({"kind": "visited", "by": "source", "values": ["MAIL"], "times": 2}, ["bola"]),
    ({"kind": "visited", "by": "source", "values": ["mail"], "times": 3}, []),
    ({"kind": "visited", "by": "source", "values": ["mail"], "times": 2, "days": 2}, []),
    ({"kind": "visited", "by": "state", "values": ["kano", "Lagos"]}, ["femi"]),
    ({"kind": "visited", "by": "landing", "values": ["/gowns/"]}, ["bola", "femi"]),
    ({"kind": "did", "event": "product.viewed", "times": 2}, ["bola"]),
    ({"kind": "did", "event": "product.viewed", "days": 1}, ["femi"]),
    ({"kind": "did", "event": "product.viewed", "field": "category", "value": "gowns"}, ["bola", "femi"]),
    ({"kind": "did", "event": "product.viewed", "field": "properties.size", "value": "L"}, []),
    (
        {"kind": "did", "event": "page.viewed", "field": "page_path", "operator": "~=", "value": "GOWN"},
        ["bola", "femi"],
    ),
    ({"kind": "bought", "by": "category", "values": ["gowns"], "pieces": 3}, ["ada", "bola"]),
    ({"kind": "bought", "by": "brand", "values": ["Plain"], "days": 3}, ["ada", "bola"]),
    ({"kind": "bought", "by": "product", "values": ["cap"], "pieces": 2}, ["ada"]),
    ({"kind": "ordered", "least": 2}, ["ada"]),
    ({"kind": "ordered", "most": 1}, ["bola", "refused"]),
    ({"kind": "spent", "least": 1, "span": "year"}, ["ada", "bola"]),
    ({"kind": "spent", "least": 0, "most": 0}, ["refused"]),
    ({"kind": "customer_since", "side": "before", "days": 30}, ["ada"]),
    ({"kind": "customer_since", "side": "within", "days": 30}, ["bola", "refused"]),
    ({"kind": "last_ordered", "side": "within", "days": 3}, ["ada", "bola", "refused"]),
    ({"kind": "rfm", "values": list(SEGMENTS)}, ["ada", "bola", "refused"]),
    ({"kind": "lead", "values": ["cold", "cool"]}, ["ada", "bola", "femi", "refused", "unsold"]),
    ({"kind": "lead", "values": ["hot"]}, []),
]


def test_each_condition_chooses_these(shop):
    assert [(condition, who(shop, condition)) for condition, _ in CHOSEN] == CHOSEN


def test_conditions_are_denied_and_go_together(shop):
    kano, ordered = {"kind": "visited", "by": "state", "values": ["Kano"]}, {"kind": "ordered", "least": 1}
    assert who(shop, {**ordered, "not": True}) == ["femi", "unsold"]
    assert who(shop, kano, ordered) == []
    assert who(shop, kano, {**ordered, "not": True}) == ["femi"]
    assert who(shop, kano, {"kind": "ordered", "least": 2}, match="any") == ["ada", "femi"]


def test_members_are_found_anew_and_kept_until_then(shop):
    owner = UserFactory.create(is_staff=True)
    made = Segment.objects.create(name="Kano", owner=owner, definition=read({"kind": "ordered", "most": 1}).stored)
    found = refresh_segment(made, at=NOW)
    assert (
        found.people,
        found.refreshed_at,
        sorted(shop.get(each.person, each.person) for each in found.members.all()),
    ) == (2, NOW, ["bola", "refused"])

    Segment.objects.update(definition=read({"kind": "ordered", "least": 1}).stored)
    broken = Segment.objects.create(name="Broken", owner=owner, definition={"conditions": []})
    assert refresh_segments(at=NOW) == 1
    assert [(each.name, each.people, each.failure) for each in Segment.objects.all()] == [
        ("Broken", None, "A segment has 1 to 10 conditions; add or remove some."),
        ("Kano", 3, ""),
    ]
    broken.delete()


def test_whoever_takes_too_long_keeps_the_members_before(shop, monkeypatch, settings):
    made = Segment.objects.create(
        name="Slow", owner=UserFactory.create(), definition=read({"kind": "ordered", "least": 1}).stored, people=7
    )
    monkeypatch.setattr(segments, "LOCK", "SELECT pg_sleep(3), %s")
    settings.REPORT_SECONDS = 1
    with pytest.raises(SlowSegmentError, match="longer than 1 seconds"):
        refresh_segment(made, at=NOW)
    assert refresh_segments(at=NOW) == 0
    assert Segment.objects.values_list("people", "failure").get() == (
        7,
        "Finding the people took longer than 1 seconds.",
    )


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_finds_the_people():
    made = Segment.objects.create(
        name="Crowd", owner=UserFactory.create(), definition=read({"kind": "ordered", "least": 1}).stored
    )
    found: list[Any] = []

    def ask(minute: int) -> None:
        found.append(refresh_segment(made, at=at(SATURDAY, 20, minute)).refreshed_at)
        connection.close()

    threads = [threading.Thread(target=ask, args=(minute,)) for minute in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found))) == (4, 1)


ANY, NUMBER = "1. is", "Write a whole number from 1 to 400."


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ([], "definition", 'Write it as {"match": "all", "conditions": [ … ]}.'),
        ({"match": "some", "conditions": [{}]}, "match", "match must be one of all, any."),
        ({"conditions": []}, "conditions", "A segment has 1 to 10 conditions; add or remove some."),
        ({"kind": "moon"}, "1. kind", f"A condition's kind is one of {', '.join(CONDITIONS)}."),
        ({"kind": "lead", "colour": 1}, "1. colour", "Lead score has no 'colour'; it has values."),
        ({"kind": "lead"}, ANY, "Say which; it cannot be left empty."),
        ({"kind": "lead", "values": ["warmish"]}, ANY, "Choose one of hot, warm, cool, cold."),
        ({"kind": "lead", "values": "hot"}, ANY, "Write a list."),
        ({"kind": "visited", "by": "source", "values": "mail"}, ANY, "Write a list of 1 to 20 values."),
        ({"kind": "visited", "by": "source", "values": ["\n"]}, ANY, LONG),
        ({"kind": "ordered"}, "1. at least", "Say how much at least, or how much at most."),
        ({"kind": "ordered", "least": 3, "most": 2}, "1. at most", "At most must not be less than at least."),
        ({"kind": "spent", "least": 1.5}, "1. at least", "Write an amount from 0 to ₦1,000,000,000.00."),
        ({"kind": "did", "days": 401}, "1. in the last … days", NUMBER),
        ({"kind": "did", "times": "two"}, "1. at least … times", "Write a whole number from 1 to 1,000,000."),
        ({"kind": "did", "event": "x"}, "1. event", "Write an event type like product.viewed."),
        ({"kind": "did", "field": "category"}, "1. value", "Say both where and which value, or neither."),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_fix(data, field, message):
    with pytest.raises(DefinitionError) as refused:
        read_definition({"conditions": [data]} if "kind" in data else data)
    assert (refused.value.field, refused.value.message) == (field, message)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ({"kind": "visited", "by": "channel", "values": ["pigeon"]}, "'pigeon' is no channel; there are affiliate, "),
        ({"kind": "did", "field": "moon", "value": "x"}, "There is no 'moon'; there are page_path, "),
    ],
)
def test_names_that_do_not_exist_are_refused_with_those_that_do(condition, message):
    with pytest.raises(DefinitionError, match=re.escape(message)):
        read(condition)


def test_a_definition_is_said_in_words():
    said = say_definition(
        read(
            {"kind": "visited", "by": "channel", "values": ["email", "social"], "times": 2, "days": 7},
            {"kind": "did", "event": "cart.item_added", "field": "category", "value": "Gowns", "not": True},
            {"kind": "spent", "least": 1_000_000},
            {"kind": "customer_since", "side": "before", "days": 365},
        )
    )
    assert said == (
        "Visited with channel email or social at least 2 times in the last 7 days and did not do “Cart item added” "
        "where Category is “Gowns” 1 time or more in the last 30 days and paid at least ₦10,000.00 until now and "
        "first ordered longer ago than 365 days."
    )
