"""Reports about a segment: with everybody in it they are the same, and those inside and outside add up to the whole."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import connection

from analytics.ask import ask
from analytics.registry.metrics import METRICS
from analytics.registry.metrics.forms import Additivity
from analytics.registry.reports import REPORTS
from analytics.report.asking import parse_build
from analytics.report.building import run_build
from analytics.report.narrowed import can_be_narrowed
from analytics.report.query import BadQuery
from analytics.report.scope import ALL, Scope
from analytics.rollup.fill import fill_dirty
from analytics.rollup.leads import score_leads
from analytics.store.models import Segment, SegmentMember
from tests.commerce.factories import UserFactory
from tests.report.selling import sell
from tests.report.telling import EVENING, told_once
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event
from zuka.platform import clock

pytestmark = pytest.mark.django_db
KEY = UUID(int=1)
PERIOD = {"from": "2026-11-19", "to": "2026-11-21", "compare": "none"}
NARROWED = [report.id for report in REPORTS.values() if can_be_narrowed(report)]
WHOLE = [
    *("person_timeline", "top_products", "reviews", "products_bought_together", "products_viewed_together"),
    *("trending_products", "person_products", "campaigns", "session_path", "retention", "active_people"),
    *("before_zuka", "points"),
    *("games", "referrals", "rewards", "subscriptions", "subscription_revenue", "subscription_cohorts"),
    *("tracked_and_actual", "pets", "pet_actions", "pet_gaps", "ingest_health"),
    *("ingest_clients", "rejections", "counting", "verify_runs", "jobs", "slow_queries", "table_sizes", "disk_use"),
    *("key_validations", "api_performance", "api_hours", "api_keys", "api_users", "api_requests"),
    *("review_list", "spend_list", "messages", "wishes"),
]


def visit(visitor: str, day: date, hour: int, **columns: Any) -> None:
    """Somebody comes by a link, looks, searches and puts a gown into the cart, and a server says so too."""
    who = {"visitor_id": visitor, "source_key": KEY, **columns}
    event("page.viewed", at(day, hour), page_path="/", utm_source="mail", utm_medium="email", country="NG", **who)
    event("product.searched", at(day, hour, 1), search_query="gown", properties='{"results": 3}', **who)
    event("product.viewed", at(day, hour, 2), product_ref="gown", **who)
    event("cart.item_added", at(day, hour, 3), product_ref="gown", **{**who, "source_key": None})
    event("cart.item_added", at(day, hour, 3), product_ref="gown", flags=4, **who)
    event("checkout.started", at(day, hour, 4), **who)


def tell():
    """The days of `selling`, and who came to look: Bola before buying, a tablet that Ada and Efe share, and Femi."""
    orders = sell()
    ada = str(orders["paid"].user_id)
    visit("bola", THURSDAY, 9, device_type="mobile")
    visit("shared", THURSDAY, 10, user_id=ada, device_type="tablet")
    visit("shared", FRIDAY, 10, user_id="efe")
    visit("shared", FRIDAY, 15)
    visit("femi", SATURDAY, 11, state="Kano")
    event("user.created", at(FRIDAY, 10), user_id="efe", visitor_id="shared", properties='{"source": "web"}')
    event("user.logged_in", at(FRIDAY, 11), user_id="efe")
    fill_dirty()
    score_leads(at=EVENING)
    return orders


told = told_once(tell)


@pytest.fixture
def shop(told, db):
    """It is Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield told


def segment_of(*people: str) -> Segment:
    """A segment with these people in it, whatever its conditions say."""
    made = Segment.objects.create(
        name="Some",
        owner=UserFactory.create(is_staff=True),
        definition={},
        refreshed_at=clock.now(),
        people=len(people),
    )
    SegmentMember.objects.bulk_create([SegmentMember(segment=made, person=person) for person in people])
    return made


def everybody() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person FROM rollup_visitors UNION SELECT person FROM ledger_order_people "
            "UNION SELECT person FROM analytics_sessions UNION SELECT person FROM ledger_cart_people "
            "UNION SELECT coalesce(user_id, visitor_id) FROM analytics_events"
        )
        return [person for (person,) in cursor.fetchall()]


def asked(report: str, **params: str) -> Any:
    report_period = {} if REPORTS[report].fixed_period else PERIOD
    return ask(report, Scope(None, ALL.rights, sees_people=True), **report_period, **params)


def test_reports_that_cannot_be_narrowed_are_these(shop):
    assert [report for report in REPORTS if report not in NARROWED] == WHOLE
    segment = segment_of("femi")
    with pytest.raises(BadQuery) as refused:
        asked("top_products", segment=str(segment.pk))
    assert (refused.value.field, refused.value.message) == (
        "segment",
        (
            "Top products, 7 days cannot be narrowed to a segment: it reads `top_products_7d`, which does not say "
            "whose its rows are. Leave segment out."
        ),
    )


def test_with_everybody_inside_every_report_is_the_same_and_with_nobody_it_is_empty(shop):
    whole, nobody = str(segment_of(*everybody()).pk), str(segment_of().pk)
    for report in NARROWED:
        without = asked(report)
        for value in (whole, f"not-{nobody}"):
            within = asked(report, segment=value)
            assert (report, within.rows, within.totals, within.series) == (
                report,
                without.rows,
                without.totals,
                without.series,
            )
        for value in (nobody, f"not-{whole}"):
            assert not any(
                amount
                for name, amount in asked(report, segment=value).totals.items()
                if REPORTS[report].column(name).sums
            ), report


def test_inside_and_outside_add_up_to_the_whole(shop):
    ada = str(shop["paid"].user_id)
    for people in ([ada], ["bola", "femi"], ["efe"]):
        segment = segment_of(*people)
        for report in NARROWED:
            sums = [column.name for column in REPORTS[report].columns if column.sums]
            whole, inside, outside = (
                asked(report, **{"segment": value} if value else {}).totals
                for value in ("", str(segment.pk), f"not-{segment.pk}")
            )
            for name in (name for name in sums if name in whole):
                assert (report, name, (inside[name] or 0) + (outside[name] or 0)) == (report, name, whole[name] or 0)


def test_numbers_of_the_builder_add_up_too(shop):
    segment = segment_of(str(shop["paid"].user_id), "bola")
    metrics = [each.id for each in METRICS.values() if each.additivity is Additivity.ADDITIVE and each.sources]

    def total(metric: str, **params: str) -> Any:
        query = parse_build(
            params={"metric": metric, "interval": "none", **PERIOD, **params}, today=SATURDAY, scope=ALL
        )
        return run_build(query, now=EVENING)[1].totals[metric]

    for metric in (each for each in metrics if METRICS[each].sources[0] != "claims"):
        parts = [total(metric, segment=value) for value in (str(segment.pk), f"not-{segment.pk}")]
        assert (metric, sum(parts)) == (metric, total(metric))


def test_numbers_that_are_not_counted_by_person_are_refused(shop):
    segment = segment_of("femi")
    claimed = next(each.id for each in METRICS.values() if each.sources == ("claims",))
    query = parse_build(params={"metric": claimed, "segment": str(segment.pk), **PERIOD}, today=SATURDAY, scope=ALL)
    with pytest.raises(BadQuery, match=r"is not counted by person\. Leave segment out"):
        run_build(query, now=EVENING)
