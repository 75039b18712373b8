"""Saved reports on dashboards: whose they are, who sees them, in which order, and over which period."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.report import pins as services
from analytics.report.pins import MOST_PINS, PinRefused, move_earlier, pin_report, unpin
from analytics.report.widgets import UnknownDashboard
from analytics.store.models import DashboardPin, SavedReport
from commerce.accounts.models import User
from tests.report.test_pages import NOW, make_orders
from tests.report.test_saved import staff_of
from zuka.platform.clock import local_day
from zuka.platform.keys.issuing import issue_key
from zuka.roles import ANALYST, FINANCE, MARKETING, OWNER

pytestmark = pytest.mark.django_db


def saved_by(owner: User, report: str, *roles: str, **params: str) -> SavedReport:
    saved = SavedReport.objects.create(title=f"{report} of mine", report=report, params=params, owner=owner)
    saved.roles.set(Group.objects.filter(name__in=roles))
    return saved


def pin(saved: SavedReport, user: User, role: str = "", dashboard: str = "sales") -> DashboardPin:
    role_id = Group.objects.get(name=role).pk if role else None
    return pin_report(saved_id=saved.pk, dashboard_id=dashboard, user=user, role_id=role_id, at=NOW)


def shown(client: Client, dashboard: str = "sales", **params: str) -> list[str]:
    answer = client.get(reverse("admin:dashboard", args=[dashboard]), params)
    return [place["widget"].heading for place in answer.context.get("pins", [])]


def test_a_pin_is_its_persons_or_its_roles() -> None:
    (ada, analyst), (_, marketing), (_, finance) = (staff_of(role.name) for role in (ANALYST, MARKETING, FINANCE))
    mine, ours = saved_by(ada, "revenue"), saved_by(ada, "coupons", MARKETING.name)
    pin(mine, ada)
    pin(ours, ada)
    pin(ours, ada, MARKETING.name)

    assert shown(analyst) == ["revenue of mine", "coupons of mine"]
    assert (shown(marketing), shown(finance), shown(analyst, "overview")) == (["coupons of mine"], [], [])
    ours.roles.clear()
    assert shown(marketing) == [], "what is no longer shared is no longer seen"
    ada.groups.add(Group.objects.get(name=MARKETING.name))
    assert shown(analyst) == ["coupons of mine", "revenue of mine"], "those of roles first, and each once"


def test_a_pin_gives_nobody_more_than_they_may_see() -> None:
    (owner, boss), (_, analyst) = staff_of(OWNER.name), staff_of(ANALYST.name)
    pinned = pin(saved_by(owner, "order_list", ANALYST.name), owner, ANALYST.name)
    address = reverse("admin:pin", args=["sales", pinned.pk])

    assert (shown(boss), shown(analyst)) == ([], [])
    pin(pinned.saved, owner)
    assert shown(boss) == ["order_list of mine"]
    assert [client.get(address).status_code for client in (boss, analyst)] == [404, 404]
    assert analyst.get("/api/v1/reports/dashboards/sales").json()["pins"] == []


@pytest.mark.parametrize(
    ("report", "params", "form"),
    [
        ("revenue", {"period": "7d", "compare": "none"}, "chart"),
        ("sales_breakdown", {"grain": "month"}, "numbers"),
        ("slow_queries", {}, "table"),
        ("payment_list", {"kind": "captured"}, "table"),
        ("customer_segments", {}, "chart"),
        ("build", {"metric": "placed_orders", "interval": "day", "by": "channel"}, "chart"),
        ("build", {"metric": "placed_orders", "interval": "none", "metric2": "aov"}, "table"),
    ],
)
def test_every_kind_of_report_is_shown_over_the_dashboards_period(
    report: str, params: dict[str, str], form: str
) -> None:
    owner, client = staff_of(OWNER.name)
    pinned = pin(saved_by(owner, report, **params), owner)
    with time_machine.travel(NOW, tick=False):
        make_orders(local_day(NOW), placed=2, paid=1)
        answer = client.get(reverse("admin:pin", args=["sales", pinned.pk]), {"period": "yesterday"})
        assert answer.status_code == 200, answer.content
        [found] = client.get("/api/v1/reports/dashboards/sales", {"period": "yesterday"}).json()["pins"]
        around = [client.get(answer.context[name]) for name in ("report_url", "csv_url")]
    query = answer.context["answer"].query
    for each in around:
        each.close()
    assert [each.status_code for each in around] == [200, 200]
    assert query.period_id == ("yesterday" if query.report.has_period else query.period_id)
    assert (found["form"], found["report"], found["parameters"], found["role"]) == (form, report, params, None)


def test_what_can_be_shown_no_more_says_so_in_its_place() -> None:
    owner, client = staff_of(OWNER.name)
    pinned = pin(saved_by(owner, "revenue", colour="red"), owner)
    answer = client.get(reverse("admin:pin", args=["sales", pinned.pk]))
    assert (answer.status_code, "has no parameter 'colour'" in answer.content.decode()) == (400, True)
    [found] = client.get("/api/v1/reports/dashboards/sales").json()["pins"]
    assert (found["table"], "has no parameter" in found["message"]) == (None, True)
    SavedReport.objects.update(report="moon")
    assert shown(client) == []


def test_pins_are_set_moved_and_taken_off_on_the_page() -> None:
    ada, client = staff_of(ANALYST.name)
    first, second = saved_by(ada, "revenue"), saved_by(ada, "coupons", MARKETING.name)
    role = Group.objects.get(name=MARKETING.name)
    page = client.get(reverse("admin:dashboard", args=["sales"]))
    assert page.context["pin_choices"] == [
        (f"{second.pk}", "coupons of mine, for me"),
        (f"{second.pk}:{role.pk}", "coupons of mine, for Marketing"),
        (f"{first.pk}", "revenue of mine, for me"),
    ]
    for chosen in (first.pk, second.pk, f"{second.pk}:{role.pk}"):
        answer = client.post(page.context["pin_url"], {"pin": chosen})
        assert (answer.status_code, answer.headers["Location"].endswith("/dashboards/sales/#pins")) == (302, True)
    assert shown(client) == ["revenue of mine", "coupons of mine"]

    places = client.get(reverse("admin:dashboard", args=["sales"])).context["pins"]
    client.post(places[1]["earlier_url"])
    client.post(places[1]["earlier_url"])
    assert shown(client) == ["coupons of mine", "revenue of mine"]
    client.post(places[0]["unpin_url"])
    assert shown(client) == ["coupons of mine"]
    assert "Choose a saved report" in client.post(page.context["pin_url"], {"pin": "x"}, follow=True).content.decode()
    gone = client.post(places[0]["unpin_url"], follow=True).content.decode()
    assert "pinned by somebody else, or is pinned no more" in gone
    assert (
        "There is no such saved report"
        in client.post(page.context["pin_url"], {"pin": "0"}, follow=True).content.decode()
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"saved": "theirs"}, "There is no such saved report"),
        ({"role": FINANCE.name}, "not shared with that role"),
        ({"saved": "shared", "role": ANALYST.name}, "Only who saved a report pins it for a role"),
    ],
)
def test_what_may_not_be_pinned_is_refused(change: dict[str, Any], reason: str) -> None:
    (ada, _), (bola, _) = staff_of(ANALYST.name), staff_of(MARKETING.name)
    found = {"theirs": saved_by(bola, "revenue"), "shared": saved_by(bola, "coupons", ANALYST.name)}
    saved = found.get(change.get("saved", "")) or saved_by(ada, "revenue", MARKETING.name)
    with pytest.raises(PinRefused, match=reason):
        pin(saved, ada, change.get("role", ""))


def test_more_pins_than_fit_and_unknown_dashboards_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST_PINS", 2)
    ada, _ = staff_of(ANALYST.name)
    found = [saved_by(ada, report) for report in ("revenue", "coupons", "devices")]
    again = [pin(found[0], ada), pin(found[0], ada), pin(found[1], ada)]
    assert (again[0], DashboardPin.objects.count(), MOST_PINS) == (again[1], 2, 12)
    with pytest.raises(PinRefused, match="Unpin one first"):
        pin(found[2], ada)
    with pytest.raises(UnknownDashboard):
        pin(found[2], ada, dashboard="moon")


def test_only_who_pinned_it_moves_and_unpins() -> None:
    (ada, _), (bola, client) = staff_of(ANALYST.name), staff_of(MARKETING.name)
    pinned = pin(saved_by(ada, "revenue", MARKETING.name), ada, MARKETING.name)
    for change in (unpin, move_earlier):
        with pytest.raises(PinRefused, match="pinned by somebody else"):
            change(pk=pinned.pk, user=bola)
    place = client.get(reverse("admin:dashboard", args=["sales"])).context["pins"][0]
    assert (place["unpin_url"], place["earlier_url"]) == ("", "")
    assert unpin(pk=pinned.pk, user=ada).dashboard == "sales"


def test_pins_are_for_who_may_see_saved_reports() -> None:
    person = User.objects.create_user(email="reader@example.com", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_report"))
    client = Client()
    client.force_login(person)
    page = client.get(reverse("admin:dashboard", args=["sales"]))
    assert (page.status_code, "can_pin" in page.context) == (200, False)
    assert client.post(reverse("admin:pin-add", args=["sales"]), {"pin": "1"}).status_code == 403
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    bearer = Client(headers={"Authorization": f"Bearer {token}"})
    assert bearer.get("/api/v1/reports/dashboards/sales").json()["pins"] == []


def test_a_page_takes_as_many_queries_for_three_pins_as_for_one() -> None:
    ada, client = staff_of(ANALYST.name)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(client)
        return len(captured)

    pin(saved_by(ada, "revenue"), ada)
    queries()
    with_one = queries()
    for report in ("coupons", "devices"):
        pin(saved_by(ada, report), ada)
    assert queries() == with_one
