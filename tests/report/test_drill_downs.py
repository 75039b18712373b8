"""Every figure leads to the rows behind it, or says why not; what it leads to adds up to it, to the kobo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Column, Report, Unit
from analytics.report.addresses import behind_url, total_url
from analytics.report.query import Query, parse_query
from analytics.report.run import run_query
from analytics.report.scope import ALL, NOBODY
from analytics.report.table import Row, Table
from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_views
from analytics.store.models import CampaignSpend
from commerce.cart.models import Cart, CartLine, CartReminder
from commerce.catalog.models import ProductVariant
from commerce.reviews.models import ProductReview
from tests.commerce.factories import UserFactory
from tests.report.selling import DAYS, sell
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at, event
from zuka.platform.clock import now

EVENING = at(SATURDAY, 20)
KEY = uuid4()
FRIDAY_NOON = at(FRIDAY, 12)
FIGURES = {Unit.COUNT, Unit.MONEY, Unit.PERCENT, Unit.DECIMAL, Unit.DURATION}
TABLES = [report for report in REPORTS.values() if not report.pages]


def figures() -> Iterator[tuple[Report, Column]]:
    return ((report, column) for report in TABLES for column in report.columns if column.unit in FIGURES)


def test_every_figure_leads_to_rows_or_says_why_not() -> None:
    silent = [
        f"{report.id}.{column.name}: say what is behind it, which figures it is worked out of, or why there are no rows"
        for report, column in figures()
        if not (column.behind or column.parts or column.no_rows or report.no_rows)
    ]
    assert silent == []


def test_what_figures_lead_to_is_there() -> None:
    wrong = []
    for report, column in figures():
        names = {each.name for each in report.columns}
        wrong += [f"{report.id}.{column.name}: {part}" for part in column.parts if part not in names]
        if column.behind is None:
            continue
        target = REPORTS[column.behind.report]
        choices = {each.name: dict(each.choices) for each in target.parameters}
        plain = {name for name, _ in column.behind.given if "{" not in name}
        wrong += [f"{report.id}.{column.name}: {name}" for name in sorted(plain - set(choices))]
        asked = [*column.behind.fixed, *(column.behind.whole or ())]
        unknown = [name for name, value in asked if value not in (choices[name] or [value])]
        wrong += [f"{report.id}.{column.name}: {name}" for name in unknown]
        if added := column.behind.adds.lstrip("-"):
            target.column(added)
    assert wrong == []


def come(visitor: str, moment: Any, *pages: str, **columns: Any) -> None:
    for minute, page in enumerate(pages):
        told = {"visitor_id": visitor, "source_key": KEY, "page_path": page, **(columns if minute == 0 else {})}
        event("page.viewed", moment + timedelta(minutes=minute), **told)


def open_shop() -> None:
    """What `sell` tells, with visits, searches, sign-ups, carts, reviews and spend around it."""
    orders = sell()
    come("ada", at(THURSDAY, 11), "/", "/gowns", utm_source="instagram", utm_campaign="june", device_type="mobile")
    come("chi", at(FRIDAY, 9), "/gowns", referrer_url="https://google.com/", platform="android", country="NG")
    come("dele", at(SATURDAY, 9), "/", utm_medium="email")
    shopping = {"visitor_id": "ada", "source_key": KEY, "product_ref": "gown"}
    event("product.viewed", at(THURSDAY, 11, 2), **shopping)
    event("cart.item_added", at(THURSDAY, 11, 3), **shopping, quantity=3)
    event("order.created", at(THURSDAY, 12), **shopping, order_ref=orders["paid"].number, value_kobo=5, flags=4)
    event("product.viewed", at(FRIDAY, 9, 5), visitor_id="chi", source_key=KEY, product_ref="cap")
    for minute, query in enumerate(("gown", "agbada", "agbada")):
        said = {"search_query": query, "properties": f'{{"results": {int(query == "gown")}}}'}
        event("product.searched", at(FRIDAY, 10, minute), visitor_id="chi", source_key=KEY, **said)
    for who, source in (("u1", "google"), ("u2", "email")):
        event("user.created", at(FRIDAY, 11), user_id=who, properties=f'{{"source": "{source}"}}')
    event("user.created", at(FRIDAY, 12), user_id="u1", source_key=KEY, flags=4)
    variant = ProductVariant.objects.get(product__public_id="gown")
    for stars in (5, 4, 3, 2, 1):
        written = {"user": UserFactory.create(), "created_at": at(FRIDAY, 13)}
        ProductReview.objects.create(product=variant.product, rating=stars, **written)
    for status, hour in (("abandoned", 9), ("converted", 10), ("active", 11)):
        cart = Cart.objects.create(token_hash=uuid4().hex, status=status, last_active_at=at(SATURDAY, hour))
        CartLine.objects.create(
            cart=cart, variant=variant, quantity=hour, added_price_kobo=200_001, added_at=FRIDAY_NOON
        )
        CartReminder.objects.create(cart=cart, sent_at=at(SATURDAY, 9, 30) if status == "converted" else None)
    Cart.objects.filter(status="converted").update(converted_at=at(SATURDAY, 10))
    for source, kobo in (("instagram", 1_000_001), ("tiktok", 5)):
        CampaignSpend.objects.create(day=THURSDAY, source=source, campaign="june", currency="NGN", spend_kobo=kobo)
    fill_dirty()
    refresh_views(at=now())


@cache
def table_at(href: str) -> Table:
    address = urlsplit(href)
    table = ask(address.path.rstrip("/").rpartition("/")[2], **dict(parse_qsl(address.query)), limit="1000")
    assert not table.next_page
    return table


def worth(column: Column, href: str) -> float:
    """What the rows at an address add up to."""
    assert column.behind is not None
    table, rows = table_at(href), table_at(href).rows
    if not column.behind.adds:
        return len(rows)
    place = [each.name for each in table.columns].index(column.behind.adds.lstrip("-"))
    total: float = sum(row[place] for row in rows)
    return -total if column.behind.adds.startswith("-") else total


def value_of(column: Column, values: dict[str, Any]) -> Any:
    """The figure as rows can show it: of a ratio the part above."""
    value = values.get(column.name)
    return value * values[column.parts[0]] if value and column.unit is Unit.PERCENT else value


def asked_queries(report: Report) -> Iterator[Query]:
    names = [each for each in report.parameters if each.name in {"by", "grain", "model"}]
    for chosen in product(*([(each.name, value) for value, _ in each.choices] for each in names)):
        days = {} if report.fixed_period else DAYS
        yield parse_query(report=report, params={**dict(chosen), **days}, today=SATURDAY, scope=ALL)


def led_to(query: Query, table: Table) -> Iterator[tuple[Column, Any, str]]:
    """Every figure of a table that leads to rows that add up to it: the column, its value, the address."""
    names = [each.name for each in table.columns]
    for column in table.columns:
        if column.behind is None or not column.behind.is_exact:
            continue
        rows: list[Row] = table.rows
        for row in rows:
            value = value_of(column, dict(zip(names, row, strict=True)))
            yield column, value, behind_url(table, query, column, row)
        yield column, value_of(column, table.totals), total_url(query, column)


@pytest.mark.django_db
def test_the_rows_behind_every_figure_add_up_to_it() -> None:
    wrong, checked = [], set()
    with time_machine.travel(EVENING, tick=False):
        open_shop()
        for report in TABLES:
            for query in asked_queries(report):
                for column, value, href in led_to(query, run_query(query, now=EVENING)):
                    if not value or not href:
                        continue
                    checked.add(f"{report.id}.{column.name}")
                    if worth(column, href) != pytest.approx(value):
                        wrong.append((report.id, dict(query.values), column.name, value, worth(column, href), href))
    table_at.cache_clear()
    assert wrong == []
    exact = {f"{report.id}.{column.name}" for report, column in figures() if column.behind and column.behind.is_exact}
    # One product's days are asked for by its reference.
    assert exact - checked - {f"product_days.{name}" for name in ("views", "orders", "units", "revenue_kobo")} == set()


@pytest.mark.django_db
def test_big_numbers_and_totals_lead_to_their_rows() -> None:
    person = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name="Owner"))
    client = Client()
    client.force_login(person)
    with time_machine.travel(now(), tick=False):
        open_shop_today = {"period": "today"}
        event("page.viewed", now(), visitor_id="ada", source_key=KEY, page_path="/")
        fill_dirty()
        place = reverse("admin:widget", args=["behaviour", "sessions-numbers"])
        cards = {card.name: card for card in client.get(place, open_shop_today).context["answer"].cards}
        page = client.get(reverse("admin:report", args=["sessions"]), open_shop_today)
    visits = f"{reverse('admin:report', args=['session_list'])}?period=today"
    assert (cards["sessions"].own_url, cards["sessions"].part_urls) == (visits, ())
    assert (cards["bounce_rate"].own_url, cards["bounce_rate"].part_urls) == (
        f"{visits}&outcome=bounced",
        (("Visits", visits),),
    )
    assert page.context["summaries"][0].linked[0] == ("1", visits)
    assert f'<a href="{visits}">1</a>' in page.content.decode()


@pytest.mark.django_db
def test_rows_that_may_not_be_seen_are_not_led_to() -> None:
    query = parse_query(report=REPORTS["revenue"], params=DAYS, today=SATURDAY, scope=NOBODY)
    table = run_query(query, now=EVENING)
    column = table.report.column("placed_orders")
    assert (behind_url(table, query, column, table.rows[0]), total_url(query, column)) == ("", "")
