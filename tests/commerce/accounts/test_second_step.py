"""Signing in with a second step: linking an app, its codes, recovery codes, unlinking; the back office too."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from commerce.accounts.adapter.factors import FactorAdapter
from commerce.accounts.models import User
from commerce.accounts.services import close_account, register_customer
from tests.commerce.accounts.doors import PASSWORD, api, code_sent, mails, send, sign_in, token_in, token_of
from tests.commerce.factories import NOON
from zuka.platform.actor import Actor
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db
TOTP, RECOVERY = "account/authenticators/totp", "account/authenticators/recovery-codes"


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    """Let a code be what the app shows until the test is over."""
    with time_machine.travel(now(), tick=False):
        yield


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password and a confirmed e-mail."""
    user = register_customer(email="ada@example.com", password=PASSWORD, name="Ada", at=NOON, actor=Actor())
    User.objects.update(email_verified_at=NOON)
    return user


def code_of(secret: str) -> str:
    """Return what an app shows now."""
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def prove(token: str) -> Any:
    return send("auth/reauthenticate", {"password": PASSWORD}, token=token)


def link(token: str) -> str:
    """Link an app and return its secret."""
    assert prove(token).status_code == 200
    secret = send(TOTP, method="get", token=token).json()["meta"]["secret"]
    assert send(TOTP, {"code": code_of(secret)}, token=token).status_code == 200
    cache.clear()  # a code is good once, and the test has one every thirty seconds
    return str(secret)


def half_in() -> str:
    """Sign in by password and return the token of the sign-in that is not finished."""
    answer = sign_in()
    flows = [each["id"] for each in answer.json()["data"]["flows"] if each.get("is_pending")]
    assert (answer.status_code, flows) == (401, ["mfa_authenticate"])
    return token_in(answer)


def test_a_linked_app_is_asked_for_at_the_next_sign_in(ada: User, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        secret = link(token_of(ada))
    assert mails() == [("account.second_step_on", "ada@example.com")]

    pending = half_in()
    assert api("get", "me/", token=pending).status_code == 401

    wrong = send("auth/2fa/authenticate", {"code": "000000"}, token=pending)
    right = send("auth/2fa/authenticate", {"code": code_of(secret)}, token=pending)

    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (400, "incorrect_code")
    assert (right.status_code, api("get", "me/", token=token_in(right)).status_code) == (200, 200)
    listed = api("get", "me/devices/", token=token_in(right)).json()["results"]
    assert sorted(row["is_current"] for row in listed) == [False, True]


def test_who_has_no_password_proves_it_by_the_app() -> None:
    user = register_customer(email="ada@example.com", at=NOON, actor=Actor())
    User.objects.update(email_verified_at=NOON)
    token = token_of(user)
    secret = send(TOTP, method="get", token=token).json()["meta"]["secret"]
    assert send(TOTP, {"code": code_of(secret)}, token=token).status_code == 200
    assert send(RECOVERY, method="get", token=token).status_code == 200

    with time_machine.travel(now() + timedelta(minutes=6), tick=False):
        assert send(TOTP, method="delete", token=token).status_code == 401
        wrong = send("auth/2fa/reauthenticate", {"code": "000000"}, token=token)
        right = send("auth/2fa/reauthenticate", {"code": code_of(secret)}, token=token)
        assert (wrong.status_code, right.status_code) == (400, 200)
        assert send(TOTP, method="delete", token=token).status_code == 200


def test_a_code_is_good_once(ada: User) -> None:
    secret = link(token_of(ada))
    code = code_of(secret)

    first = send("auth/2fa/authenticate", {"code": code}, token=half_in())
    second = send("auth/2fa/authenticate", {"code": code}, token=half_in())

    assert (first.status_code, second.status_code) == (200, 400)


def test_guesses_are_limited(ada: User) -> None:
    secret = link(token_of(ada))
    pending = half_in()

    codes = [
        send("auth/2fa/authenticate", {"code": "000000"}, token=pending).json()["errors"][0]["code"] for _ in range(6)
    ]

    assert codes[-1] == "too_many_login_attempts"
    assert send("auth/2fa/authenticate", {"code": code_of(secret)}, token=pending).status_code == 400


def test_a_recovery_code_lets_in_once(ada: User) -> None:
    token = token_of(ada)
    link(token)
    codes = send(RECOVERY, method="get", token=token).json()["data"]["unused_codes"]
    assert len(codes) == 10

    statuses = [send("auth/2fa/authenticate", {"code": codes[0]}, token=half_in()).status_code for _ in range(2)]

    assert statuses == [200, 400]
    assert send(RECOVERY, method="get", token=token).json()["data"]["unused_code_count"] == 9


def test_new_recovery_codes_replace_the_old_ones(ada: User, django_capture_on_commit_callbacks: Any) -> None:
    token = token_of(ada)
    link(token)
    old = send(RECOVERY, method="get", token=token).json()["data"]["unused_codes"]

    with django_capture_on_commit_callbacks(execute=True):
        new = send(RECOVERY, token=token).json()["data"]["unused_codes"]

    assert set(old) & set(new) == set()
    assert mails()[-1] == ("account.recovery_codes", "ada@example.com")


def test_unlinking_ends_the_second_step(ada: User) -> None:
    token = token_of(ada)
    link(token)

    assert send(TOTP, method="delete", token=token).status_code == 200

    assert (sign_in().status_code, Authenticator.objects.count()) == (200, 0)
    assert mails()[-1] == ("account.second_step_off", "ada@example.com")


@pytest.mark.parametrize(("path", "method"), [(TOTP, "delete"), (RECOVERY, "get"), (RECOVERY, "post")])
def test_what_weakens_it_needs_the_password_again(ada: User, path: str, method: str) -> None:
    link(token_of(ada))

    answer = send(path, method=method, token=token_of(ada))

    assert (answer.status_code, "reauthenticate" in answer.content.decode()) == (401, True)
    assert Authenticator.objects.count() == 2


def test_linking_needs_the_password_again(ada: User) -> None:
    token = token_of(ada)
    secret = send(TOTP, method="get", token=token).json()["meta"]["secret"]

    assert send(TOTP, {"code": code_of(secret)}, token=token).status_code == 401
    assert send("auth/reauthenticate", {"password": "wrong"}, token=token).status_code == 400
    assert Authenticator.objects.count() == 0


def test_an_account_that_confirmed_nothing_links_no_app(ada: User) -> None:
    User.objects.update(email_verified_at=None)
    token = token_of(ada)
    prove(token)

    answers = [send(TOTP, method="get", token=token), send(TOTP, {"code": "000000"}, token=token)]

    assert [(each.status_code, each.json()["errors"][0]["code"]) for each in answers] == [(409, "unverified_email")] * 2


def test_secrets_are_kept_in_a_box_that_outlives_a_new_key(ada: User, settings: Any) -> None:
    secret = link(token_of(ada))
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 5

    assert FactorAdapter().decrypt(kept) == secret


def test_the_first_proof_of_an_e_mail_takes_a_stranger_s_second_step_away(ada: User) -> None:
    link(token_of(ada))
    User.objects.update(email_verified_at=None, phone="+2348031234567", phone_verified_at=NOON)
    api("post", "password-resets/", {"email": "ada@example.com"})
    said = {"email": "ada@example.com", "code": code_sent("ada@example.com"), "password": "seven green mangoes"}

    assert api("post", "password-resets/confirm/", said).status_code == 204

    assert (Authenticator.objects.count(), User.objects.get().phone_verified_at) == (0, None)
    assert sign_in(password="seven green mangoes").status_code == 200


def test_a_new_password_leaves_the_owner_s_second_step(ada: User) -> None:
    link(token_of(ada))
    api("post", "password-resets/", {"email": "ada@example.com"})
    said = {"email": "ada@example.com", "code": code_sent("ada@example.com"), "password": "seven green mangoes"}
    api("post", "password-resets/confirm/", said)

    assert (Authenticator.objects.count(), sign_in(password="seven green mangoes").status_code) == (2, 401)


def test_a_closed_account_leaves_none(ada: User) -> None:
    link(token_of(ada))

    close_account(user=ada, at=NOON)

    assert Authenticator.objects.count() == 0


# --- the back office ---


def office(code: str | None = None, *, password: str = PASSWORD) -> Any:
    """Sign in to the back office and return the answer."""
    said = {"username": "ada@example.com", "password": password, **({} if code is None else {"code": code})}
    return Client().post(reverse("admin:login"), said)


def test_staff_with_an_app_need_its_code_in_the_back_office(ada: User) -> None:
    User.objects.update(is_staff=True)
    assert office().status_code == 302
    secret = link(token_of(ada))

    refused = [office(), office(""), office("000000")]

    assert [each.status_code for each in refused] == [200] * 3
    assert "Type the code that your app shows now." in refused[0].content.decode()
    assert "Code of your app" in refused[0].content.decode()
    assert office(code_of(secret)).status_code == 302


def test_guesses_at_the_back_office_are_counted_with_those_of_the_shop(ada: User) -> None:
    User.objects.update(is_staff=True)
    assert [office().status_code for _ in range(6)] == [302] * 6  # right ones are not

    wrong = [office(password="wrong").content.decode() for _ in range(5)]
    late = office().content.decode()

    refusal = "Too many failed login attempts"
    assert ([refusal in each for each in wrong], refusal in late) == ([False] * 5, True)
    assert refusal in sign_in().content.decode()


def test_a_customer_s_code_opens_no_back_office(ada: User) -> None:
    secret = link(token_of(ada))

    assert office(code_of(secret)).status_code == 200


def test_staff_take_a_lost_second_step_away_and_see_no_secret(ada: User, staff_client: Client) -> None:
    secret = link(token_of(ada))
    url = reverse("admin:commerce_user_change", args=[ada.pk])

    page = staff_client.get(url).content.decode()

    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert ("TOTP Authenticator" in page, secret in page, kept in page) == (True, False, False)
    assert "authenticator_set-0-DELETE" in page
