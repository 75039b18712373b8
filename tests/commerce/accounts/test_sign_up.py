from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.signals import user_logged_in
from django.test import Client

from analytics.store.models import Event
from commerce.accounts.models import User, UserStatus
from tests.commerce.accounts.doors import PASSWORD, PREFIX, send, sign_in, sign_up, token_in
from tests.commerce.conftest import Facts
from tests.commerce.factories import UserFactory, in_threads

pytestmark = pytest.mark.django_db
VISIT = {"X-Zuka-Visitor": "visitor-1", "X-Zuka-Session": "session-1"}


def tracked(event_type: str) -> list[dict[str, Any]]:
    return [event.properties for event in Event.objects.filter(event_type=event_type)]


def test_sign_up_makes_an_account_and_signs_it_in() -> None:
    answer = sign_up("Ada@Example.com")

    user = User.objects.get()
    assert (user.email, user.name, user.auth_provider, user.is_staff) == ("ada@example.com", "Ada Obi", "email", False)
    assert user.check_password(PASSWORD) is True
    assert user.password.startswith("argon2")
    assert answer.json()["data"]["user"] == {
        "id": str(user.pk),
        "display": "Ada Obi",
        "email": "ada@example.com",
        "has_usable_password": True,
    }
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    me = Client().get("/api/v1/me/", headers={"X-Session-Token": token_in(answer)})
    assert (me.status_code, me.json()["id"]) == (200, str(user.pk))


def test_sign_up_is_tracked_once_and_is_no_sign_in(facts: Facts) -> None:
    sign_up(**VISIT)

    user = User.objects.get()
    assert [(fact["user_id"], fact["visitor_id"], fact["session_id"]) for fact in facts("user.created")] == [
        (str(user.pk), "visitor-1", "session-1")
    ]
    assert facts("user.logged_in") == []
    assert [event.message_id for event in Event.objects.all()] == [f"user.created:{user.pk}"]


@pytest.mark.parametrize(
    ("headers", "source", "platform"),
    [
        ({}, "web", "web"),
        ({"X-Zuka-Campaign": "utm_source=instagram&utm_medium=social"}, "web", "web"),
        ({"X-Zuka-Campaign": "utm_source=google&utm_medium=CPC"}, "ads", "web"),
        ({"X-Zuka-Campaign": "utm_medium=paid_social", "X-Zuka-Platform": "android"}, "ads", "android"),
        ({"X-Zuka-Campaign": "utm_medium=cpc&utm_campaign=eid", "X-Zuka-Platform": "iOS"}, "campaign", "ios"),
        ({"X-Zuka-Platform": "server"}, "web", "web"),
    ],
)
def test_where_a_sign_up_came_from(headers: dict[str, str], source: str, platform: str) -> None:
    sign_up(**VISIT, **headers)

    user = User.objects.get()
    assert (user.signup_source, user.signup_platform) == (source, platform)
    assert tracked("user.created") == [
        {
            "user_id": str(user.pk),
            "source": source,
            "platform": platform,
            "country": None,
            "referrer_id": None,
        }
    ]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"email": "TAKEN@example.com", "password": PASSWORD}, [("email", "email_taken")]),
        ({"email": "ada", "password": PASSWORD}, [("email", "invalid")]),
        ({"password": PASSWORD}, [("email", "required")]),
        ({"email": "ada@example.com"}, [("password", "required")]),
        ({"email": "ada@example.com", "password": "sale"}, [("password", "password_too_short")]),
        ({"email": "ada@example.com", "password": "password1"}, [("password", "password_too_common")]),
        ({"email": "ada@example.com", "password": "8649173520"}, [("password", "password_entirely_numeric")]),
        ({"email": "adaobi77@example.com", "password": "adaobi77"}, [("password", "password_too_similar")]),
        ({"email": "a@example.com", "password": PASSWORD, "name": "x" * 201}, [("name", "max_length")]),
        ({"email": "a@example.com", "password": PASSWORD, "name": "a\x00b"}, [("name", "null_characters_not_allowed")]),
        ({"email": f"{'x' * 250}@example.com", "password": PASSWORD}, [("email", "max_length")]),
        ({}, [("email", "required"), ("password", "required")]),
    ],
)
def test_sign_up_refuses(body: dict[str, str], problems: list[tuple[str, str]]) -> None:
    UserFactory.create(email="Taken@example.com")

    answer = send("auth/signup", body)

    said = {(each["param"], each["code"]) for each in answer.json()["errors"]}
    assert (answer.status_code, said >= set(problems)) == (400, True), said
    assert {param for param, _ in said} == {param for param, _ in problems}
    assert (User.objects.count(), Event.objects.count()) == (1, 0)


@pytest.mark.parametrize("body", ["[", "[]", '"text"', "\xff"])
def test_what_is_no_json_object_is_refused(body: str) -> None:
    answer = Client().post(PREFIX + "auth/signup", body, content_type="application/json")

    assert answer.status_code == 400


def test_the_email_of_a_deleted_account_is_free() -> None:
    UserFactory.create(email="ada@example.com", status=UserStatus.DELETED)

    assert sign_up().status_code == 200
    assert User.objects.filter(email="ada@example.com").count() == 2


def test_an_email_is_kept_in_the_account_alone() -> None:
    sign_up()
    sign_in()

    assert EmailAddress.objects.count() == 0


def test_who_listens_to_sign_ins_gets_the_request() -> None:
    heard = []

    def listen(request: Any, user: User, **_rest: Any) -> None:
        heard.append((request.headers.get("X-Zuka-Cart"), user.email))

    user_logged_in.connect(listen)
    try:
        sign_up(**{"X-Zuka-Cart": "cart-1"})
        sign_in(**{"X-Zuka-Cart": "cart-2"})
    finally:
        user_logged_in.disconnect(listen)

    assert heard == [("cart-1", "ada@example.com"), ("cart-2", "ada@example.com")]


def test_sign_ups_from_one_address_are_limited() -> None:
    statuses = [send("auth/signup", {}).status_code for _ in range(21)]

    assert statuses == [400] * 20 + [429]


@pytest.mark.django_db(transaction=True)
def test_one_email_in_five_threads_is_one_account() -> None:
    statuses = in_threads(5, lambda: sign_up().status_code)

    assert sorted(statuses) == [200, 400, 400, 400, 400]
    assert User.objects.count() == 1
    assert len(tracked("user.created")) == 1


@pytest.mark.parametrize("path", ["auth/signup", "auth/login"])
@pytest.mark.parametrize(
    "body",
    ['{"password": "\\ud800abcdefgh1"}', '{"name": "\\ud800"}', '{"email": ' + "9" * 5000 + "}", "[" * 100_000, "{"],
    ids=["half a character", "half a name", "a huge number", "too deep", "broken"],
)
def test_json_that_cannot_be_read_is_the_client_s_mistake(path: str, body: str) -> None:
    answer = Client().post(f"{PREFIX}{path}", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["status"], answer.json()["errors"][0]["code"]) == (400, 400, "invalid")
