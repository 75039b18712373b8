from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.commerce.factories import UserFactory
from zuka.platform import clock
from zuka.platform.admin.keys import KeyAdmin
from zuka.platform.keys.finding import find_grant
from zuka.platform.keys.issuing import hash_token, issue_key
from zuka.platform.models import ApiKey, RateLimitRule

pytestmark = pytest.mark.django_db
ADD = "admin:platform_apikey_add"
LIST = "admin:platform_apikey_changelist"
FORM = {
    "name": "ERP",
    "kind": "secret",
    "scopes": ["track", "reports:read"],
    "event_age_days": "30",
    "tier": "free",
    "is_limited": "on",
}


@pytest.fixture
def staff(client: Client) -> Client:
    """A browser in which a superuser is signed in."""
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    return client


def add(client: Client, **fields: Any) -> Any:
    return client.post(reverse(ADD), {**FORM, **fields})


def errors_of(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["adminform"].form.errors)


def change_page(key: ApiKey) -> str:
    return reverse("admin:platform_apikey_change", args=[key.pk])


def test_a_secret_key_is_shown_once_and_kept_as_a_hash(staff: Client) -> None:
    answer = add(staff)

    [token] = re.findall(r"zsk_[0-9a-f]{40}", answer.content.decode())
    key = ApiKey.objects.get()
    assert (key.token, key.token_hash, key.prefix) == (None, hash_token(token), token[:10])
    assert (key.name, key.kind, key.scopes, key.is_limited) == ("ERP", "secret", ["track", "reports:read"], True)
    assert ("no-store" in answer.headers["Cache-Control"]) is True
    later = [staff.get(address).content.decode() for address in (change_page(key), reverse(LIST))]
    assert [token in content for content in later] == [False, False]
    assert [key.prefix in content for content in later] == [True, True]
    assert all(token not in str(value) for value in LogEntry.objects.values_list("object_repr", "change_message"))
    assert token not in str(dict(staff.session))


def test_who_gave_a_key_its_tier_is_kept_and_shown(staff: Client) -> None:
    add(staff)
    key, today = ApiKey.objects.get(), clock.local_day(clock.now())
    shown = []
    for told in ({}, {"tier": "pro"}, {"tier": "pro", "name": "ERP of Aba"}, {"tier": "free"}):
        staff.post(change_page(key), {**FORM, **told})
        key.refresh_from_db()
        words = staff.get(change_page(key)).context["adminform"].model_admin.show_tier_giver(key)
        shown.append((key.tier, key.tier_source, words.split(",")[0], str(today.year) in words))
    name = str(get_user_model().objects.get(is_superuser=True))
    by_staff = ("pro", "staff", f"{name} (superuser)", True)
    everybodys = ("free", "", "Every key begins with it", False)
    assert shown == [everybodys, by_staff, by_staff, everybodys]
    key.tier, key.tier_source, key.tier_given_at = "pro", "plan", clock.now()
    assert KeyAdmin(ApiKey, admin.site).show_tier_giver(key).startswith("The owner’s plan, ")


def test_a_publishable_key_can_be_read_again(staff: Client) -> None:
    answer = add(staff, kind="publishable", scopes=["track"])

    key = ApiKey.objects.get()
    assert key.token is not None
    assert [key.token in page.content.decode() for page in (answer, staff.get(change_page(key)))] == [True, True]


def test_a_publishable_key_takes_no_private_scope(staff: Client) -> None:
    answer = add(staff, kind="publishable", scopes=["track", "reports:read"])

    assert errors_of(answer) == {"scopes": ["A publishable key cannot carry the scope 'reports:read'; use track."]}
    assert ApiKey.objects.exists() is False


def test_lists_are_written_one_a_line(staff: Client) -> None:
    add(staff, allowed_origins=" https://Shop.example/ \n\nhttp://localhost:3000", allowed_events="a.b\na.b\nc.d")

    key = ApiKey.objects.get()
    assert key.allowed_origins == ["https://shop.example", "http://localhost:3000"]
    assert key.allowed_events == ["a.b", "c.d"]
    assert "https://shop.example\nhttp://localhost:3000" in staff.get(change_page(key)).content.decode()


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"allowed_origins": "shop.example"}, "allowed_origins"),
        ({"allowed_origins": "https://shop.example/path"}, "allowed_origins"),
        ({"allowed_events": "x" * 201}, "allowed_events"),
        ({"event_age_days": "0"}, "event_age_days"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"kind": ""}, "kind"),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "expires_at"),
    ],
)
def test_what_no_key_can_have_is_refused(staff: Client, fields: dict[str, Any], wrong: str) -> None:
    answer = add(staff, **fields)

    assert (list(errors_of(answer)), ApiKey.objects.exists()) == ([wrong], False)


def test_rights_of_an_issued_key_can_be_changed_its_kind_cannot(staff: Client) -> None:
    key, token = issue_key(name="ERP", kind="secret", scopes=["track"])
    assert find_grant(token) is not None

    staff.post(change_page(key), {**FORM, "kind": "publishable", "scopes": ["reports:read"], "name": "Ledger"})

    key.refresh_from_db()
    assert (key.name, key.kind, key.scopes, key.token_hash) == ("Ledger", "secret", ["reports:read"], hash_token(token))
    grant = find_grant(token)
    assert grant is not None
    assert grant.scopes == frozenset({"reports:read"})


@pytest.mark.parametrize("place", ["list", "page"])
def test_a_revoked_key_stops_working_at_once(staff: Client, place: str) -> None:
    key, token = issue_key(name="ERP", kind="secret", scopes=["track"])
    other, other_token = issue_key(name="Other", kind="secret", scopes=["track"])
    assert find_grant(token) is not None

    if place == "list":
        staff.post(reverse(LIST), {"action": "revoke_keys", "_selected_action": [key.pk]})
    else:
        assert 'name="platform_apikey_revoke_this_key"' in staff.get(change_page(key)).content.decode()
        staff.post(change_page(key), {**FORM, "platform_apikey_revoke_this_key": "1"})

    key.refresh_from_db()
    assert (key.status, key.revoked_at is not None, find_grant(token)) == ("revoked", True, None)
    assert find_grant(other_token) is not None
    assert "Revoked" in staff.get(change_page(key)).content.decode()
    assert staff.post(change_page(key), FORM).status_code == 403
    assert staff.post(reverse("admin:platform_apikey_delete", args=[other.pk])).status_code == 403


def test_keys_are_for_staff_with_the_permission(client: Client) -> None:
    client.force_login(UserFactory.create(is_staff=True))

    assert [client.get(reverse(name)).status_code for name in (ADD, LIST)] == [403, 403]


def press(client: Client, key: ApiKey, button: str) -> Any:
    """Press one of the buttons below a key's form."""
    return client.post(change_page(key), {**FORM, f"platform_apikey_{button}": "1"})


def test_a_new_secret_is_shown_once_and_the_old_one_works_for_a_day(staff: Client) -> None:
    key, token = issue_key(name="ERP", kind="secret", scopes=["track", "reports:read"])
    answer = press(staff, key, "rotate_this_key")
    [new] = re.findall(r"zsk_[0-9a-f]{40}", answer.content.decode())
    assert [find_grant(each) is not None for each in (token, new)] == [True, True]
    page = staff.get(change_page(key)).content.decode()
    assert (new in page, f"{token[:10]}… until" in page) == (False, True)
    again = staff.post(change_page(key), {**FORM, "platform_apikey_rotate_this_key": "1"}, follow=True).content.decode()
    assert ("a new token a moment ago" in again, re.findall(r"zsk_[0-9a-f]{40}", again)) == (True, [])


def test_the_secret_of_a_key_that_leaked_ends_as_the_new_one_is_shown(staff: Client) -> None:
    key, token = issue_key(name="ERP", kind="secret", scopes=["track", "reports:read"])
    assert "New secret, old one ends now" in staff.get(change_page(key)).content.decode()
    shown = press(staff, key, "replace_this_key").content.decode()
    [new] = re.findall(r"zsk_[0-9a-f]{40}", shown)
    assert [find_grant(each) is not None for each in (token, new)] == [False, True]
    assert "The old one is refused from now on" in shown


def test_a_key_is_suspended_resumed_and_its_device_released(staff: Client) -> None:
    key, token = issue_key(
        name="ERP", kind="secret", scopes=["track"], is_device_bound=True, device_hash="0" * 64, device_name="Till 2"
    )
    page = staff.get(change_page(key)).content.decode()
    assert ("Till 2" in page, "release_this_device" in page, "resume_this_key" in page) == (True, True, False)
    for button, works in (("suspend_this_key", False), ("resume_this_key", True), ("release_this_device", True)):
        staff.post(change_page(key), {**FORM, "is_device_bound": "on", f"platform_apikey_{button}": "1"})
        assert (find_grant(token) is not None) is works
    key.refresh_from_db()
    assert (key.status, key.device_hash, key.device_name) == ("active", None, "")
    done = list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))
    assert [each for each in done if each in {"Suspended.", "Resumed.", "Device released."}] == [
        *("Suspended.", "Resumed.", "Device released."),
    ]


def test_a_partners_key_keeps_to_its_tier_and_a_public_one_to_no_device(staff: Client) -> None:
    owner = UserFactory.create()
    answer = add(staff, owner=str(owner.pk), scopes=["track", "records"])
    assert errors_of(answer) == {"scopes": ["The tier Free does not grant 'records'; the tier Enterprise does."]}
    answer = add(staff, kind="publishable", scopes=["track"], is_device_bound="on")
    assert list(errors_of(answer)) == ["is_device_bound"]
    add(staff, owner=str(owner.pk), scopes=["track", "records"], tier="enterprise")
    assert ApiKey.objects.get().owner_id == owner.pk


def test_a_key_whose_tier_grants_less_than_it_has_is_suspended_and_revoked_all_the_same(staff: Client) -> None:
    owner = UserFactory.create()
    key, token = issue_key(name="ERP", kind="secret", scopes=["track", "records"], owner=owner, tier="enterprise")
    ApiKey.objects.update(tier="free")
    form = {**FORM, "scopes": ["track", "records"], "owner": str(owner.pk)}
    assert ">track</td>" in staff.get(reverse(LIST)).content.decode().replace("\n", "")
    staff.post(change_page(key), {**form, "platform_apikey_suspend_this_key": "1"})
    key.refresh_from_db()
    assert (key.status, find_grant(token)) == ("suspended", None)
    assert list(errors_of(staff.post(change_page(key), {**form, "scopes": ["records"]}))) == ["scopes"]
    staff.post(change_page(key), {**form, "platform_apikey_revoke_this_key": "1"})
    key.refresh_from_db()
    assert key.status == "revoked"


def test_the_list_tells_an_expired_key_from_an_active_one(staff: Client) -> None:
    issue_key(name="Over", kind="secret", scopes=["track"], expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    issue_key(name="Going", kind="secret", scopes=["track"])
    lists = [
        [key.name for key in staff.get(reverse(LIST), {"status": state}).context["cl"].queryset]
        for state in ("active", "expired", "suspended")
    ]
    assert lists == [["Going"], ["Over"], []]


def test_limits_are_shown_and_replaced(staff: Client) -> None:
    rules = reverse("admin:platform_ratelimitrule_changelist")
    page = staff.get(rules).content.decode()
    assert (page.count(">Change</a>"), "Replaced below" in page, "36,000,000" in page) == (7, False, True)
    form = {"endpoint": "*", "tier": "free", "counted_by": "key", "per_hour": "10", "is_active": "on"}
    staff.post(reverse("admin:platform_ratelimitrule_add"), form)
    page = staff.get(rules).content.decode()
    assert (page.count(">Change</a>"), "Replaced below" in page) == (6, True)
    for wrong in ({"endpoint": "No Such!"}, {"per_hour": ""}, {}):
        answer = staff.post(reverse("admin:platform_ratelimitrule_add"), {**form, **wrong})
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors
    assert RateLimitRule.objects.count() == 1
