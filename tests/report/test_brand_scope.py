"""A brand's own staff see rows and totals of their brand, on every surface of every report, or are refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from analytics.ask import ask
from analytics.registry.reports import REPORTS
from analytics.report.scope import OutOfScope, Scope, scope_of
from commerce.catalog.models import Brand, BrandMember
from tests.commerce.factories import UserFactory
from tests.report.brands import OTHERS, make_brands, make_member
from tests.report.telling import EVENING, told_once
from zuka.roles import FINANCE

pytestmark = pytest.mark.django_db
SCOPABLE = [report.id for report in REPORTS.values() if report.brand_scopable]
DAYS = {"from": "2026-11-20", "to": "2026-11-21", "compare": "none"}


sold = told_once(make_brands, has_views=False)


@pytest.fixture
def brands(sold: tuple[Brand, Brand], db: None) -> Iterator[tuple[Brand, Brand]]:
    """Both brands on Saturday evening."""
    with time_machine.travel(EVENING, tick=False):
        yield sold


@pytest.fixture
def office(brands: tuple[Brand, Brand]) -> Client:
    """A browser of somebody of Iro's staff."""
    client = Client()
    client.force_login(make_member(brands[0]))
    return client


def surfaces(report: str) -> list[str]:
    pages = [reverse(f"admin:{name}", args=[report]) for name in ("report", "report-csv")]
    return [*pages, *(reverse(name, args=[report]) for name in ("report", "report-csv"))]


@pytest.mark.parametrize("report", REPORTS)
def test_every_surface_shows_the_own_rows_or_refuses(office: Client, report: str) -> None:
    for address in surfaces(report):
        answer = office.get(address, {"period": "7d"})
        text = answer.getvalue().decode()
        assert answer.status_code == (200 if report in SCOPABLE else 403), address
        assert [word for word in OTHERS if word in text] == [], address


@pytest.mark.parametrize("by", ["category", "brand"])
def test_a_mixed_order_counts_by_line(brands: tuple[Brand, Brand], by: str) -> None:
    labels = {"category": ("Gowns", "Coats"), "brand": ("Iro", "Ember")}[by]
    tables = [ask("category_sales", Scope((brand.pk,)), by=by, **DAYS) for brand in brands]

    assert [[row[:4] for row in table.rows] for table in tables] == [
        [(labels[0], 3, 1_500_000, 1.0)],
        [(labels[1], 2, 1_800_000, 1.0)],
    ]
    assert [table.totals["gross_kobo"] for table in tables] == [1_500_000, 1_800_000]


@pytest.mark.parametrize("report", [each for each in SCOPABLE if each != "top_products"])
def test_the_brands_of_a_report_add_up_to_the_shop(brands: tuple[Brand, Brand], report: str) -> None:
    params = DAYS | ({"product": "gown"} if report == "product_days" else {})
    scopes = [Scope(None), *(Scope((brand.pk,)) for brand in brands)]
    whole, iro, ember = (ask(report, scope, **params) for scope in scopes)
    names = [column.name for column in REPORTS[report].columns if column.sums]

    assert [whole.totals[name] for name in names] == [iro.totals[name] + ember.totals[name] for name in names]
    assert not names or any(iro.totals[name] for name in names)
    assert not any(ask(report, Scope(()), **params).totals.values())
    both = ask(report, Scope(tuple(brand.pk for brand in brands)), **params)
    assert (both.rows, both.totals, both.series) == (whole.rows, whole.totals, whole.series)
    if report != "product_days":
        assert len(iro.rows) + len(ember.rows) == len(whole.rows) == 2


def test_the_menu_of_a_brand_s_staff_has_their_reports_and_their_sign_in_alone(office: Client) -> None:
    answer = office.get(reverse("admin:index"), follow=True)

    shown = [item["title"] for group in answer.context["sidebar_navigation"] for item in group["items"]]
    reports = [REPORTS[report].title for report in SCOPABLE if REPORTS[report].in_menu]
    assert shown == ["Build a report", *reports, "My sign-in"]
    assert answer.redirect_chain == [
        (reverse("admin:dashboard-home"), 302),
        (reverse("admin:report-home"), 302),
        (reverse("admin:report", args=[SCOPABLE[0]]), 302),
    ]
    listed = office.get(reverse("reports")).json()
    assert [report["id"] for report in listed] == SCOPABLE


def test_a_figure_leads_nowhere_that_is_closed(office: Client) -> None:
    content = office.get(reverse("admin:report", args=["product_performance"])).content.decode()

    assert [reverse("admin:report", args=[each]) in content for each in ("recent_events", "product_performance")] == [
        False,
        True,
    ]


def test_other_roles_give_a_brand_s_staff_nothing_more(brands: tuple[Brand, Brand], client: Client) -> None:
    person = make_member(brands[1])
    person.groups.add(Group.objects.get(name=FINANCE.name))
    client.force_login(person)

    addresses = (reverse("admin:commerce_order_changelist"), reverse("admin:report", args=["revenue"]))
    assert [client.get(address).status_code for address in addresses] == [403, 403]
    assert scope_of(person) == Scope((brands[1].pk,))


def test_without_a_brand_there_is_nothing_to_see(brands: tuple[Brand, Brand], client: Client) -> None:
    person = make_member(brands[0])
    client.force_login(person)
    BrandMember.objects.all().delete()

    answer = client.get(reverse("report", args=["category_sales"]))
    assert (answer.json()["rows"], answer.json()["totals"]["units"]) == ([], 0)
    # Somebody of a brand's staff who was not given the role.
    person = UserFactory.create(is_staff=True)
    BrandMember.objects.create(user=person, brand=brands[0])
    client.force_login(person)
    assert client.get(reverse("report", args=["category_sales"])).status_code == 403
    assert scope_of(person) == Scope(())


def test_whoever_asks_for_a_brand_is_refused_what_is_about_the_shop(brands: tuple[Brand, Brand]) -> None:
    with pytest.raises(OutOfScope, match="Revenue by day is about the whole shop"):
        ask("revenue", Scope((brands[0].pk,)))
