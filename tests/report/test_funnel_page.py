"""The page on which a funnel is put together: what each button leads to, without a script."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from analytics.registry.events import EVENT_TYPES
from analytics.report.funnels.builder import make_builder
from analytics.rollup.fill import fill_dirty
from analytics.track import track_many
from tests.commerce.factories import UserFactory
from tests.rollup.story import FRIDAY, SATURDAY, at, build_event

pytestmark = pytest.mark.django_db
FORM = {
    "s1": "page.viewed",
    "s2": "product.viewed",
    "s2f1": "product_ref",
    "s2o1": "~=",
    "s2v1": "50% & more",
    "s3": "order.created",
}
FILTERED = "product.viewed?product_ref~=50%25%20%26%20more"


@pytest.mark.parametrize(
    ("pressed", "steps", "part"),
    [
        ({}, ["page.viewed", FILTERED, "order.created"], ""),
        ({"do": "add"}, ["page.viewed", FILTERED, "order.created", "cart.item_added"], "step-4"),
        ({"do": "remove-1"}, [FILTERED, "order.created"], "step-1"),
        ({"do": "remove-3"}, ["page.viewed", FILTERED], "step-2"),
        ({"do": "up-2"}, [FILTERED, "page.viewed", "order.created"], "step-1"),
        ({"do": "down-2"}, ["page.viewed", "order.created", FILTERED], "step-3"),
        ({"do": "up-1"}, ["page.viewed", FILTERED, "order.created"], "step-1"),
        ({"do": "down-3"}, ["page.viewed", FILTERED, "order.created"], "step-3"),
        ({"do": "filter-1"}, ["page.viewed?page_path=", FILTERED, "order.created"], "step-1"),
        ({"do": "drop-2-1"}, ["page.viewed", "product.viewed", "order.created"], "step-2"),
        ({"do": "remove-9"}, ["page.viewed", FILTERED, "order.created"], ""),
        ({"do": "nonsense"}, ["page.viewed", FILTERED, "order.created"], ""),
        (
            {"s1f1": "properties.", "s1n1": "a~b", "s1v1": "x"},
            ["page.viewed?properties.a%7Eb=x", FILTERED, "order.created"],
            "",
        ),
    ],
)
def test_a_button_leads_to_the_funnel_it_makes(staff, pressed, steps, part):
    answer = staff.get(reverse("admin:funnel-build"), {**FORM, "period": "7d", "by": "device", "from": "", **pressed})
    assert answer.status_code == 302
    address = urlsplit(answer["Location"])
    assert (address.path, address.fragment) == (reverse("admin:report", args=["event_funnel"]), part)
    names = {f"step{place}": [step] for place, step in enumerate(steps, 1)}
    assert parse_qs(address.query) == {**names, "period": ["7d"], "by": ["device"]}
    assert staff.get(answer["Location"]).status_code == 200


def test_two_steps_stay_and_eight_are_enough():
    two, eight = make_builder({"step1": "a.x", "step2": "b.x"}), make_builder({f"step{n}": "a.x" for n in range(1, 9)})
    assert [(step.may_go, step.is_first, step.is_last) for step in two.steps] == [
        (False, True, False),
        (False, False, True),
    ]
    assert (two.may_add, eight.may_add, len(eight.steps)) == (True, False, 8)


def test_types_come_from_the_registry_and_from_what_clients_made_up():
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        track_many([build_event("custom.made_up", at(FRIDAY, 9), visitor_id="ada")])
        fill_dirty()
    types = dict(make_builder({"step1": "custom.asked", "step2": "page.viewed"}).steps[0].types)
    assert [choice.value for choice in types.pop("Your own")] == ["custom.asked", "custom.made_up"]
    offered = [choice for group in types.values() for choice in group]
    assert sorted(choice.value for choice in offered) == sorted(EVENT_TYPES)


def test_the_page_shows_the_answer_and_what_is_wrong(staff):
    with time_machine.travel(at(SATURDAY, 20), tick=False):
        track_many([build_event("page.viewed", at(FRIDAY, 9), visitor_id="ada")])
        fill_dirty()
        address = reverse("admin:report", args=["event_funnel"])
        shown = staff.get(address, {"step1": "page.viewed", "step2": "page.left"}).content.decode()
        wrong = staff.get(address, {"step1": "page.viewed?colour=red", "step2": "page.left"})
    assert "1. Page viewed" in shown
    assert 'aria-label="Move step 2 up"' in shown
    assert wrong.status_code == 400
    assert "There is no field &#x27;colour&#x27;" in wrong.content.decode()


def test_a_funnel_is_for_those_who_may_see_reports():
    client = Client()
    client.force_login(UserFactory.create(is_staff=True))
    assert client.get(reverse("admin:funnel-build"), FORM).status_code == 403
