"""Dashboards: what is declared is there, a widget answers as its report does, others than staff are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.ask import ask
from analytics.registry.dashboards import DASHBOARDS, Dashboard, Form, Widget, dashboard_problems
from analytics.registry.reports.forms import Unit
from analytics.report.figures import HeatCell, Step, figure_of, heat_cell
from analytics.report.scope import ALL, NOBODY
from analytics.report.widgets import answer_widget, known_currencies, widgets_for
from analytics.report.wording import headline_text, month_text
from analytics.store.models import RollupOrder, RollupSession, RollupSource
from tests.commerce.factories import UserFactory
from tests.report.test_pages import NOW, THREE_DAYS, make_orders, make_visits, table_of
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
SOURCE_FIGURES = ("bounces", "carted", "converted", "orders", "value_kobo")
REFUSED = [
    ({"period": "soon"}, "period", "Period"),
    ({"from": "yesterday"}, "from", "From"),
    ({"compare": "always"}, "compare", "Compare with"),
    ({"currency": "naira"}, "currency", "Currency"),
    ({"limit": "5"}, "limit", "limit"),
    ({"colour": "red"}, "colour", "colour"),
]


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def bearer() -> Client:
    """A program with a key that reads reports."""
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    return Client(headers={"Authorization": f"Bearer {token}"})


def fragment(client: Client, dashboard: str, key: str, **params: str) -> Any:
    return client.get(reverse("admin:widget", args=[dashboard, key]), params)


def make_campaigns(*names: str) -> None:
    for name in names:
        RollupSource.objects.create(
            day=TODAY,
            utm_campaign=name,
            utm_source="",
            utm_medium="",
            referrer_host="",
            currency="NGN",
            sessions=1,
            **dict.fromkeys(SOURCE_FIGURES, 0),
        )


def test_what_is_declared_exists() -> None:
    assert list(dashboard_problems(DASHBOARDS)) == []


@pytest.mark.parametrize(
    ("widget", "problem"),
    [
        (Widget("horoscope", Form.CHART), "there is no report horoscope."),
        (Widget("revenue", Form.TABLE, ("stars",)), "revenue has no column stars."),
        (Widget("revenue", Form.CHART, parameters=(("by", "day"),)), "revenue has no parameter by."),
        (Widget("devices", Form.CHART, parameters=(("by", "planet"),)), "by of devices cannot be planet."),
        (Widget("rejections", Form.CHART), "rejections has no chart."),
        (Widget("revenue", Form.NUMBERS), "name the columns whose totals are shown."),
        (Widget("recent_events", Form.TABLE), "recent_events is read page by page, which a dashboard cannot."),
        (Widget("revenue", Form.CHART, width=13), "its width must be from 1 to 12, not 13."),
        (Widget("revenue", Form.TABLE, rows=0), "a table shows one row at least."),
    ],
)
def test_a_wrong_declaration_is_named(widget: Widget, problem: str) -> None:
    wrong = Dashboard("wrong", "Wrong", "What?", "x", (widget,))
    assert list(dashboard_problems({"wrong": wrong})) == [f"wrong, {widget.key}: {problem}"]
    twice = Dashboard("twice", "Twice", "What?", "x", (DASHBOARDS["sales"].widgets[1],) * 2)
    assert list(dashboard_problems({"twice": twice})) == ["twice has revenue-chart twice."]


@pytest.mark.usefixtures("at_noon")
@pytest.mark.parametrize("dashboard_id", DASHBOARDS)
def test_a_dashboard_shows_all_its_widgets(staff: Client, dashboard_id: str) -> None:
    make_orders(TODAY, placed=2, paid=1)
    make_visits(TODAY, sessions=4, bounces=1, converted=1)
    dashboard = DASHBOARDS[dashboard_id]

    page = staff.get(reverse("admin:dashboard", args=[dashboard_id]), THREE_DAYS)

    shown = re.findall(r'data-widget="([^"]+)"', page.content.decode())
    assert shown == [widget.key for widget in widgets_for(dashboard, NOBODY)]  # those of people ask for more
    assert [dashboard.question in page.content.decode(), page.context["period"]] == [True, "19 Nov – 21 Nov 2026"]
    for place in page.context["places"]:
        answer = staff.get(place["source"])
        assert (answer.status_code, "Basis: " in answer.content.decode()) == (200, True)
        assert staff.get(place["report_url"]).status_code == 200
        assert staff.get(place["csv_url"]).getvalue().startswith(b"\xef\xbb\xbf")
        assert staff.get(place["data_url"], headers={"accept": "application/json"}).status_code == 200


@pytest.mark.parametrize("address", [("dashboard", "sales"), ("widget", "sales", "revenue-chart")])
def test_dashboards_are_for_staff_with_the_permission(client: Client, address: tuple[str, ...]) -> None:
    page = reverse(f"admin:{address[0]}", args=address[1:])

    assert client.get(page).headers["Location"] == f"{reverse('admin:login')}?next={page}"
    client.force_login(UserFactory.create())
    assert client.get(page).status_code == 302
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get(page).status_code == 403


def test_what_does_not_exist_is_not_found(staff: Client, bearer: Client) -> None:
    addresses = [reverse("admin:dashboard", args=["none"]), reverse("admin:widget", args=["sales", "none"])]
    assert [staff.get(each).status_code for each in addresses] == [404, 404]
    answer = bearer.get("/api/v1/reports/dashboards/none")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(("params", "field", "title"), REFUSED)
def test_a_parameter_that_cannot_be_read_is_named(
    staff: Client, bearer: Client, params: dict[str, str], field: str, title: str
) -> None:
    page = staff.get(reverse("admin:dashboard", args=["sales"]), params)
    piece = fragment(staff, "sales", "revenue-chart", **params)
    data = bearer.get("/api/v1/reports/dashboards/sales", params)

    assert (page.status_code, f"<strong>{title}:</strong>" in page.content.decode()) == (400, True)
    assert (piece.status_code, piece.content.decode().startswith(f"{field}: ")) == (400, True)
    assert (data.status_code, data.json()["code"], data.json()["field"]) == (400, "invalid_parameter", field)


@pytest.mark.usefixtures("at_noon")
def test_numbers_are_the_totals_of_their_report(staff: Client) -> None:
    make_orders(date(2026, 11, 12), placed=4, paid=4)
    make_orders(TODAY, placed=2, paid=2)

    cards = fragment(staff, "overview", "overview-numbers", **THREE_DAYS).context["answer"].cards

    assert [(card.title, card.total, card.change, card.before) for card in cards] == [
        ("Revenue paid", "₦5,001", "−50.0%", "₦10,002"),
        ("Orders", "2", "−50.0%", "4"),
        ("Average order value", "₦2,501", "+0.0%", "₦2,501"),
        ("Conversion", "–", "", ""),
        ("Visitors", "0", "", "0"),
        ("Visits", "0", "", "0"),
        ("Sign-ups", "0", "", "0"),
        ("Bounce rate", "–", "", ""),
    ]


@pytest.mark.usefixtures("at_noon")
def test_a_table_shows_its_columns_and_first_rows_with_bars_and_links(staff: Client) -> None:
    make_campaigns(*(f"sale-{number}" for number in range(8)))

    answer = fragment(staff, "overview", "campaigns-table", period="7d")

    rows = table_of(answer.content.decode())
    assert rows == [
        ["Campaign", "Visits", "Conversion", "Ordered value"],
        *([f"sale-{number}", "1", "0.0%", "₦0.00"] for number in range(6)),
        ["Total", "8", "0.0%", "₦0.00"],
    ]
    shown = answer.context["answer"].shown
    assert (shown.is_cut, [cell.bar for cell in shown.rows[0]]) == (True, [None, None, None, None])
    assert shown.rows[0][0].href == (
        f"{reverse('admin:report', args=['session_list'])}?period=7d&by=campaign&campaign=sale-0"
    )


@pytest.mark.usefixtures("at_noon")
def test_a_widget_leads_to_its_report_over_the_same_period(staff: Client) -> None:
    page = staff.get(reverse("admin:dashboard", args=["products"]), {"period": "7d", "compare": "year"})

    links = {place["widget"].key: place["report_url"] for place in page.context["places"]}
    target = reverse("admin:report", args=["category_sales"])
    assert links["category_sales-chart-brand"] == f"{target}?period=7d&compare=year&by=brand"
    fixed = staff.get(reverse("admin:dashboard", args=["customers"]), {"period": "7d", "compare": "none"})
    assert fixed.context["places"][0]["report_url"].endswith("repeat_customers/?compare=none")


def test_an_empty_widget_says_what_to_do(staff: Client) -> None:
    content = fragment(staff, "overview", "campaigns-table", period="7d").content.decode()

    longer = f"{reverse('admin:dashboard', args=['overview'])}?period=30d"
    assert ["No events have been counted" in content, f'href="{longer}"' in content] == [True, True]


@pytest.mark.usefixtures("at_noon")
def test_the_steps_of_a_funnel_have_their_shares() -> None:
    make_visits(TODAY, sessions=8, bounces=0, converted=1)
    RollupSession.objects.update(viewed=8, carted=4, checked_out=0, ordered=0)

    answer = answer_widget(DASHBOARDS["overview"].widgets[2], {"period": "7d"}, now=NOW, scope=ALL)

    assert answer.figure is not None
    assert answer.figure.steps == [
        Step("Viewed a product", "8", "100.0%", "", 100),
        Step("Added to the cart", "4", "50.0%", "50.0%", 50),
        Step("Began the checkout", "0", "0.0%", "0.0%", 0),
        Step("Placed an order", "0", "0.0%", "–", 0),
    ]
    assert answer.figure.rows[1] == ["Added to the cart", "4"]


def test_heat_is_a_share_of_the_largest_and_what_is_not_yet_stays_empty() -> None:
    cells = [heat_cell(value, text, 0.5) for value, text in ((0.5, "50.0%"), (0.25, "25.0%"), (0, "0.0%"), (None, "–"))]
    assert cells == [
        HeatCell("50.0%", 100, is_deep=True),
        HeatCell("25.0%", 50),
        HeatCell("0.0%", 0),
        HeatCell("", None),
    ]


def test_large_figures_are_short_and_months_are_written_out() -> None:
    amounts = (99_999, 123_456, 99_999_999, 123_456_789, 99_995_000_000, -1_200_000_000_000)
    assert [headline_text(Unit.MONEY, kobo, "NGN") for kobo in amounts] == [
        *("₦999.99", "₦1,235", "₦1M", "₦1.2M", "₦1B", "-₦12B"),
    ]
    assert [headline_text(Unit.COUNT, count, "") for count in (999_999, 1_250_000)] == ["999,999", "1.2M"]
    assert [month_text(text) for text in ("2026-11", "2026-13", "Lagos")] == ["Nov 2026", "2026-13", "Lagos"]


@pytest.mark.usefixtures("at_noon")
def test_json_has_the_table_of_each_widget(bearer: Client, client: Client) -> None:
    make_orders(TODAY, placed=2, paid=1)
    asked = {"period": "7d", "compare": "none"}

    listed = bearer.get("/api/v1/reports/dashboards/").json()
    sales = bearer.get("/api/v1/reports/dashboards/sales", asked).json()

    assert [each["id"] for each in listed] == list(DASHBOARDS)
    assert [each["key"] for each in sales["widgets"]] == [each.key for each in DASHBOARDS["sales"].widgets]
    table = sales["widgets"][1]["table"]
    assert (table["rows"][-1]["placed_kobo"], table["totals"]) == (500_100, ask("revenue", **asked).totals)
    assert client.get("/api/v1/reports/dashboards/sales").status_code == 401
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get("/api/v1/reports/dashboards/").status_code == 403


@pytest.mark.usefixtures("at_noon")
def test_the_currency_is_chosen_where_there_are_several(staff: Client) -> None:
    make_orders(TODAY, placed=1, paid=1)
    one = staff.get(reverse("admin:dashboard", args=["sales"]))
    RollupOrder.objects.update(currency="USD")
    two = staff.get(reverse("admin:dashboard", args=["sales"]), {"currency": "usd"})

    names = [[field.name for field in page.context["fields"]] for page in (one, two)]
    assert names == [["period", "from", "to", "compare"], ["period", "from", "to", "compare", "currency"]]
    assert [choice.value for choice in two.context["fields"][-1].choices if choice.is_chosen] == ["USD"]
    assert known_currencies() == ["NGN", "USD"]
    cards = fragment(staff, "sales", "revenue-chart", currency="USD").context["answer"].cards
    assert [card.total for card in cards] == ["$2,501", "$2,501"]


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.usefixtures("at_noon")
def test_a_page_and_a_widget_take_few_queries(staff: Client) -> None:
    page = reverse("admin:dashboard", args=["overview"])
    table = reverse("admin:widget", args=["overview", "campaigns-table"])
    make_campaigns("one")
    queries_of(staff, table)  # the first page of a process also fills caches
    with_one = [queries_of(staff, page), queries_of(staff, table)]
    make_campaigns("two", "three")

    assert [queries_of(staff, page), queries_of(staff, table)] == with_one
    assert with_one[0] <= 7, "the page itself asks for no figures"
    assert max(with_one) <= 14


def test_a_report_without_points_has_no_figure() -> None:
    answer = answer_widget(DASHBOARDS["sales"].widgets[2], {}, now=NOW, scope=ALL)
    assert figure_of(answer.table, answer.query, ("gross_kobo",)) is None
