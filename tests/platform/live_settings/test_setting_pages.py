"""The pages of settings in the back office."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from tests.commerce.factories import UserFactory
from zuka.platform.live_settings.changing import change_setting
from zuka.platform.live_settings.models import SettingChange
from zuka.platform.live_settings.reading import LIVE_SETTINGS, live

pytestmark = pytest.mark.django_db
LIST, PAGE = "admin:settings", reverse("admin:setting", args=["POINTS_VALUE_KOBO"])


def sign_in(client: Client, role: str) -> Client:
    person = UserFactory.create(is_staff=True, name=f"Ada of {role}")
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)
    return client


@pytest.fixture
def owner(client: Client) -> Client:
    """A browser of the shop's owner."""
    return sign_in(client, "Owner")


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_list_has_every_live_setting_by_topic(owner, django_assert_num_queries):
    content = owner.get(reverse(LIST)).content.decode()
    assert [name for name in LIVE_SETTINGS if reverse("admin:setting", args=[name]) not in content] == []
    assert re.findall(r"<h2>([^<]+)</h2>", content) == sorted({each.group for each in LIVE_SETTINGS.values()})


def test_the_list_costs_the_same_however_much_is_set(owner, django_assert_num_queries):
    someone, at = UserFactory.create(is_staff=True), datetime(2026, 11, 22, 9, tzinfo=UTC)
    owner.get(reverse(LIST))
    for name in ("POINTS_VALUE_KOBO", "RETURN_DAYS", "POINTS_VALID_DAYS"):
        change_setting(name=name, value="30", reason="More", seen=0, by=someone, at=at)
        with django_assert_num_queries(6):
            owner.get(reverse(LIST))


def test_the_owner_changes_one_and_takes_it_back(owner):
    answer = owner.post(PAGE, {"value": " 200 ", "reason": "Holidays", "seen": "0"}, follow=True)
    assert live.POINTS_VALUE_KOBO == 200
    said = words(answer)
    assert "Now: 200 (₦2.00)" in said
    assert "Where nothing is set here: 100 (₦1.00)" in said
    assert "Holidays" in said

    owner.post(reverse("admin:setting-undo", args=["POINTS_VALUE_KOBO"]), {"seen": "1"})
    assert live.POINTS_VALUE_KOBO == 100
    again = owner.post(reverse("admin:setting-undo", args=["POINTS_VALUE_KOBO"]), {"seen": "1"}, follow=True)
    assert "meanwhile. Look at it, and save again." in words(again)
    assert SettingChange.objects.count() == 2


def test_what_is_refused_stays_in_the_form(owner):
    answer = owner.post(PAGE, {"value": "free", "reason": "Holidays", "seen": "0"})
    content = answer.content.decode()
    assert "POINTS_VALUE_KOBO: expected a whole number from 1 to 1,000,000." in words(answer)
    assert ('value="free"' in content, 'value="Holidays"' in content, SettingChange.objects.count()) == (True, True, 0)


def test_a_reset_gives_it_back_to_the_environment(owner):
    owner.post(PAGE, {"value": "200", "reason": "Holidays", "seen": "0"})
    owner.post(PAGE, {"reset": "1", "value": "200", "reason": "Over", "seen": "1"})
    assert live.POINTS_VALUE_KOBO == 100


def test_a_pinned_one_says_so(owner, settings):
    settings.PINNED_SETTINGS = ["POINTS_VALUE_KOBO"]
    assert "Pinned by whoever runs the shop" in words(owner.get(PAGE))
    assert "is pinned" in words(owner.post(PAGE, {"value": "200", "reason": "Holidays", "seen": "0"}))


@pytest.mark.parametrize("role", ["Operations", "Support", "Marketing", "Analyst", "Finance", "Brand staff"])
def test_others_neither_see_nor_change_settings(client, role):
    staff = sign_in(client, role)
    undo = reverse("admin:setting-undo", args=["POINTS_VALUE_KOBO"])
    asked = [staff.get(reverse(LIST)), staff.get(PAGE), staff.post(PAGE, {"value": "200"}), staff.post(undo)]
    assert ([answer.status_code for answer in asked], SettingChange.objects.count()) == ([403] * 4, 0)


def test_an_unknown_setting_is_not_there(owner):
    assert owner.get(reverse("admin:setting", args=["SECRET_KEY"])).status_code == 404
    assert owner.get(reverse("admin:platform_settingchange_changelist")).status_code == 200


def test_what_the_setting_takes_no_more_is_said_and_the_environment_holds(owner):
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    SettingChange.objects.create(name="POINTS_VALUE_KOBO", value="many", revision=1, reason="Before", changed_at=at)
    for page in (LIST, None):
        said = words(owner.get(reverse(LIST) if page else PAGE))
        assert "many was set, which it takes no more" in said
        assert "100 (₦1.00)" in said
    assert live.POINTS_VALUE_KOBO == 100
