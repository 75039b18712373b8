"""Flags in the back office."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.commerce.factories import UserFactory
from tests.platform.flags.making import NOW, make_flag
from zuka.platform.flags.changing import FIXED
from zuka.platform.flags.models import FeatureFlag

pytestmark = pytest.mark.django_db
LIST, ADD = reverse("admin:platform_featureflag_changelist"), reverse("admin:platform_featureflag_add")
FORM = {
    "name": "product-promise",
    "text": "Returns beside the button",
    "unit": "visitor",
    "variants": "control = 50\npromise = 50",
    "rollout_percent": "12.5",
    "effect_percent": "1.5",
    "tiers": ["pro"],
    "countries": "ng\n GH",
    "groups": "",
    "attributes": "platform = ios, android",
    "is_public": "on",
}


def browser(role: str) -> Client:
    person = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def staff() -> Client:
    """A browser of somebody of marketing."""
    return browser("Marketing")


def page(flag: FeatureFlag) -> str:
    return reverse("admin:platform_featureflag_change", args=[flag.pk])


def press(client: Client, flag: FeatureFlag, button: str, **said: str) -> Any:
    """Press a button of the flag's page, and that of its dialog."""
    return client.post(
        reverse(f"admin:platform_featureflag_{button}", args=[flag.pk]), {"_form_submitted": "True", **said}
    )


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def test_a_flag_is_made_as_it_is_written(staff):
    assert staff.post(ADD, FORM).status_code == 302
    made = FeatureFlag.objects.values().get()
    told = {name: made[name] for name in ("name", "unit", "variants", "rollout", "least_effect", "tiers", "countries")}
    assert told == {
        "name": "product-promise",
        "unit": "visitor",
        "variants": [["control", 50], ["promise", 50]],
        "rollout": 1250,
        "least_effect": 150,
        "tiers": ["pro"],
        "countries": ["NG", "GH"],
    }
    assert (made["attributes"], made["is_public"], made["started_at"]) == ({"platform": ["ios", "android"]}, True, None)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "Promise_1", "name: write small letters, digits and single dashes, like product-promise."),
        ("variants", "control", "“control” is no variant; write it like control = 50, in small letters."),
        ("variants", "a = 1", "variants: an experiment has 2 to 10, the first the control; a switch has none."),
        ("variants", "a = 1\nb = 0", "variants: each needs a weight from 1 to 1,000, like control = 50."),
        ("rollout_percent", "100.01", "Ensure this value is less than or equal to 100."),
        ("effect_percent", "0", "Ensure this value is greater than or equal to 0.01."),
        ("countries", "Nigeria", "“NIGERIA” is no country; write its two letters, like NG."),
        ("attributes", "ios", "“ios” has no meaning; write it like Bought It = order.created."),
    ],
)
def test_what_cannot_be_is_refused_with_the_fix(staff, field, value, message):
    found = errors(staff.post(ADD, {**FORM, field: value}))
    assert [each for messages in found.values() for each in messages] == [message]
    assert FeatureFlag.objects.count() == 0


def test_a_running_flag_is_edited_by_one_at_a_time_and_moves_nobody(staff):
    flag = make_flag()
    said = {**FORM, "seen": "1", "tiers": [], "countries": "", "attributes": "", "rollout_percent": "20"}
    said |= {"effect_percent": "2"}
    moved = errors(staff.post(page(flag), {**said, "variants": "control = 1\npromise = 2"}))
    assert moved == {
        "variants": ["variants: stays as it is once started, or people would change sides. End it and make a new flag."]
    }
    assert staff.post(page(flag), said).status_code == 302
    assert (FeatureFlag.objects.get().rollout, FeatureFlag.objects.get().revision) == (2000, 2)
    late = errors(staff.post(page(flag), {**said, "rollout_percent": "30"}))
    assert late == {"__all__": ["promise was changed by somebody meanwhile. Look at it, and save again."]}
    assert FeatureFlag.objects.get().rollout == 2000


def test_what_difference_matters_is_fixed_by_the_start(staff):
    flag, draft = make_flag(), make_flag("draft", started_at=None)
    said = {**FORM, "seen": "1", "effect_percent": "0.5"}
    assert errors(staff.post(page(flag), said)) == {"effect_percent": [f"least_effect: {FIXED['least_effect']}"]}
    assert staff.post(page(draft), said).status_code == 302
    assert list(FeatureFlag.objects.order_by("name").values_list("least_effect", flat=True)) == [50, 200]


@pytest.mark.parametrize(
    ("said", "is_warned"),
    [
        ({"attributes": ""}, False),
        ({"attributes": "", "unit": "user"}, True),
        ({"attributes": "", "groups": "Owner"}, True),
        ({}, True),
        ({"unit": "user", "is_public": ""}, False),
    ],
)
def test_who_makes_a_flag_for_browsers_that_is_off_there_is_told(staff, said, is_warned):
    answer = staff.post(ADD, {**FORM, **said}, follow=True)
    assert (answer.status_code, FeatureFlag.objects.count()) == (200, 1)
    assert ("In browsers this flag is always off" in answer.content.decode()) is is_warned


def test_its_buttons_take_it_from_draft_to_end(staff):
    flag = make_flag(started_at=None)
    for button, keep in (("start", ""), ("kill", ""), ("revive", ""), ("end", "promise")):
        assert press(staff, flag, button, keep=keep).headers["HX-Redirect"] == page(flag)
    flag.refresh_from_db()
    assert (flag.is_killed, flag.kept_variant, flag.ended_at is not None) == (False, "promise", True)
    words = re.sub(r"\s+", " ", staff.get(page(flag)).content.decode())
    assert "Everybody has promise." in words
    assert "reports/experiments/?experiment=promise&amp;from=" in words


def test_the_list_says_where_each_stands(staff, django_assert_num_queries):
    states: dict[str, dict[str, Any]] = {
        "a": {"started_at": None},
        "b": {},
        "c": {"is_killed": True},
        "d": {"ended_at": NOW},
    }
    make_flag("first")
    staff.get(LIST)
    with django_assert_num_queries(8):
        staff.get(LIST)
    for name, told in states.items():
        make_flag(name, **told)
    with django_assert_num_queries(8):
        content = staff.get(LIST).content.decode()
    assert [word in content for word in ("Draft", "Running", "Switched off", "Ended")] == [True] * 4


@pytest.mark.parametrize(
    ("role", "statuses"), [("Owner", [200, 200, 200]), ("Analyst", [200, 200, 403]), ("Support", [403, 403, 403])]
)
def test_roles(role, statuses):
    flag, client = make_flag(), browser(role)
    assert [client.get(address).status_code for address in (LIST, page(flag), ADD)] == statuses
    if role != "Owner":
        press(client, flag, "kill")
        assert FeatureFlag.objects.get().is_killed is False


def test_only_a_draft_can_be_deleted(staff):
    draft, running = make_flag("draft", started_at=None), make_flag("running")
    for flag in (draft, running):
        staff.post(reverse("admin:platform_featureflag_delete", args=[flag.pk]), {"post": "yes"})
    assert list(FeatureFlag.objects.values_list("name", flat=True)) == ["running"]
