from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from analytics.store.models import Event
from commerce.accounts.models import User, UserStatus
from commerce.accounts.services import register_customer
from tests.commerce.accounts.doors import PASSWORD, send, sign_in, token_in, token_of
from tests.commerce.factories import NOON, UserFactory
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db
EXPIRED = {"code": "session_expired", "message": "You are signed out. Sign in again."}


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password."""
    return register_customer(email="ada@example.com", password=PASSWORD, name="Ada", at=NOON, actor=Actor())


def me(token: str) -> Any:
    return Client().get("/api/v1/me/", headers={"X-Session-Token": token})


def test_each_sign_in_is_tracked_with_who_did_it(ada: User) -> None:
    sign_in("ADA@example.com", **{"X-Zuka-Visitor": "visitor-1", "X-Zuka-Session": "s-1", "X-Zuka-Platform": "ios"})
    sign_in()

    events = Event.objects.filter(event_type="user.logged_in").order_by("occurred_at", "id")
    assert [(each.user_id, each.visitor_id, each.session_id, each.properties) for each in events] == [
        (str(ada.pk), "visitor-1", "s-1", {"method": "email", "platform": "ios"}),
        (str(ada.pk), None, None, {"method": "email", "platform": "web"}),
    ]


def test_an_account_that_staff_made_signs_in_by_any_case_of_its_email() -> None:
    User.objects.create_user("Ngozi@Example.com", PASSWORD, is_staff=True)

    answer = sign_in("nGOZI@example.com")

    assert (answer.status_code, answer.json()["data"]["user"]["email"]) == (200, "ngozi@example.com")


def test_a_refused_sign_in_does_not_say_which_accounts_there_are(ada: User) -> None:
    for name, status in (("sus", UserStatus.SUSPENDED), ("del", UserStatus.DELETED)):
        User.objects.create_user(f"{name}@example.com", PASSWORD, status=status)

    answers = [
        sign_in("ada@example.com", password="not the password"),
        sign_in("nobody@example.com"),
        sign_in("sus@example.com"),
        sign_in("del@example.com"),
    ]

    wrong = {
        "message": "The email address and/or password you specified are not correct.",
        "code": "email_password_mismatch",
        "param": "password",
    }
    assert [answer.json() for answer in answers] == [{"status": 400, "errors": [wrong]}] * 4
    assert Event.objects.filter(event_type="user.logged_in").count() == 0


def test_wrong_passwords_for_one_account_are_limited(ada: User) -> None:
    codes = [sign_in(password="wrong").json()["errors"][0]["code"] for _ in range(6)]

    assert codes == ["email_password_mismatch"] * 5 + ["too_many_login_attempts"]
    assert sign_in().status_code == 400


def test_sign_ins_from_one_address_are_limited() -> None:
    statuses = [send("auth/login", {}).status_code for _ in range(31)]

    assert statuses == [400] * 30 + [429]


def test_the_address_that_is_limited_is_the_one_our_proxy_wrote(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    for number in range(30):
        send("auth/login", {}, **{"X-Forwarded-For": f"10.0.0.{number}, 41.58.1.1"})

    here = send("auth/login", {}, **{"X-Forwarded-For": "9.9.9.9, 41.58.1.1"})
    there = send("auth/login", {}, **{"X-Forwarded-For": "41.58.1.1, 41.58.1.2"})

    assert (here.status_code, there.status_code) == (429, 400)


def test_signing_out_revokes_the_token(ada: User) -> None:
    token, other = token_in(sign_in()), token_of(ada)
    assert me(token).status_code == 200

    assert send("auth/session", method="delete", token=token).status_code == 401

    gone = me(token)
    assert (gone.status_code, gone.json(), gone["WWW-Authenticate"]) == (401, EXPIRED, "X-Session-Token")
    assert send("auth/session", method="get", token=token).status_code == 410
    assert me(other).status_code == 200
    assert Session.objects.count() == 1


@pytest.mark.parametrize("token", ["made-up", "", "x" * 5000, "ñ"])
def test_a_token_that_leads_nowhere(token: str) -> None:
    answer = me(token)

    code = "session_expired" if token else "not_authenticated"
    assert (answer.status_code, answer.json()["code"]) == (401, code)


def test_an_expired_token_leads_nowhere(ada: User) -> None:
    token = token_of(ada)
    Session.objects.update(expire_date=NOON)

    assert me(token).json() == EXPIRED


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.DELETED])
def test_a_token_ends_with_its_account(ada: User, status: UserStatus) -> None:
    token = token_of(ada)
    User.objects.update(status=status)

    assert me(token).json() == EXPIRED
    assert send("auth/session", method="get", token=token).status_code == 401


def test_who_is_signed_in_does_not_sign_in_or_up_again(ada: User) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD, "code": "00000000"}

    statuses = [send(f"auth/{door}", body, token=token_of(ada)).status_code for door in ("login", "email")]

    assert statuses == [409, 409]


def test_a_new_password_signs_other_devices_out(ada: User) -> None:
    here, there = token_of(ada), token_of(ada)
    User.objects.update(reward_points=7)
    wish = {"current_password": PASSWORD, "new_password": "five ripe plantains"}

    refused = send("account/password/change", {**wish, "current_password": "wrong"}, token=here)
    changed = send("account/password/change", wish, token=here)

    ada.refresh_from_db()
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "enter_current_password")
    assert (changed.status_code, ada.check_password("five ripe plantains"), ada.reward_points) == (200, True, 7)
    assert [me(token).status_code for token in (token_in(changed), here, there)] == [200, 401, 401]
    assert send("account/password/change", wish).status_code == 401


def test_a_token_is_no_cookie_of_the_back_office() -> None:
    staff = UserFactory.create(is_staff=True, is_superuser=True)
    office, thief, token = Client(), Client(), token_of(staff)
    page = reverse("admin:commerce_user_changelist")

    thief.cookies["zuka_session"] = token
    office.force_login(staff)
    cookie = office.cookies["zuka_session"].value

    assert (thief.get(page).status_code, office.get(page).status_code) == (302, 200)
    assert (me(token).status_code, me(cookie).json()) == (200, EXPIRED)
    assert office.get("/api/v1/me/").status_code == 401
    assert Session.objects.filter(pk=token).count() == 0


def test_what_we_do_ourselves_is_not_mounted() -> None:
    paths = ("account/email", "account/phone", "auth/password/request", "auth/password/reset", "auth/email/verify")

    assert [send(path, {}).status_code for path in paths] == [404] * 5
    assert send("config", method="get").json()["data"]["account"]["login_methods"] == ["email"]
