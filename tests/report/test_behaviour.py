"""Paths, searches, retention and active people: whole tables over told days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection

from analytics.ask import ask
from analytics.registry.rollups import ROLLUPS
from analytics.registry.types import Flag
from analytics.report.query import BadQuery
from analytics.rollup.fill import fill_dirty, fill_unit
from analytics.rollup.refresh import refresh_views
from analytics.rollup.units import Unit
from analytics.rollup.verify import verify
from analytics.track import track_many
from commerce.catalog.models import ProductVariant
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, build_event, make_product, rows
from zuka.platform import clock

pytestmark = pytest.mark.django_db
KEY = uuid4()
DAYS = {"from": "2026-11-19", "to": "2026-11-21"}


def told(event_type: str, moment: Any, visitor: str, **columns: Any) -> Any:
    return build_event(event_type, moment, visitor_id=visitor, source_key=KEY, **columns)


@pytest.fixture
def saturday():
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        yield


def walk(visitor: str, day: date, *pages: str) -> None:
    track_many([told("page.viewed", at(day, 9, minute), visitor, page_path=page) for minute, page in enumerate(pages)])


@pytest.fixture
def walks(saturday):
    """Four visits: two by way of the cart, one with the same page twice, one that only begins there."""
    walk("ada", FRIDAY, "/", "/gowns", "/cart", "/checkout")
    walk("bob", FRIDAY, "/gowns", "/gowns", "/cart", "/gowns")
    walk("chi", SATURDAY, "/cart")
    walk("dele", SATURDAY, "/", "/gowns")
    track_many([told("product.viewed", at(SATURDAY, 9, 5), "dele", product_ref="gown")])
    track_many([told("page.viewed", at(SATURDAY, 9), "crawler", page_path="/", flags=int(Flag.BOT))])
    fill_dirty()


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"chosen": "/cart", "depth": "2"},
            [
                ("(visit ends)", None, 1, 1 / 3),
                ("/checkout → (visit ends)", "/checkout", 1, 1 / 3),
                ("/gowns → (visit ends)", "/gowns", 1, 1 / 3),
            ],
        ),
        (
            {"chosen": "/cart", "direction": "before", "depth": "1"},
            [("/gowns", "/gowns", 2, 2 / 3), ("(visit begins)", None, 1, 1 / 3)],
        ),
        (
            {"chosen": "/gowns", "direction": "before", "depth": "3"},
            [("(visit begins) → /", "/", 2, 2 / 3), ("(visit begins)", None, 1, 1 / 3)],
        ),
        ({"depth": "1"}, [("/", "/", 2, 0.5), ("/cart", "/cart", 1, 0.25), ("/gowns", "/gowns", 1, 0.25)]),
        (
            {"depth": "1", "direction": "before"},
            [("/gowns", "/gowns", 2, 0.5), ("/cart", "/cart", 1, 0.25), ("/checkout", "/checkout", 1, 0.25)],
        ),
        (
            {"of": "events", "chosen": "page.viewed", "depth": "1"},
            [("(visit ends)", None, 3, 0.75), ("product.viewed", "product.viewed", 1, 0.25)],
        ),
        ({"chosen": "/nowhere'%"}, []),
    ],
)
def test_what_came_next_and_before(walks, params, expected):
    table = ask("paths", **DAYS, **params)
    assert table.rows == [(*row[:3], pytest.approx(row[3])) for row in expected]
    assert table.totals == {"sessions": sum(row[2] for row in expected)}


def test_a_total_is_of_all_paths_not_of_those_shown(walks):
    table = ask("paths", **DAYS, depth="1", limit="1")
    assert (table.rows, table.totals) == ([("/", "/", 2, 0.5)], {"sessions": 4})


@pytest.mark.parametrize(("name", "value"), [("depth", "4"), ("of", "people"), ("direction", "up")])
def test_wrong_parameters_of_paths_are_refused(name, value):
    with pytest.raises(BadQuery, match=name) as refusal:
        ask("paths", **DAYS, **{name: value})
    assert refusal.value.field == name


def search(visitor: str, moment: Any, query: str, results: Any = None) -> Any:
    said = "{}" if results is None else f'{{"results": {results}}}'
    return told("product.searched", moment, visitor, search_query=query, properties=said)


@pytest.fixture
def searched(saturday):
    """Ada finds a gown, Bob searches twice and leaves, Chi goes on too late, Dele's app says no number."""
    track_many(
        [
            search("ada", at(FRIDAY, 9), "Ankara  Gown ", 3),
            told("product.viewed", at(FRIDAY, 9, 1), "ada", product_ref="gown"),
            search("bob", at(FRIDAY, 9), "agbda", 0),
            search("bob", at(FRIDAY, 9, 2), "agbada", 0),
            search("chi", at(FRIDAY, 9), "agbada", 0),
            told("product.viewed", at(FRIDAY, 9, 40), "chi", product_ref="gown"),
            search("dele", at(SATURDAY, 9), "ankara gown"),
            told("page.viewed", at(SATURDAY, 9, 1), "dele", page_path="/"),
            search("eve", at(SATURDAY, 9), "agbada", 0),
            told("product.clicked", at(SATURDAY, 9, 1), "eve", product_ref="gown"),
            told("product.searched", at(SATURDAY, 9), "crawler", search_query="agbada", flags=int(Flag.BOT)),
        ]
    )
    fill_dirty()


def test_searches_and_what_came_of_them(searched):
    columns = ("day", "query", "searches", "counted", "found", "followed", "refined", "empty", "lost")
    assert rows("rollup_searches", *columns) == [
        (FRIDAY, "agbada", 2, 2, 0, 0, 0, 2, 2),
        (FRIDAY, "agbda", 1, 1, 0, 0, 1, 1, 0),
        (FRIDAY, "ankara gown", 1, 1, 3, 1, 0, 0, 0),
        (SATURDAY, "agbada", 1, 1, 0, 1, 0, 1, 0),
        (SATURDAY, "ankara gown", 1, 0, 0, 0, 0, 0, 0),
    ]
    table = ask("searches", **DAYS, compare="none")
    assert table.rows == [
        ("agbada", 3, 0.0, 1, pytest.approx(1 / 3), 0, 3, 1.0, 2),
        ("ankara gown", 2, 3.0, 1, 0.5, 0, 0, 0.0, 0),
        ("agbda", 1, 0.0, 0, 0.0, 1, 1, 1.0, 0),
    ]
    assert table.totals == {
        "searches": 6,
        "results": pytest.approx(3 / 5),
        "followed": 2,
        "followed_share": pytest.approx(1 / 3),
        "refined": 1,
        "empty": 4,
        "empty_share": 0.8,
        "lost": 2,
    }
    assert verify(first=THURSDAY, last=SATURDAY) == []


def test_what_is_not_found_is_named_beside_what_is_hidden(searched):
    for ref, name, status, stock in (
        ("a", "Royal Agbada set", "draft", 3),
        ("b", "Agbada cap", "published", 0),
        ("c", "Agbada", "published", 5),
    ):
        product = make_product(ref, name)
        type(product).objects.filter(pk=product.pk).update(status=status)
        ProductVariant.objects.create(product=product, sku=f"V-{ref}", stock_on_hand=stock)
    table = ask("search_gaps", **DAYS, compare="none")
    assert table.rows == [
        ("agbada", 3, 2, "Agbada cap", "b", "Out of stock"),
        ("agbda", 1, 0, "Agbada cap", "b", "Out of stock"),
    ]
    assert table.totals == {"empty": 4, "lost": 2}


def test_every_search_behind_a_figure_is_listed(searched):
    table = ask("search_list", **DAYS, query="agbada")
    assert [(row[0], row[1], row[2], row[3]) for row in table.rows] == [
        (at(SATURDAY, 9), "agbada", 0, "eve"),
        (at(FRIDAY, 9, 2), "agbada", 0, "bob"),
        (at(FRIDAY, 9), "agbada", 0, "chi"),
    ]
    assert [row[3] for row in ask("search_list", **DAYS, found="nothing").rows] == ["eve", "bob", "chi", "bob"]


def come(person: str, *days: date) -> None:
    track_many([told("page.viewed", at(day, 9), person, page_path="/") for day in days])


MONDAY = date(2026, 10, 26)
WEEK = timedelta(days=7)


@pytest.fixture
def weeks(saturday):
    """Three people of one week, of whom one comes next week and one two weeks after; one more of the week after."""
    come("ada", MONDAY, MONDAY + timedelta(days=6), MONDAY + WEEK)
    come("bob", MONDAY + timedelta(days=1), MONDAY + 2 * WEEK)
    come("chi", MONDAY + timedelta(days=6))
    come("dele", MONDAY + WEEK, SATURDAY)
    fill_dirty()
    refresh_views(at=clock.now())


THIRD = pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("params", "expected", "totals"),
    [
        # Of the third week after and, for the second cohort, the second one, Sunday is still to come.
        (
            {},
            [(MONDAY, 3, THIRD, THIRD, *[None] * 10), (MONDAY + WEEK, 1, 0.0, *[None] * 11)],
            [4, 0.25, THIRD, *[None] * 10],
        ),
        (
            {"counts": "later"},
            [(MONDAY, 3, pytest.approx(2 / 3), THIRD, *[None] * 10), (MONDAY + WEEK, 1, 1.0, *[None] * 11)],
            [4, 0.75, THIRD, *[None] * 10],
        ),
        (
            {"grain": "month"},
            [(date(2026, 10, 1), 2, *[None] * 12), (date(2026, 11, 1), 2, *[None] * 12)],
            [4, *[None] * 12],
        ),
    ],
)
def test_who_comes_back(weeks, params, expected, totals):
    table = ask("retention", **{"from": "2026-10-28", "to": "2026-11-21"}, **params)
    assert table.rows == expected
    assert list(table.totals.values()) == totals
    assert table.compared is None


def test_a_cell_is_filled_when_its_month_is_over(weeks):
    period = {"from": "2026-10-01", "to": "2026-11-21", "grain": "month"}
    with time_machine.travel(at(date(2026, 11, 30), 23), tick=False):
        assert ask("retention", **period).rows[0][2] is None
    with time_machine.travel(at(date(2026, 12, 1), 1), tick=False):
        assert ask("retention", **period).rows[0][2:4] == (1.0, None)


def test_people_of_a_day_a_week_and_a_month(weeks):
    track_many([told("user.logged_in", at(SATURDAY, 9, n), "dele", user_id=user) for n, user in enumerate("uuv")])
    fill_dirty()
    refresh_views(at=clock.now())
    table = ask("active_people", **{"from": "2026-11-20", "to": "2026-11-21"}, compare="none")
    assert table.rows == [(FRIDAY, 0, 0, 4, 0.0, 0), (SATURDAY, 2, 2, 5, 0.4, 2)]
    assert table.totals == {
        "daily": 1,
        "weekly": 1,
        "monthly": 5,
        "stickiness": pytest.approx(2 / 9),
        "logged_in": 1,
    }
    assert verify(first=THURSDAY, last=SATURDAY) == []


def test_windows_of_days_equal_counting_each_anew(saturday):
    """Also for those who come often, pause for exactly a window, or come once."""
    spans = {"often": range(40), "weekly": range(0, 60, 7), "monthly": range(0, 61, 30), "rare": [3, 40]}
    first = SATURDAY - timedelta(days=60)
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO rollup_visitors (day, person, person_key, is_known, events, page_views, first_at, last_at) "
            "VALUES (%s, %s, hashtextextended(%s, 0), false, 1, 1, now(), now())",
            [(first + timedelta(days=n), who, who) for who, days in spans.items() for n in days],
        )
    for n in range(61):
        fill_unit(Unit(ROLLUPS["recency"], first + timedelta(days=n), first + timedelta(days=n)))
    refresh_views(at=clock.now())

    def seen(place: int, length: int) -> int:
        return sum(any(place - length < day <= place for day in days) for days in spans.values())

    expected = [(first + timedelta(days=n), seen(n, 7), seen(n, 30)) for n in range(61)]
    assert (
        rows("active_people_daily WHERE day BETWEEN '2026-09-22' AND '2026-11-21'", "day", "weekly", "monthly")
        == expected
    )
