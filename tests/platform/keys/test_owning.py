"""What a partner sees and does with their keys, and never with another's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from commerce.accounts.services import close_account
from tests.commerce.accounts.doors import token_of
from tests.commerce.factories import UserFactory
from zuka.platform import clock
from zuka.platform.keys.finding import find_grant, find_grant_of_site, forget_keys
from zuka.platform.keys.issuing import (
    JustRotated,
    KeyNotActive,
    ScopeNotAllowed,
    forget_retired_tokens,
    issue_key,
    rotate_key,
    suspend_key,
)
from zuka.platform.keys.validating import InvalidKey, validate_key
from zuka.platform.models import ApiKey, ApiUsage, AuditEntry, ValidationDay
from zuka.platform.tasks import forget_old_secrets

pytestmark = pytest.mark.django_db(transaction=True)
MINE = "/api/v1/keys/mine/"


def client_of(user: Any) -> Client:
    """Return a client in which a customer is signed in."""
    return Client(headers={"X-Session-Token": token_of(user)})


def partner_key(owner: Any, **fields: Any) -> tuple[ApiKey, str]:
    """Issue a partner's key."""
    return issue_key(name=fields.pop("name", "App"), kind="secret", scopes=["track"], owner=owner, **fields)


def test_an_owner_sees_their_keys_and_no_secret(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ada, bob = UserFactory.create(), UserFactory.create()
    key, token = partner_key(ada, validations_most=9, is_device_bound=True, device_hash="0" * 64, device_os="iOS")
    partner_key(bob, name="Bob's")
    today = clock.local_day(clock.now())
    for result, count in (("success", 4), ("expired", 1)):
        ValidationDay.objects.create(key=key, day=today, result=result, validations=count)
    client = client_of(ada)
    client.get(MINE)  # notes the device in use, once in five minutes
    with django_assert_num_queries(5):
        [said] = client.get(MINE).json()
    names = ("name", "tier", "status", "prefix", "features", "validations_most", "validations_today")
    assert tuple(said[name] for name in names) == ("App", "free", "active", token[:10], ["track"], 9, 4)
    assert said["days"] == [{"day": today.isoformat(), "success": 4, "refused": 1}]
    assert (said["device"]["os"], said["limits"][0]["per_hour"]) == ("iOS", 3600)
    assert (token in str(said), key.token_hash in str(said), "0" * 64 in str(said)) == (False, False, False)
    for name in ("B", "C"):
        partner_key(ada, name=name)
    with django_assert_num_queries(5):
        assert [each["name"] for each in client.get(MINE).json()] == ["App", "B", "C"]


def test_the_keys_of_a_closed_account_are_revoked_and_their_devices_forgotten() -> None:
    ada, bob = UserFactory.create(), UserFactory.create()
    bound = {"is_device_bound": True, "device_hash": "0" * 64, "device_name": "Ada's phone", "device_os": "iOS"}
    key, first = partner_key(ada, **bound)
    second = rotate_key(key=key, at=clock.now() - timedelta(hours=1))[1]
    other, others = partner_key(bob, device_name="Bob's phone")
    assert [find_grant(each) is not None for each in (first, second, others)] == [True] * 3
    close_account(user=ada, at=clock.now())
    assert [find_grant(each) is not None for each in (first, second, others)] == [False, False, True]
    key.refresh_from_db()
    other.refresh_from_db()
    assert (key.status, key.revoked_at is not None, key.retired_tokens.count()) == ("revoked", True, 0)
    assert (key.device_hash, key.device_name, key.device_os, key.device_bound_at) == (None, "", "", None)
    assert (other.status, other.device_name) == ("active", "Bob's phone")


def test_the_keys_of_a_suspended_account_stop_until_it_goes_on() -> None:
    ada = UserFactory.create()
    key, token = partner_key(ada)
    site, _ = issue_key(name="Site", kind="publishable", scopes=["track"], owner=ada)
    found = []
    for status in ("suspended", "active"):
        type(ada).objects.filter(pk=ada.pk).update(status=status)
        forget_keys()
        try:
            used = validate_key(token=token, device=None, at=clock.now()).used
        except InvalidKey:
            used = 0
        grants = (find_grant(token), find_grant_of_site("umami", str(site.pk)))
        found.append((*(grant is not None for grant in grants), used))
    key.refresh_from_db()
    assert (found, key.status) == ([(False, False, 0), (True, True, 1)], "active")


def test_another_owner_and_a_stranger_find_nothing() -> None:
    ada, bob = UserFactory.create(), UserFactory.create()
    key, token = partner_key(ada, is_device_bound=True, device_hash="0" * 64)
    stranger, other = Client(), client_of(bob)
    calls = [("get", ""), ("get", "usage/"), ("post", "rotate/"), ("delete", "device/")]
    for verb, path in calls:
        address = f"{MINE}{key.pk}/{path}"
        answers = [getattr(client, verb)(address, content_type="application/json") for client in (other, stranger)]
        assert [answer.status_code for answer in answers] == [404, 401]
        nobody = getattr(other, verb)(
            f"{MINE}0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f/{path}", content_type="application/json"
        )
        assert (nobody.status_code, nobody.json()) == (404, answers[0].json())  # no oracle of whose there are
    assert (other.get(MINE).json(), stranger.get(MINE).status_code) == ([], 401)
    by_key = Client(headers={"Authorization": f"Bearer {token}"})
    assert by_key.get(MINE).status_code == 401  # a key does not manage keys
    key.refresh_from_db()
    assert (key.rotated_at, key.device_hash) == (None, "0" * 64)


def test_an_owner_rotates_and_both_secrets_work_until_the_overlap_ends() -> None:
    ada = UserFactory.create()
    key, token = partner_key(ada)
    address = f"{MINE}{key.pk}/rotate/"
    answer = client_of(ada).post(address, {"overlap_hours": 1}, content_type="application/json")
    said = answer.json()
    new = said["token"]
    assert (answer.status_code, answer["Cache-Control"], said["prefix"]) == (200, "no-store", new[:10])
    assert [each["prefix"] for each in said["retired"]] == [token[:10]]
    assert [validate_key(token=each, device=None, at=clock.now()).used for each in (token, new)] == [1, 2]
    key.retired_tokens.update(works_until=clock.now() - timedelta(seconds=1))
    forget_keys()
    assert (find_grant(token), find_grant(new) is not None) == (None, True)
    again = client_of(ada).post(address, {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "just_rotated")
    wrong = client_of(ada).post(address, {"overlap_hours": 721}, content_type="application/json")
    assert (wrong.status_code, wrong.json()["field"]) == (400, "overlap_hours")


def test_an_owner_sees_the_calls_of_a_key_by_day(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    ada = UserFactory.create()
    key, _token = partner_key(ada)
    today, at = clock.local_day(clock.now()), clock.day_start(clock.local_day(clock.now()))
    told = [(0, 200), (0, 200), (0, 429), (-1, 200), (6, 404), (7, 200)]  # days ago; yesterday of a moment before it
    for number, (days, status) in enumerate(told):
        moment = at - timedelta(days=max(days, 0), microseconds=1 if days < 0 else 0)
        ApiUsage.objects.create(
            id=UUID(int=number + 1),
            created_at=moment,
            endpoint="reports",
            method="GET",
            status=status,
            ms=1.0,
            request_bytes=0,
            is_cached=False,
            key_id=key.pk,
        )
    client = client_of(ada)
    client.get(MINE)
    with django_assert_num_queries(6):
        said = client.get(f"{MINE}{key.pk}/usage/").json()
    assert said == [
        {"day": today.isoformat(), "calls": 3, "refused": 1},
        {"day": (today - timedelta(days=1)).isoformat(), "calls": 1, "refused": 0},
        {"day": (today - timedelta(days=6)).isoformat(), "calls": 1, "refused": 1},
    ]


def test_what_an_owner_does_with_a_key_is_in_the_audit_log() -> None:
    ada = UserFactory.create()
    key, _token = partner_key(ada, is_device_bound=True, device_hash="0" * 64)
    client = client_of(ada)
    assert client.post(f"{MINE}{key.pk}/rotate/", {}, content_type="application/json").status_code == 200
    assert client.delete(f"{MINE}{key.pk}/device/").status_code == 200
    noted = AuditEntry.objects.order_by("at").values_list("action", "actor_kind", "actor_id", "subject_id")
    deeds = [row for row in noted if row[0].startswith("key.")]
    assert deeds == [(name, "customer", str(ada.pk), str(key.pk)) for name in ("key.rotated", "key.device_released")]


def test_without_an_overlap_no_earlier_secret_works_on() -> None:
    key, first = partner_key(UserFactory.create())
    second = rotate_key(key=key, at=clock.now() - timedelta(hours=1))[1]
    third = rotate_key(key=key, at=clock.now(), overlap=timedelta())[1]
    assert [find_grant(each) is not None for each in (first, second, third)] == [False, False, True]


def test_of_two_rotations_at_once_one_gives_a_secret() -> None:
    key, token = partner_key(UserFactory.create())
    at = clock.now()

    def rotate(_number: int) -> str:
        try:
            return rotate_key(key=key, at=at)[1]
        except JustRotated:  # nobody is given a secret; the rest is counted below
            return ""  # refused
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = [each for each in pool.map(rotate, range(4)) if each]
    assert [find_grant(each) is not None for each in (*made, token)] == [True, True]
    assert key.retired_tokens.count() == 1


def test_old_secrets_are_forgotten_when_their_overlap_ends() -> None:
    key, _ = partner_key(UserFactory.create())
    rotate_key(key=key, at=clock.now(), overlap=timedelta(hours=2))
    counted = [forget_retired_tokens(at=clock.now() + timedelta(hours=hours)) for hours in (1, 3)]
    forget_old_secrets.apply()
    assert (counted, key.retired_tokens.count()) == ([0, 1], 0)


def test_what_does_not_work_is_not_rotated() -> None:
    key, _ = partner_key(UserFactory.create())
    suspend_key(key=key)
    with pytest.raises(KeyNotActive, match="suspended"):
        rotate_key(key=key, at=clock.now())


def test_a_publishable_key_is_rotated_in_the_clear() -> None:
    key, token = issue_key(name="Site", kind="publishable", scopes=["track"])
    rotated, new = rotate_key(key=key, at=clock.now())
    assert (rotated.token, new[:4]) == (new, "zpk_")
    assert [find_grant(each) is not None for each in (token, new)] == [True, True]


def test_an_owner_releases_the_device() -> None:
    ada = UserFactory.create()
    key, _ = partner_key(ada, is_device_bound=True, device_hash="0" * 64)
    said = client_of(ada).delete(f"{MINE}{key.pk}/device/").json()
    assert (said["device"], said["is_device_bound"]) == (None, True)


def test_a_partners_key_carries_what_its_tier_grants() -> None:
    ada = UserFactory.create()
    with pytest.raises(ScopeNotAllowed, match="the tier Enterprise does"):
        issue_key(name="x", kind="secret", scopes=["records"], owner=ada)
    assert issue_key(name="x", kind="secret", scopes=["records"], owner=ada, tier="enterprise")[0].owner == ada
