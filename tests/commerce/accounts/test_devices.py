"""The devices on which a customer is signed in: what is known of them, and signing them out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.models import DeviceSession, OneTimeCode, User
from commerce.accounts.services import register_customer
from commerce.tasks import forget_expired_sessions
from tests.commerce.accounts.doors import PASSWORD, api, send, sign_in, sign_up, token_in, token_of
from tests.commerce.factories import NOON, UserFactory, in_threads
from tests.commerce.test_back_office import queries_of
from zuka.platform.actor import Actor
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db
PIXEL = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
LIST = "me/devices/"


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password."""
    return register_customer(email="ada@example.com", password=PASSWORD, name="Ada", at=NOON, actor=Actor())


def devices(token: str) -> list[dict[str, Any]]:
    """Return the list that a device is shown."""
    return list(api("get", LIST, token=token).json()["results"])


def is_signed_in(token: str) -> bool:
    return bool(api("get", "me/", token=token).status_code == 200)


def test_a_device_is_named_by_what_it_says(ada: User) -> None:
    token = token_in(sign_in(**{"User-Agent": PIXEL}))
    sign_in(**{"User-Agent": "ZukaShop/3.1 CFNetwork/1410 Darwin/22.6", "X-Zuka-Platform": "ios"})
    sign_in()

    answer = api("get", LIST, token=token)

    shown = {(row["name"], row["platform"], row["place"], row["is_current"]) for row in answer.json()["results"]}
    assert shown == {
        ("Chrome Mobile on Android", "web", "", True),
        ("The app on iOS", "ios", "", False),
        ("An unknown device", "web", "", False),
    }
    assert answer["Cache-Control"] == "private, no-store"
    assert set(answer.json()["results"][0]) == {
        "id",
        "name",
        "platform",
        "place",
        "is_current",
        "signed_in_at",
        "last_active_at",
        "expires_at",
    }


def test_a_sign_up_is_a_device_and_a_refused_sign_in_is_none(ada: User) -> None:
    sign_in(password="wrong")
    assert DeviceSession.objects.count() == 0

    sign_up("new@example.com")
    assert [each.user.email for each in DeviceSession.objects.all()] == ["new@example.com"]


def test_a_device_is_seen_every_five_minutes(ada: User) -> None:
    began = now()
    with time_machine.travel(began, tick=False):
        token = token_of(ada)
    for minutes, seen in ((4, 0), (6, 6), (8, 6), (12, 12)):
        if minutes != 4:
            cache.clear()  # its marks are over by then
        with time_machine.travel(began + timedelta(minutes=minutes), tick=False):
            assert is_signed_in(token)
        assert DeviceSession.objects.get().last_active_at == began + timedelta(minutes=seen)
    assert DeviceSession.objects.get().created_at == began


def test_a_token_of_before_is_noted_when_it_is_used(ada: User) -> None:
    token = token_of(ada)
    DeviceSession.objects.all().delete()
    cache.clear()

    assert is_signed_in(token)

    assert [row["is_current"] for row in devices(token)] == [True]


def test_signing_a_device_out_revokes_its_token_at_once(ada: User) -> None:
    here, there = token_of(ada), token_of(ada)
    (other,) = [row for row in devices(here) if not row["is_current"]]

    assert api("delete", f"{LIST}{other['id']}/", token=here).status_code == 204

    assert (is_signed_in(here), is_signed_in(there)) == (True, False)
    assert [row["is_current"] for row in devices(here)] == [True]
    assert DeviceSession.objects.get(pk=other["id"]).revoked_because == "revoked"
    assert api("delete", f"{LIST}{other['id']}/", token=here).status_code == 404


def test_signing_all_others_out_keeps_the_one_that_asks(ada: User) -> None:
    here, others = token_of(ada), [token_of(ada), token_of(ada)]
    stranger = token_of(UserFactory.create())

    assert api("delete", LIST, token=here).status_code == 204

    assert [is_signed_in(token) for token in (here, *others, stranger)] == [True, False, False, True]


def test_a_stranger_s_device_is_none(ada: User) -> None:
    theirs, mine = token_of(ada), token_of(UserFactory.create())
    (row,) = devices(theirs)

    answer = api("delete", f"{LIST}{row['id']}/", token=mine)

    assert (answer.status_code, answer.json()["code"], is_signed_in(theirs)) == (404, "not_found", True)
    assert [each["id"] for each in devices(mine)] != [row["id"]]


def test_guests_have_no_devices() -> None:
    nobody = "00000000-0000-4000-8000-000000000000"

    assert [api(*call).status_code for call in (("get", LIST), ("delete", LIST), ("delete", f"{LIST}{nobody}/"))] == [
        401
    ] * 3


def test_signing_out_ends_the_device(ada: User) -> None:
    token = token_of(ada)

    send("auth/session", method="delete", token=token)

    device = DeviceSession.objects.get()
    assert (device.revoked_because, device.revoked_at is not None, Session.objects.count()) == ("signed_out", True, 0)


def test_a_new_password_keeps_the_device_that_changed_it(ada: User) -> None:
    here, _there = token_of(ada), token_of(ada)
    (before,) = [row["id"] for row in devices(here) if row["is_current"]]
    wish = {"current_password": PASSWORD, "new_password": "five ripe plantains"}

    changed = token_in(send("account/password/change", wish, token=here))

    assert [(row["id"], row["is_current"]) for row in devices(changed)] == [(before, True)]
    assert sorted(DeviceSession.objects.values_list("revoked_because", flat=True)) == ["", "password"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_list_takes_three_queries(ada: User, count: int) -> None:
    token = token_of(ada)
    for _ in range(count - 1):
        token_of(ada)

    with CaptureQueriesContext(connection) as taken:
        assert len(devices(token)) == count

    assert len(taken) == 3  # session, account, devices


def test_what_is_over_is_forgotten(ada: User) -> None:
    api("post", "me/email/", token=token_of(ada))
    token_of(ada)
    DeviceSession.objects.filter(pk=DeviceSession.objects.all()[0].pk).update(expires_at=now() - timedelta(days=31))
    api("post", "password-resets/", {"email": "ada@example.com"})
    OneTimeCode.objects.filter(purpose="email").update(created_at=NOON)

    forget_expired_sessions()

    assert DeviceSession.objects.count() == 1
    assert [each.purpose for each in OneTimeCode.objects.all()] == ["password"]


@pytest.mark.django_db(transaction=True)
def test_a_device_in_use_in_many_threads_is_signed_out_once() -> None:
    user = UserFactory.create()
    here, there = token_of(user), token_of(user)
    (other,) = [row["id"] for row in devices(here) if not row["is_current"]]

    statuses = in_threads(4, lambda: api("delete", f"{LIST}{other}/", token=here).status_code)

    assert (sorted(statuses), is_signed_in(there)) == ([204, 404, 404, 404], False)


# --- staff ---


def press(client: Client, user: User) -> Any:
    """Press the button on a customer's page."""
    kinds = ("addresses", "devices", "identities", "authenticator_set")
    inlines = {f"{name}-{what}_FORMS": "0" for name in kinds for what in ("TOTAL", "INITIAL")}
    wanted = ("auth_provider", "status", "time_zone", "language", "signup_source", "signup_platform", "name", "email")
    data = {
        **inlines,
        **{name: getattr(user, name) for name in wanted},
        "metadata": "{}",
        "commerce_user_sign_out": "1",
    }
    return client.post(reverse("admin:commerce_user_change", args=[user.pk]), data)


def test_staff_see_where_a_customer_is_signed_in_and_sign_them_out(staff_client: Client, ada: User) -> None:
    token = token_in(sign_in(**{"User-Agent": PIXEL}))
    url = reverse("admin:commerce_user_change", args=[ada.pk])
    assert "Chrome Mobile on Android" in staff_client.get(url).content.decode()

    answer = press(staff_client, ada)

    assert (answer.status_code, answer["Location"], is_signed_in(token)) == (302, url, False)
    assert DeviceSession.objects.get().revoked_because == "staff"
    assert "Chrome Mobile on Android" not in staff_client.get(url).content.decode()


def test_the_list_of_devices_signs_out_what_is_chosen(staff_client: Client, ada: User) -> None:
    first, second = token_of(ada), token_of(ada)
    (chosen,) = [row["id"] for row in devices(first) if row["is_current"]]

    staff_client.post(
        reverse("admin:commerce_devicesession_changelist"), {"action": "sign_devices_out", "_selected_action": [chosen]}
    )

    assert (is_signed_in(first), is_signed_in(second)) == (False, True)


def test_only_superusers_sign_staff_out(client: Client) -> None:
    helper, boss = UserFactory.create(is_staff=True), UserFactory.create(is_staff=True, is_superuser=True)
    names = ("view_user", "change_user", "view_devicesession")
    helper.user_permissions.set(Permission.objects.filter(codename__in=names))
    token = token_of(boss)
    client.force_login(helper)
    chosen = [str(pk) for pk in DeviceSession.objects.values_list("pk", flat=True)]

    press(client, boss)
    client.post(
        reverse("admin:commerce_devicesession_changelist"), {"action": "sign_devices_out", "_selected_action": chosen}
    )

    assert is_signed_in(token)


@pytest.mark.parametrize("page", ["user", "devicesession"])
def test_pages_take_as_many_queries_for_three_devices_as_for_one(staff_client: Client, ada: User, page: str) -> None:
    url = reverse("admin:commerce_user_change", args=[ada.pk])
    if page == "devicesession":
        url = reverse("admin:commerce_devicesession_changelist")
    token_of(ada)
    queries_of(staff_client, url)
    with_one = queries_of(staff_client, url)
    for _ in range(2):
        token_of(ada if page == "user" else UserFactory.create())

    assert queries_of(staff_client, url) == with_one
