"""Reports of visits over two told days: from landing to order, beside what the shop itself knows."""

from uuid import UUID, uuid4

import pytest
import time_machine

from analytics.ask import ask
from analytics.registry.types import Flag
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.store.models import VisitorSession
from analytics.track import track_many
from commerce.accounts.models import User
from commerce.catalog.models import Product
from commerce.orders.models import OrderLine
from commerce.reviews.models import ProductReview
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, SATURDAY, at, build_event, make_product, make_user, place

pytestmark = pytest.mark.django_db
KEY = uuid4()
DAYS = {"from": "2026-11-20", "to": "2026-11-21", "compare": "none"}
CLAIM = {"flags": int(Flag.CLAIMED)}
ADA = "5f0c1f6e-0000-4000-8000-00000000ada0"
PAID_FOR = ("revenue_kobo", "spend_kobo", "roas", "roi", "visit_kobo", "new_customers", "cac_kobo")
PHONE = {"device_type": "mobile", "country": "NG"}


def told(event_type, moment, visitor, **columns):
    return build_event(event_type, moment, **{"visitor_id": visitor, "source_key": KEY, **columns})


def fact(event_type, moment, visitor, **columns):
    return build_event(event_type, moment, **{"visitor_id": visitor, "platform": "server", **columns})


def tell():
    """Ada buys by Instagram, Bob fills a cart, Chi leaves at once, and Dele blocks the tracker and buys."""
    make_product("gown", "Ankara gown")
    User.objects.create(pk=ADA, email="ada@shop.example", name="Ada")
    bought, blocked = place("gown", at(FRIDAY, 9, 8), price=750_000), place("gown", at(SATURDAY, 10))
    instagram = {"referrer_url": "https://l.instagram.com/", "utm_source": "instagram", "utm_medium": "social"}
    landing = {**PHONE, **instagram, "utm_campaign": "detty", "page_path": "/gowns"}
    track_many(
        [
            told("page.viewed", at(FRIDAY, 9), "ada", **landing),
            told("product.viewed", at(FRIDAY, 9, 1), "ada", product_ref="gown"),
            told("page.viewed", at(FRIDAY, 9, 2), "ada", page_path="/cart"),
            told("cart.item_added", at(FRIDAY, 9, 2), "ada", product_ref="gown", **CLAIM),
            fact("cart.item_added", at(FRIDAY, 9, 2), "ada", product_ref="gown", quantity=2),
            fact("checkout.started", at(FRIDAY, 9, 5), "ada"),
            fact("order.created", at(FRIDAY, 9, 8), "ada", user_id=ADA, order_ref=bought.number),
            told("order.created", at(FRIDAY, 9, 8), "ada", order_ref=bought.number, **CLAIM),
            told("page.viewed", at(FRIDAY, 11), "bob", page_path="/gowns", platform="ios"),
            told("product.viewed", at(FRIDAY, 11, 1), "bob", product_ref="gown"),
            fact("cart.item_added", at(FRIDAY, 11, 2), "bob", product_ref="gown", quantity=1),
            told("page.viewed", at(SATURDAY, 9), "chi", page_path="/", **PHONE),
            fact("cart.item_added", at(SATURDAY, 9, 50), "cart-1", product_ref="gown", quantity=1),
            fact("order.created", at(SATURDAY, 10), "cart-1", order_ref=blocked.number),
        ]
    )
    return bought


days = told_once(tell, has_views=False)


@pytest.fixture
def story(days, db):
    """The order of the story; it is Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield days


def test_visits_by_day_and_their_totals(story):
    table = ask("sessions", **DAYS)
    assert table.rows == [
        (FRIDAY, 2, 0.0, 1.5, 300, 0.5, 1, 750_000),
        (SATURDAY, 1, 1.0, 1.0, 0, 0.0, 0, 0),
    ]
    assert table.totals == {
        "sessions": 3,
        "bounce_rate": pytest.approx(1 / 3),
        "pages": pytest.approx(4 / 3),
        "duration": 200,
        "conversion": pytest.approx(1 / 3),
        "orders": 1,
        "value_kobo": 750_000,
    }
    overview = ask("overview", **DAYS).totals
    assert (overview["sessions"], overview["orders"]) == (3, 2)
    assert [overview[name] for name in ("conversion", "bounce_rate")] == [pytest.approx(1 / 3)] * 2


@pytest.mark.parametrize(
    ("report", "by", "expected"),
    [
        ("devices", "platform", [("web", 2, 0.5, 1.5, 240, 0.5, 1, 750_000), ("ios", 1, 0.0, 1.0, 120, 0.0, 0, 0)]),
        (
            "devices",
            "device",
            [("mobile", 2, 0.5, 1.5, 240, 0.5, 1, 750_000), ("Unknown", 1, 0.0, 1.0, 120, 0.0, 0, 0)],
        ),
        ("devices", "country", [("NG", 2, 0.5, 1.5, 240, 0.5, 1, 750_000), ("Unknown", 1, 0.0, 1.0, 120, 0.0, 0, 0)]),
        ("landing_pages", None, [("/gowns", 2, 0.0, 1.5, 0.5, 1, 750_000), ("/", 1, 1.0, 1.0, 0.0, 0, 0)]),
        (
            "referrers",
            None,
            [("Direct or unknown", 2, 0.5, 1, 0.0, 0, 0), ("l.instagram.com", 1, 0.0, 1, 1.0, 1, 750_000)],
        ),
        ("campaigns", "campaign", [("No campaign", 2, 0.5, 1, 0.0, 0, 0), ("detty", 1, 0.0, 1, 1.0, 1, 750_000)]),
        ("campaigns", "source", [("No campaign", 2, 0.5, 1, 0.0, 0, 0), ("instagram", 1, 0.0, 1, 1.0, 1, 750_000)]),
        ("campaigns", "medium", [("No campaign", 2, 0.5, 1, 0.0, 0, 0), ("social", 1, 0.0, 1, 1.0, 1, 750_000)]),
        (
            "campaigns",
            "all",
            [("No campaign", 2, 0.5, 1, 0.0, 0, 0), ("instagram / social / detty", 1, 0.0, 1, 1.0, 1, 750_000)],
        ),
    ],
)
def test_visits_by_what_led_to_them(story, report, by, expected):
    table = ask(report, **DAYS, **({"by": by} if by else {}))
    names = [column.name for column in table.columns]
    # What campaigns cost is in test_attribution.py.
    places = [names.index(name) for name in names if name not in PAID_FOR]
    assert [tuple(row[place] for place in places) for row in table.rows] == expected
    for name in ("sessions", "orders", "value_kobo"):
        assert table.totals[name] == sum(row[names.index(name)] for row in table.rows)


def test_the_funnel_only_narrows(story):
    table = ask("funnel", **DAYS)
    assert table.rows == [
        ("All visits", "Viewed a product", 2, 1.0, None, None),
        ("All visits", "Added to the cart", 2, 1.0, 1.0, 0),
        ("All visits", "Began the checkout", 1, 0.5, 0.5, 1),
        ("All visits", "Placed an order", 1, 0.5, 1.0, 0),
    ]
    assert table.series == [row[1:3] for row in table.rows]
    assert table.totals == {"of_first": 0.5}
    by_platform = ask("funnel", **DAYS, by="platform").rows
    assert [
        (label, step, sessions) for label, step, sessions, *_ in by_platform if step.startswith(("Viewed", "Placed"))
    ] == [
        ("ios", "Viewed a product", 1),
        ("ios", "Placed an order", 0),
        ("web", "Viewed a product", 1),
        ("web", "Placed an order", 1),
    ]


def test_every_visit_is_listed_with_its_outcome_newest_first(story):
    rows = ask("session_list", ALL_WITH_PEOPLE, **DAYS).rows
    ids = {row[13]: UUID(row[1]) for row in rows}
    assert set(ids.values()) == set(VisitorSession.objects.filter(is_seen=True).values_list("id", flat=True))
    direct, none = "Direct or unknown", "No campaign"
    nothing = (None, None, none, direct)
    assert [(row[0], *row[2:]) for row in rows] == [
        (at(SATURDAY, 9), None, "Bounced", *nothing, "/", 1, 0, "/", "web, mobile", "chi", None, None),
        (at(FRIDAY, 11), None, "Filled a cart", *nothing, "/gowns", 1, 120, "/gowns", "ios", "bob", None, None),
        (
            *(at(FRIDAY, 9), "Ada", "Ordered", story.number, 750_000, "instagram / social / detty", "l.instagram.com"),
            *("/gowns", 2, 480, "/cart", "web, mobile", ADA, 1, "NGN"),
        ),
    ]


@pytest.mark.parametrize(
    ("params", "people"),
    [
        ({"outcome": "bounced"}, ["chi"]),
        ({"outcome": "cart"}, ["bob", ADA]),
        ({"outcome": "checkout"}, [ADA]),
        ({"outcome": "ordered"}, [ADA]),
        ({"person": "bob"}, ["bob"]),
        ({"landing": "/gowns"}, ["bob", ADA]),
        ({"referrer": "Direct or unknown"}, ["chi", "bob"]),
        ({"campaign": "detty", "by": "campaign"}, [ADA]),
        ({"campaign": "instagram / social / detty"}, [ADA]),
        ({"campaign": "No campaign"}, ["chi", "bob"]),
        ({"campaign": "instagram", "by": "source"}, [ADA]),
        ({"campaign": "instagram", "by": "medium"}, []),
        ({"campaign": "No campaign", "by": "medium"}, ["chi", "bob"]),
        ({"person": "nobody"}, []),
    ],
)
def test_the_list_leads_on_from_every_report(story, params, people):
    assert [row[13] for row in ask("session_list", ALL_WITH_PEOPLE, **DAYS, **params).rows] == people


def test_the_list_goes_on_page_by_page(story):
    seen: list[list[str]] = []
    page: dict[str, str] = {}
    while page or not seen:
        table = ask("session_list", ALL_WITH_PEOPLE, **DAYS, limit="1", **page)
        seen.append([row[13] for row in table.rows])
        page = table.next_page
    assert seen == [["chi"], ["bob"], [ADA]]


def test_a_visit_s_path_is_what_happened_step_by_step(story):
    visit = str(VisitorSession.objects.get(visitor="ada").pk)
    path = ask("session_path", visit=visit).rows
    assert [(row[0], row[1], row[3], row[4], row[6], row[2], row[10]) for row in path] == [
        (at(FRIDAY, 9, 0), "page.viewed", "/gowns", None, None, "Client", None),
        (at(FRIDAY, 9, 1), "product.viewed", None, "Ankara gown", None, "Client", None),
        (at(FRIDAY, 9, 2), "page.viewed", "/cart", None, None, "Client", None),
        (at(FRIDAY, 9, 2), "cart.item_added", None, "Ankara gown", None, "Client", None),
        (at(FRIDAY, 9, 2), "cart.item_added", None, "Ankara gown", None, "Shop", None),
        (at(FRIDAY, 9, 5), "checkout.started", None, None, None, "Shop", None),
        (at(FRIDAY, 9, 8), "order.created", None, None, story.number, "Shop", ADA),
        (at(FRIDAY, 9, 8), "order.created", None, None, story.number, "Client", None),
    ]
    assert path[0][9] == "instagram / social / detty"
    for unknown in ("", "x", str(uuid4()), visit[:-1], f"{visit}'"):
        assert ask("session_path", visit=unknown).rows == []


def test_what_clients_tell_stands_beside_what_happened(story):
    table = ask("tracked_and_actual", **DAYS)
    assert table.rows == [
        ("Orders", 2, 1, 1, 1, 0.5, 0, 1_250_000, 0),
        ("Cart additions", 3, 1, 1, 2, pytest.approx(1 / 3), 0, None, None),
        ("Checkouts", 1, 0, 0, 1, 0.0, 0, None, None),
    ]
    assert table.series == [(FRIDAY, 1, 1), (SATURDAY, 1, 0)]
    assert ask("tracked_and_actual", **DAYS, platform="android").rows == []


def test_cart_additions_count_each_addition_once(story):
    table = ask("cart_additions", **DAYS)
    assert table.rows == [("gown", "Ankara gown", "Gowns", 3, 4, 2, 2, pytest.approx(2 / 3))]
    assert table.series == [(FRIDAY, 2), (SATURDAY, 1)]
    assert table.totals == {
        "cart_adds": 3,
        "cart_units": 4,
        "orders": 2,
        "units": 2,
        "cart_to_order": pytest.approx(2 / 3),
    }


def test_reviews_are_averaged_over_reviews_and_not_over_averages(story):
    gown, cap = Product.objects.get(public_id="gown"), make_product("cap", "Fila")
    line = OrderLine.objects.filter(product_ref="gown").first()
    said = [(gown, 5, line, {}), (gown, 4, None, {}), (cap, 1, None, {}), (cap, 1, None, {"status": "hidden"})]
    for number, (product, rating, bought, columns) in enumerate(said):
        user, moment = make_user(f"r{number}@shop.example"), at(FRIDAY, 12, number)
        facts = {"product": product, "user": user, "rating": rating, "order_line": bought, "created_at": moment}
        ProductReview.objects.create(**{**facts, **columns})
    table = ask("reviews", **DAYS)
    assert table.rows == [
        ("gown", "Ankara gown", 2, 4.5, 1, 1, 0, 0, 0, 0.5, at(FRIDAY, 12, 1)),
        ("cap", "Fila", 1, 1.0, 0, 0, 0, 0, 1, 0.0, at(FRIDAY, 12, 2)),
    ]
    rated = {"rated_5": 1, "rated_4": 1, "rated_3": 0, "rated_2": 0, "rated_1": 1}
    average = pytest.approx(10 / 3)
    assert table.totals == {"reviews": 3, "average": average, **rated, "verified": pytest.approx(1 / 3)}
    assert table.series == [(FRIDAY, average), (SATURDAY, None)]
