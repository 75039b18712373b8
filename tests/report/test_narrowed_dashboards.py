"""A whole dashboard about the people of a segment: what can be narrowed is, and the rest says that it is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.registry.dashboards import DASHBOARDS
from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from analytics.report.mailing import compose_mail
from analytics.report.narrowed import can_be_narrowed
from analytics.report.query import BadQuery
from analytics.report.scope import ALL, scope_of
from analytics.report.widgets import answer_widget, read_asked
from analytics.store.models import ReportSubscription, Segment
from commerce.accounts.models import User
from tests.report.test_segments import everybody, segment_of, shop, told
from zuka.platform import clock
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
__all__ = ["shop", "told"]
EVERYBODY = "Everybody: these figures are not kept by person"


@pytest.fixture
def staff_user(staff: Client) -> Any:
    return User.objects.get(pk=staff.session["_auth_user_id"])


def own(segment: Segment, user: User) -> Segment:
    segment.owner = user
    segment.save()
    return segment


def test_what_can_be_narrowed_is_and_the_rest_says_so(shop, staff: Client, staff_user) -> None:
    nobody, whole = own(segment_of("nobody"), staff_user), own(segment_of(*everybody()), staff_user)
    scope, now = scope_of(staff_user), clock.now()
    for widget in DASHBOARDS["sales"].widgets:
        plain = answer_widget(widget, {"period": "7d"}, now=now, scope=scope)
        asked = {"period": "7d", "segment": str(whole.pk)}
        inside = answer_widget(widget, asked, now=now, scope=scope)
        assert (widget.key, inside.table.totals) == (widget.key, plain.table.totals)
        outside = answer_widget(widget, {**asked, "segment": f"not-{whole.pk}"}, now=now, scope=scope)
        is_narrowed = can_be_narrowed(plain.table.report)
        assert (widget.key, bool(outside.query.segment)) == (widget.key, is_narrowed)
        page = staff.get(reverse("admin:widget", args=["sales", widget.key]), {"segment": str(nobody.pk)})
        assert (widget.key, EVERYBODY in page.content.decode()) == (widget.key, not is_narrowed)


def test_the_segment_stays_in_the_form_and_the_addresses(shop, staff: Client, staff_user) -> None:
    segment = own(segment_of("bola"), staff_user)
    page = staff.get(reverse("admin:dashboard", args=["overview"]), {"period": "7d", "segment": str(segment.pk)})
    field = next(each for each in page.context["fields"] if each.name == "segment")
    assert [choice.value for choice in field.choices if choice.is_chosen] == [str(segment.pk)]
    assert "Some (1 person as of" in page.context["about"]
    for place in page.context["places"]:
        assert f"segment={segment.pk}" in place["source"]
        assert (f"segment={segment.pk}" in place["report_url"]) == can_be_narrowed(place_report(place))
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    bearer = Client(headers={"Authorization": f"Bearer {token}"})
    answer = bearer.get(reverse("dashboard", args=["sales"]), {"segment": str(segment.pk)}).json()
    narrowed = {each["key"]: each["table"]["segment"] for each in answer["widgets"]}
    assert narrowed["revenue-chart"]["id"] == segment.pk


def place_report(place: dict[str, Any]) -> Report:
    return REPORTS[place["widget"].report]


def test_a_segment_that_is_not_ones_own_is_refused(shop, staff: Client) -> None:
    others = segment_of("bola")
    page = staff.get(reverse("admin:dashboard", args=["sales"]), {"segment": str(others.pk)})
    assert (page.status_code, page.context["refusal"]["field"]) == (400, "People")
    with pytest.raises(BadQuery, match="no segment 'x'"):
        read_asked({"segment": "x"}, today=clock.local_day(clock.now()), scope=ALL)


def test_a_mailed_dashboard_is_about_the_segment_of_its_owner(shop, staff_user) -> None:
    segment = own(segment_of("nobody"), staff_user)
    subscription = ReportSubscription(
        owner=staff_user, dashboard="sales", params={"segment": str(segment.pk)}, cadence="daily", formats=["pdf"]
    )
    mailed = compose_mail(subscription, due=clock.now() + timedelta(days=1), now=clock.now())
    assert mailed.context["about"].startswith("Some (1 person")
    said = {each["title"]: each["about"] for each in mailed.context["sections"]}
    assert said == {
        widget.heading: "" if can_be_narrowed(place_report({"widget": widget})) else EVERYBODY
        for widget in DASHBOARDS["sales"].widgets
    }
