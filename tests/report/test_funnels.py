"""The funnel of any events: whole tables over told days, against a naive recount, and what it refuses."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.ask import ask
from analytics.people.identity import link_visitors
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Flag
from analytics.report.funnels.steps import Filter, Step, read_step, read_steps, write_step
from analytics.report.query import BadQuery, TooSlow
from analytics.rollup.fill import fill_dirty, fill_unit
from analytics.rollup.units import Unit
from analytics.rollup.verify import verify
from analytics.track import track_many
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, build_event
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-11-19", "to": "2026-11-21"}
BUYING = {"step1": "product.viewed", "step2": "cart.item_added", "step3": "order.created"}


def keep_journeys() -> None:
    """Count what funnels follow, without anything else of the days; nothing says that, so kept answers go."""
    cache.clear()
    days = (THURSDAY, FRIDAY, SATURDAY)
    for day in days:  # all before the first is counted: who is known on Saturday was there on Friday
        link_visitors(day)
    for day in days:
        fill_unit(Unit(ROLLUPS["journeys"], day, day))


def told(event_type: str, moment: Any, visitor: str, **columns: Any) -> Any:
    return build_event(event_type, moment, visitor_id=visitor, **columns)


@pytest.fixture
def story():
    """Ada buys on her second way, on the phone; Bob fills a cart first; Chi looks, and buys after the window."""
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        phone = {"device_type": "mobile", "source_key": UUID(int=1)}
        track_many(
            [
                told("product.viewed", at(THURSDAY, 9), "ada", source_key=UUID(int=1)),
                told("product.viewed", at(FRIDAY, 9), "ada", product_ref="gown", **phone),
                told("cart.item_added", at(FRIDAY, 9, 2), "ada", **phone),
                told("product.viewed", at(FRIDAY, 9, 3), "ada", **phone),
                told("order.created", at(FRIDAY, 9, 10), "ada", user_id="u-ada", platform="server"),
                told("cart.item_added", at(FRIDAY, 10), "bob", **phone),
                told("product.viewed", at(FRIDAY, 10, 1), "bob", product_ref="cap", **phone),
                told("product.viewed", at(FRIDAY, 11), "chi", product_ref="gown", **phone),
                told("cart.item_added", at(SATURDAY, 12), "chi", **phone),
                told("product.viewed", at(FRIDAY, 11), "crawler", flags=int(Flag.BOT)),
            ]
        )
        fill_dirty()
        yield


def test_people_take_the_steps_in_order_and_in_time(story):
    table = ask("event_funnel", **DAYS, **BUYING)
    assert table.rows == [
        ("Everybody", "1. Product viewed", 3, 1.0, None, None, None),
        ("Everybody", "2. Cart item added", 2, pytest.approx(2 / 3), pytest.approx(2 / 3), 1, 45_060),
        ("Everybody", "3. Order created", 1, pytest.approx(1 / 3), 0.5, 1, 480),
    ]
    assert table.series == [(row[1], row[2]) for row in table.rows]
    assert table.totals == {"of_first": pytest.approx(1 / 3)}
    assert [row[2] for row in ask("event_funnel", **DAYS, **BUYING, window="1d").rows] == [3, 1, 1]


def test_groups_add_up_to_everybody(story):
    table = ask("event_funnel", **DAYS, **BUYING, by="device")
    assert [row[:3] for row in table.rows] == [
        ("mobile", "1. Product viewed", 3),
        ("mobile", "2. Cart item added", 2),
        ("mobile", "3. Order created", 1),
    ]
    assert table.totals == {"of_first": pytest.approx(1 / 3)}
    # The place of a few rows is no place for a total.
    assert ask("event_funnel", **DAYS, **BUYING, limit="2").totals == {}


def test_a_comparison_is_of_the_same_steps(story):
    table = ask("event_funnel", **DAYS, **BUYING, compare="previous")
    assert (table.previous, table.compared is not None) == ({"of_first": None}, True)


@pytest.mark.parametrize(
    ("filters", "people"),
    [
        ("product_ref=gown", 2),
        ("product_ref~=OW", 2),
        ("product_ref~=%25", 0),
        ("product_ref=", 3),
        ("properties.=gown", 3),
        ("product_ref=gown&device_type=mobile", 2),
        ("device_type=desktop", 0),
    ],
)
def test_steps_are_narrowed_by_filters(story, filters, people):
    table = ask("event_funnel", **DAYS, step1=f"product.viewed?{filters}", step2="cart.item_added")
    assert [row[2] for row in table.rows[:1]] == ([people] if people else [])


@pytest.mark.parametrize(
    "value", ["'; DROP TABLE x; --", '"quoted"', "100%", "%s %(a)s", "{first}", "\\", "a&b=c~?", "Ọ̀ṣun 👗"]
)
def test_hostile_text_is_only_text(value):
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        said = json.dumps({value: value})
        track_many(
            [told("custom.x", at(FRIDAY, 9), "ada", properties=said), told("page.viewed", at(FRIDAY, 10), "ada")]
        )
        keep_journeys()
        for operator in ("=", "~="):
            step = write_step(Step("custom.x", (Filter(f"properties.{value}", operator, value),)))
            assert [row[2] for row in ask("event_funnel", **DAYS, step1=step, step2="page.viewed").rows] == [1, 1]
        assert ask("event_funnel", **DAYS, step1=f"custom.x?city={quote(value)}", step2="page.viewed").rows == []


def test_at_the_same_moment_the_id_decides():
    moment = at(FRIDAY, 9)
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        first, second = told("product.viewed", moment, "ada"), told("cart.item_added", moment, "ada")
        track_many([second, first])
        keep_journeys()
        to_cart = ask("event_funnel", **DAYS, step1="product.viewed", step2="cart.item_added").rows
        assert [row[2] for row in to_cart] == [1, 1]
        assert [
            row[2] for row in ask("event_funnel", **DAYS, step1="cart.item_added", step2="product.viewed").rows
        ] == [1, 0]


def test_one_event_is_one_step_and_a_claim_of_a_purchase_no_second_one():
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        claim = told("order.created", at(FRIDAY, 9, 1), "ada", flags=int(Flag.CLAIMED))
        track_many([told("order.created", at(FRIDAY, 9), "ada"), claim, told("page.viewed", at(FRIDAY, 9), "bob")])
        keep_journeys()
        again = ask("event_funnel", **DAYS, step1="order.created", step2="order.created").rows
        assert [row[2] for row in again] == [1, 0]
        assert [row[2] for row in ask("event_funnel", **DAYS, step1="page.viewed", step2="page.viewed").rows] == [1, 0]


def test_a_visitor_who_becomes_known_is_one_person():
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        track_many(
            [
                told("product.viewed", at(THURSDAY, 9), "phone"),
                told("user.logged_in", at(FRIDAY, 9), "phone", user_id="ada"),
                build_event("order.created", at(FRIDAY, 10), user_id="ada", platform="server"),
            ]
        )
        fill_dirty()
        rows = ask("event_funnel", **DAYS, step1="product.viewed", step2="order.created").rows
    assert [(row[2], row[6]) for row in rows] == [(1, None), (1, 90_000)]


def test_what_happened_while_nobody_was_there_becomes_theirs_as_well():
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        track_many([told("order.shipped", at(THURSDAY, 9), "phone", platform="server")])
        fill_dirty()
        track_many([told("user.logged_in", at(FRIDAY, 9), "phone", user_id="ada")])
        assert fill_dirty() == [FRIDAY, THURSDAY]
        assert verify(first=THURSDAY, last=FRIDAY) == []


@pytest.mark.parametrize(
    ("params", "field", "message"),
    [
        ({"step1": "page.viewed"}, "step2", "2 steps at least"),
        ({"step1": "page.viewed", "step3": "Page Viewed"}, "step3", "no event type"),
        ({"step1": "page.viewed?colour=red", "step2": "page.left"}, "step1", "no field 'colour'"),
        ({"step1": "page.viewed?page_path", "step2": "page.left"}, "step1", "no filter"),
        ({"step1": "page.viewed?page_path=%00", "step2": "page.left"}, "step1", "NUL"),
        ({"step1": "page.viewed?page_path=\x00", "step2": "page.left"}, "step1", "NUL"),
        ({"step1": "page.viewed?page_path=%FF", "step2": "page.left"}, "step1", "percent-encoded"),
        ({"step1": "page.viewed?page_path=\ud800", "step2": "page.left"}, "step1", "percent-encoded"),
        ({"step1": "page.viewed?page_path=" + "x" * 600, "step2": "page.left"}, "step1", "600 characters"),
        ({"step1": "page.viewed?" + "&".join(["os=x"] * 6), "step2": "page.left"}, "step1", "5 filters"),
        ({"window": "8d"}, "window", "must be one of"),
        ({"by": "person"}, "by", "must be one of"),
        ({"step9": "page.viewed"}, "step9", "no parameter"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(params, field, message):
    with pytest.raises(BadQuery, match=message) as refusal:
        ask("event_funnel", **DAYS, **params)
    assert (refusal.value.field, refusal.value.status) == (field, 400)


def test_the_api_answers_and_refuses_alike(story):
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    client = Client(headers={"Authorization": f"Bearer {token}"})
    answer = client.get("/api/v1/reports/event_funnel", {**DAYS, **BUYING})
    assert [row["people"] for row in answer.json()["rows"]] == [3, 2, 1]
    lines = b"".join(client.get("/api/v1/reports/event_funnel.csv", {**DAYS, **BUYING})).decode().splitlines()
    assert lines[1:2] == ["Everybody,1. Product viewed,3,1.0,,,"]
    refusal = client.get("/api/v1/reports/event_funnel", {**DAYS, "step1": "page.viewed"})
    assert (refusal.status_code, refusal.json()["field"]) == (400, "step2")


def test_what_takes_too_long_is_stopped_and_says_what_to_do(settings):
    settings.REPORT_SECONDS = 0.001
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        track_many([told("page.viewed", at(FRIDAY, 9) + timedelta(seconds=n), f"v{n % 50}") for n in range(3_000)])
        keep_journeys()
        with pytest.raises(TooSlow, match="Choose a shorter period") as refusal:
            ask("event_funnel", **DAYS, step1="page.viewed", step2="page.viewed")
        assert (refusal.value.field, refusal.value.status) == ("period", 503)
        settings.REPORT_SECONDS = 20
        assert ask("event_funnel", **DAYS, step1="page.viewed", step2="page.viewed").rows[0][2] == 50


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=15)
FILTERS = st.builds(
    Filter, st.sampled_from(["category", "properties.x", "properties.a=b~c&d"]), st.sampled_from(["=", "~="]), TEXTS
)


@given(st.builds(Step, st.sampled_from(["page.viewed", "custom.x"]), st.lists(FILTERS, max_size=2).map(tuple)))
def test_a_step_in_an_address_is_the_step(step):
    assert read_step("step1", write_step(step)) == step


NAMES = ("a.x", "b.x", "c.x")
STORIES = st.lists(
    st.tuples(
        st.sampled_from(NAMES), st.sampled_from(["ada", "bob"]), st.integers(0, 40), st.sampled_from(["red", "blue"])
    ),
    max_size=25,
)
CHOSEN = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "red"])), min_size=2, max_size=5)
WINDOW = timedelta(hours=1)


def recount(story: list[tuple[str, str, int, str]], steps: list[tuple[str, str]]) -> list[int]:
    """How many people came how far: every way through a person's events is tried."""
    furthest: dict[str, int] = {}
    ordered = sorted(enumerate(story), key=lambda pair: (pair[1][2], pair[0]))

    def go(person: str, place: int, taken: int, start: int) -> None:
        furthest[person] = max(furthest.get(person, 0), taken)
        if taken == len(steps):
            return
        for later in range(place, len(ordered)):
            name, who, quarter, colour = ordered[later][1]
            is_step = who == person and name == steps[taken][0] and steps[taken][1] in {"", colour}
            if is_step and (taken == 0 or quarter - start <= 4):
                go(person, later + 1, taken + 1, quarter if taken == 0 else start)

    for person in ("ada", "bob"):
        go(person, 0, 0, 0)
    return [sum(far >= number for far in furthest.values()) for number in range(1, len(steps) + 1)]


class FunnelEqualsRecount(TestCase):
    @given(STORIES, CHOSEN)
    @example_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_for_any_story_and_steps(self, story, chosen):
        with time_machine.travel(at(SATURDAY, 20), tick=False):
            track_many(
                [
                    told(name, at(FRIDAY, 8) + timedelta(minutes=15 * quarter), person, category=colour)
                    for name, person, quarter, colour in story
                ]
            )
            keep_journeys()
            steps = {
                f"step{place}": f"{name}?category={colour}" if colour else name
                for place, (name, colour) in enumerate(chosen, 1)
            }
            people = [row[2] for row in ask("event_funnel", **DAYS, **steps, window="1h").rows]
        expected = recount(story, chosen)
        assert people == (expected if expected[0] else [])
        assert people == sorted(people, reverse=True)


def test_without_steps_it_is_the_way_to_an_order():
    assert [step.event_type for step in read_steps({})] == [
        "product.viewed",
        "cart.item_added",
        "checkout.started",
        "order.created",
    ]


# Facts and claims, robots, aliases, what happens without anybody there; moments that meet, and days that end.
DEEDS = st.tuples(
    st.sampled_from(["order.created", "order.shipped", "user.aliased", "custom.x"]),
    st.sampled_from([("u1", None), ("u1", "ada"), (None, "ada"), (None, "bob"), ("u2", "bob")]),
    st.sampled_from([minutes for day in range(3) for minutes in (day * 1440, day * 1440 + 30, day * 1440 + 1439)]),
    st.sampled_from([0, int(Flag.CLAIMED), int(Flag.BOT)]),
)
ASKED = st.lists(st.sampled_from(["order.created", "order.shipped", "custom.x"]), min_size=2, max_size=4)
# A filter that every event passes has a step read from the raw table.
ANY_EVENT = "?source_name~=."
GROUPS = ("nothing", "device")


def tell_deed(name: str, person: tuple[str | None, str | None], minutes: int, flags: int) -> Any:
    user, visitor = person
    moment = at(THURSDAY, 0) + timedelta(minutes=minutes)
    return build_event(name, moment, user_id=user, visitor_id=visitor, flags=flags)


class JourneysEqualEvents(TestCase):
    @given(st.lists(DEEDS, max_size=20), ASKED, st.sampled_from(["30m", "1d", "7d"]), st.sampled_from(GROUPS))
    @example(
        [("order.created", ("u2", "bob"), 2880, 0), ("custom.x", (None, "bob"), 1440, 0)],
        ["custom.x", "order.created"],
        "1d",
        "nothing",
    )
    @example_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_every_cell_is_what_raw_events_give(self, deeds, asked, window, by):
        with time_machine.travel(at(SATURDAY, 20), tick=False):
            track_many([tell_deed(*deed) for deed in deeds])
            keep_journeys()
            question = {"from": "2026-11-20", "to": "2026-11-20", "window": window, "by": by}
            answers = []
            for raw in ((), (1, 2, 3, 4), (1,), (2,)):
                steps = {f"step{n}": name + ANY_EVENT * (n in raw) for n, name in enumerate(asked, 1)}
                answers.append(ask("event_funnel", **question, **steps).rows)
        rows = [[(row[0], *row[2:]) for row in answer] for answer in answers]
        assert rows == [rows[0]] * 4
