from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics.registry.reports import REPORTS
from analytics.report.export import FORMATS
from analytics.store.models import (
    Event,
    FillState,
    RollupEvent,
    RollupOrder,
    RollupRecency,
    RollupSession,
    RollupSignup,
)
from commerce.accounts.models import User
from tests.commerce.factories import UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 21, 13, 5, tzinfo=UTC)
THREE_DAYS = {"from": "2026-11-19", "to": "2026-11-21"}


class Tables(HTMLParser):
    """The texts of a page's table cells, row by row; folded documents and links included."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.is_cell = False

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.is_cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self.is_cell = False
            self.rows[-1][-1] = " ".join(self.rows[-1][-1].split())

    def handle_data(self, data: str) -> None:
        if self.is_cell:
            self.rows[-1][-1] += data


def table_of(content: str) -> list[list[str]]:
    reader = Tables()
    reader.feed(content)
    return reader.rows


@pytest.fixture
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def page(client: Client, report: str, **params: str) -> str:
    answer = client.get(reverse("admin:report", args=[report]), params)
    assert answer.status_code == 200
    return answer.content.decode()


def make_orders(day: date, *, placed: int, paid: int, refunded_kobo: int = 0, method: str = "paystack") -> None:
    RollupOrder.objects.create(
        day=day,
        currency="NGN",
        payment_method=method,
        channel="web",
        placed_orders=placed,
        placed_kobo=placed * 250_050,
        paid_orders=paid,
        captured_kobo=paid * 250_050,
        refunded_kobo=refunded_kobo,
        delivered_orders=0,
        delivered_kobo=0,
    )


def make_visits(day: date, *, sessions: int, bounces: int, converted: int) -> None:
    nothing = dict.fromkeys(("page_views", "seconds", "viewed", "carted", "checked_out", "ordered", "orders"), 0)
    RollupSession.objects.create(
        day=day,
        platform="web",
        device_type="mobile",
        country="NG",
        currency="NGN",
        sessions=sessions,
        bounces=bounces,
        converted=converted,
        value_kobo=0,
        **nothing,
    )


def make_event(**columns: Any) -> Event:
    at = timezone.now()
    facts = {"event_type": "page.viewed", "source_name": "page", "properties": {}, "flags": 0}
    return Event.objects.create(**{"id": uuid4(), "occurred_at": at, "received_at": at} | facts | columns)


@pytest.mark.parametrize("report", REPORTS)
def test_each_report_has_a_page_and_a_file(staff: Client, report: str) -> None:
    declared = REPORTS[report]
    if declared.permission:
        codename = declared.permission.partition(".")[2]
        User.objects.get().user_permissions.add(Permission.objects.get(codename=codename))
    content = page(staff, report)

    assert [text in content for text in (declared.title, declared.question, declared.basis.value)] == [True] * 3
    links = [reverse(f"admin:report-{kind}", args=[report]) for kind in FORMATS]
    assert [f'href="{link}"' in content for link in links] == [True] * len(links)


@pytest.mark.parametrize("name", ["report", "report-csv"])
def test_reports_are_for_staff_with_the_permission(client: Client, name: str) -> None:
    address = reverse(f"admin:{name}", args=["revenue"])

    assert client.get(address).headers["Location"] == f"{reverse('admin:login')}?next={address}"
    client.force_login(UserFactory.create())
    assert client.get(address).status_code == 302
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get(address).status_code == 403


def test_the_start_of_the_back_office_is_the_overview(staff: Client, client: Client) -> None:
    answer = staff.get(reverse("admin:index"), follow=True)

    assert answer.redirect_chain[-1] == (reverse("admin:dashboard", args=["overview"]), 302)
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get(reverse("admin:index")).status_code == 200


def test_an_unknown_report_is_not_found(staff: Client) -> None:
    answer = staff.get(reverse("admin:report", args=["nothing"]))

    assert (answer.status_code, "There is nothing here" in answer.content.decode()) == (404, True)


@pytest.mark.parametrize("name", ["report", "report-csv"])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"period": "soon"}, "<strong>Period:</strong> period must be one of"),
        ({"from": "yesterday"}, "<strong>From:</strong> &#x27;yesterday&#x27; is not a day"),
        ({"from": "2026-11-21", "to": "2026-11-20"}, "<strong>To:</strong> `to` (2026-11-20) is before"),
        ({"by": "planet"}, "<strong>Group by:</strong> by must be one of source, platform"),
        ({"colour": "<b>"}, "<strong>colour:</strong> This report has no parameter"),
    ],
)
def test_a_bad_parameter_is_named(staff: Client, name: str, params: dict[str, str], message: str) -> None:
    answer = staff.get(reverse(f"admin:{name}", args=["signup_sources"]), params)

    assert (answer.status_code, message in answer.content.decode()) == (400, True)


@pytest.mark.usefixtures("at_noon")
def test_the_table_shows_the_figures_with_totals_and_change(staff: Client) -> None:
    make_orders(date(2026, 11, 12), placed=2, paid=2)
    make_orders(date(2026, 11, 19), placed=5, paid=4, refunded_kobo=250_050)
    make_orders(date(2026, 11, 21), placed=1000, paid=0)
    make_orders(date(2026, 11, 22), placed=7, paid=7)
    FillState.objects.create(rollup="orders", day=date(2026, 11, 21), filled_at=NOW, rows=1, seconds=0)

    content = page(staff, "revenue", **THREE_DAYS)

    titles = ["Orders placed", "Placed", "Orders paid", "Captured", "Refunded", "Revenue paid"]
    zero = ["0", "₦0.00", "0", "₦0.00", "₦0.00", "₦0.00", "0", "₦0.00"]
    assert table_of(content) == [
        ["Day", *titles, "Orders delivered", "Delivered"],
        ["Total", "1,005", "₦2,513,002.50", "4", "₦10,002.00", "₦2,500.50", "₦7,501.50", "0", "₦0.00"],
        ["Before: 12 Nov – 14 Nov 2026", "2", "₦5,001.00", "2", "₦5,001.00", "₦0.00", "₦5,001.00", "0", "₦0.00"],
        ["Change", "+50,150.0%", "+50,150.0%", "+100.0%", "+100.0%", "", "+50.0%", "", ""],
        ["Sat 21 Nov 2026 (so far)", "1,000", "₦2,500,500.00", *zero[2:]],
        ["Fri 20 Nov 2026", *zero],
        ["Thu 19 Nov 2026", "5", "₦12,502.50", "4", "₦10,002.00", "₦2,500.50", "₦7,501.50", "0", "₦0.00"],
    ]
    facts = ("19 Nov – 21 Nov 2026", "As of Sat 21 Nov 2026, 14:05", "Today is not over yet")
    assert [fact in content for fact in facts] == [True] * 3


@pytest.mark.usefixtures("at_noon")
def test_cards_show_totals_and_how_they_moved(staff: Client) -> None:
    for day, days_away in ((19, 0), (20, 1)):
        RollupRecency.objects.create(day=date(2026, 11, day), days_away=days_away, visitors=1)
    make_orders(date(2026, 11, 12), placed=4, paid=4)
    make_orders(date(2026, 11, 20), placed=2, paid=2)
    make_visits(date(2026, 11, 13), sessions=5, bounces=3, converted=1)
    make_visits(date(2026, 11, 20), sessions=4, bounces=3, converted=1)

    cards = staff.get(reverse("admin:report", args=["overview"]), THREE_DAYS).context["cards"]

    assert [(card.title, card.total, card.exact, card.change, card.direction, card.compared) for card in cards] == [
        ("Visitors", "1", "1", "", "none", "0 in 12 Nov – 14 Nov 2026"),
        ("Visits", "4", "4", "−20.0%", "down", "5 in 12 Nov – 14 Nov 2026"),
        ("Sign-ups", "0", "0", "", "none", "0 in 12 Nov – 14 Nov 2026"),
        ("Orders", "2", "2", "−50.0%", "down", "4 in 12 Nov – 14 Nov 2026"),
        ("Conversion", "25.0%", "25.0%", "+25.0%", "up", "20.0% in 12 Nov – 14 Nov 2026"),
        ("Revenue paid", "₦5,001", "₦5,001.00", "−50.0%", "down", "₦10,002 in 12 Nov – 14 Nov 2026"),
        ("Average order value", "₦2,501", "₦2,500.50", "+0.0%", "same", "₦2,501 in 12 Nov – 14 Nov 2026"),
        ("Bounce rate", "75.0%", "75.0%", "+25.0%", "up", "60.0% in 12 Nov – 14 Nov 2026"),
    ]
    good = {card.title: card.is_good for card in cards}
    assert good == {card.title: card.title == "Conversion" for card in cards}, (
        "of what moved, only conversion got better"
    )
    chart = cards[5].chart
    assert (chart["labels"], chart["series"]) == (
        ["19 Nov", "20 Nov", "21 Nov"],
        [{"title": "Revenue paid", "unit": "money", "values": [0, 5001.0, 0], "previous": [10002.0, 0, 0]}],
    )


def test_what_is_not_counted_yet_says_so(staff: Client) -> None:
    content = page(staff, "revenue")

    assert [
        text in content for text in ("Not counted yet", "No orders or payments have been counted in this period yet.")
    ] == [True, True]


def test_an_empty_list_of_events_says_where_to_send_them(staff: Client) -> None:
    content = page(staff, "recent_events")
    filtered = page(staff, "recent_events", user="nobody")

    assert [text in content for text in ("No events in this period.", "http://testserver")] == [True, True]
    assert "Nothing in this period matches these filters." in filtered


@pytest.mark.usefixtures("at_noon")
def test_figures_lead_to_the_rows_behind_them_over_the_same_period(staff: Client) -> None:
    RollupEvent.objects.create(day=date(2026, 11, 20), event_type="a b&c", platform="web", events=3, claimed=0)
    target = reverse("admin:report", args=["recent_events"])

    named, custom = page(staff, "top_events", period="7d"), page(staff, "top_events", **THREE_DAYS)

    assert f'href="{target}?period=7d&amp;type=a+b%26c"' in named
    assert f'href="{target}?from=2026-11-19&amp;to=2026-11-21&amp;type=a+b%26c"' in custom


def test_events_are_shown_page_by_page(staff: Client) -> None:
    events = [make_event(user_id=f"user-{number}") for number in range(3)]

    first = staff.get(reverse("admin:report", args=["recent_events"]), {"limit": "2"})
    second = staff.get(first.context["older_url"])

    assert [[row[3].text for row in each.context["rows"]] for each in (first, second)] == [
        ["user-2", "user-1"],
        ["user-0"],
    ]
    assert (first.context["newest_url"], second.context["older_url"]) == ("", "")
    assert staff.get(second.context["newest_url"]).context["rows"][0][3].text == events[2].user_id


def test_what_clients_send_is_shown_as_text(staff: Client) -> None:
    make_event(source_name='=HYPERLINK("http://x.example")', properties={"name": "<script>alert(1)</script>"})

    content = page(staff, "recent_events")

    assert "<script>alert(1)" not in content
    row = table_of(content)[1]
    # Without the right to see orders there is no column of their numbers.
    assert (row[2], row[12]) == (
        '=HYPERLINK("http://x.example")',
        '1 field { "name": "<script>alert(1)</script>" }',
    )


@pytest.mark.usefixtures("at_noon")
def test_chart_data_cannot_end_its_script(staff: Client) -> None:
    RollupEvent.objects.create(day=date(2026, 11, 20), event_type="</script><b>", platform="web", events=3, claimed=0)

    content = page(staff, "top_events")

    assert [text in content for text in ("</script><b>", "\\u003C/script\\u003E\\u003Cb\\u003E")] == [False, True]


def read_csv(client: Client, report: str, **params: str) -> list[list[str]]:
    answer = client.get(reverse("admin:report-csv", args=[report]), params)
    text = b"".join(answer).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


@pytest.mark.usefixtures("at_noon")
def test_the_file_has_the_figures_of_the_page(staff: Client) -> None:
    make_orders(date(2026, 11, 20), placed=2, paid=1, refunded_kobo=300_000)

    assert read_csv(staff, "revenue", **{"from": "2026-11-20", "to": "2026-11-20"}) == [
        [
            *("Day", "Orders placed", "Placed (NGN)", "Orders paid", "Captured (NGN)", "Refunded (NGN)"),
            *("Revenue paid (NGN)", "Orders delivered", "Delivered (NGN)"),
        ],
        ["2026-11-20", "2", "5001.00", "1", "2500.50", "3000.00", "-499.50", "0", "0.00"],
    ]


def test_the_file_runs_no_formula_and_has_every_row(staff: Client) -> None:
    make_event(source_name='=HYPERLINK("http://x.example")', properties={"name": "<script>"})
    for _ in range(120):
        make_event()

    rows = read_csv(staff, "recent_events")

    assert (len(rows), rows[-1][2], rows[-1][12]) == (
        122,
        '\'=HYPERLINK("http://x.example")',
        '{"name": "<script>"}',
    )


def queries_of(client: Client, report: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        page(client, report)
    return len(captured)


@pytest.mark.parametrize("report", ["signup_sources", "recent_events"])
def test_a_page_takes_as_many_queries_for_three_rows_as_for_one(staff: Client, report: str) -> None:
    def add(country: str) -> None:
        day = timezone.localdate()
        RollupSignup.objects.create(day=day, source="email", platform="web", country=country, signups=1)
        make_event()

    add("NG")
    queries_of(staff, report)  # the first page of a process also fills caches
    with_one = queries_of(staff, report)
    add("GH")
    add("KE")

    assert queries_of(staff, report) == with_one
