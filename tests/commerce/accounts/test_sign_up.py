from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.signals import user_logged_in
from django.test import Client

from analytics.store.models import Event
from commerce.accounts.models import User, UserStatus
from tests.commerce.accounts.doors import (
    PASSWORD,
    PREFIX,
    ask_by_email,
    code_sent,
    problem,
    send,
    sign_in,
    sign_up,
    token_in,
)
from tests.commerce.conftest import Facts
from tests.commerce.factories import UserFactory

pytestmark = pytest.mark.django_db
VISIT = {"X-Zuka-Visitor": "visitor-1", "X-Zuka-Session": "session-1"}


def tracked(event_type: str) -> list[dict[str, Any]]:
    return [event.properties for event in Event.objects.filter(event_type=event_type)]


def test_sign_up_makes_an_account_and_signs_it_in() -> None:
    answer = sign_up("Ada@Example.com")

    user = User.objects.get()
    assert (user.email, user.name, user.auth_provider, user.is_staff) == ("Ada@example.com", "Ada Obi", "email", False)
    assert user.email_verified_at is not None
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
    ("said", "param", "code"),
    [
        ({"email": "ada"}, "email", "invalid"),
        ({"email": ""}, "email", "required"),
        ({"email": f"{'x' * 250}@example.com"}, "email", "max_length"),
        ({"code": ""}, "code", "required"),
        ({"code": "00000000"}, "code", "wrong_code"),
        ({"name": "x" * 201}, "name", "max_length"),
        ({"name": "a\x00b"}, "name", "null_characters_not_allowed"),
        ({"password": "x" * 129}, "password", "max_length"),
        ({"password": "sale"}, "password", "weak_password"),
        ({"password": "password1"}, "password", "weak_password"),
        ({"password": "8649173520"}, "password", "weak_password"),
        ({"password": "adaobi77"}, "password", "weak_password"),
    ],
)
def test_sign_up_refuses_and_leaves_the_code_as_it_was(said: dict[str, str], param: str, code: str) -> None:
    ask_by_email("adaobi77@example.com")
    right = {"email": "adaobi77@example.com", "code": code_sent("adaobi77@example.com")}

    status, found = problem(send("auth/email", right | said))

    assert (status, found["param"], found["code"]) == (400, param, code)
    assert (User.objects.count(), Event.objects.count()) == (0, 0)
    assert send("auth/email", right).status_code == 200


@pytest.mark.parametrize(("said", "wants"), [({}, False), ({"accepts_marketing": True}, True)])
def test_what_is_not_said_is_not_written(said: dict[str, bool], *, wants: bool) -> None:
    ask_by_email()
    send("auth/email", {"email": "ada@example.com", "code": code_sent("ada@example.com"), **said})

    user = User.objects.get()
    assert (user.name, user.accepts_marketing, user.has_usable_password()) == ("", wants, False)


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
@pytest.mark.parametrize("body", [{}, {"email": "taken@example.com"}, {"email": "free@example.com"}])
def test_nobody_signs_up_by_password_and_the_answer_says_how_instead(method: str, body: dict[str, str]) -> None:
    UserFactory.create(email="taken@example.com")

    answer = send("auth/signup", {**body, "password": PASSWORD} if body else None, method=method)

    status, found = problem(answer)
    assert (status, found["code"], found["param"]) == (403, "sign_up_by_code", None)
    assert "POST /api/v1/email-sign-ins/" in found["message"]
    assert User.objects.count() == 1


def test_who_is_not_signed_in_is_not_told_to_sign_up_there() -> None:
    flows = send("auth/session", method="get").json()["data"]["flows"]
    config = send("config", method="get").json()["data"]["account"]

    assert ([each["id"] for each in flows], config["is_open_for_signup"]) == (["login"], False)


@pytest.mark.parametrize("body", ["[", "[]", '"text"', "\xff"])
def test_what_is_no_json_object_is_refused(body: str) -> None:
    answer = Client().post(PREFIX + "auth/email", body, content_type="application/json")

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


@pytest.mark.parametrize("path", ["auth/email", "auth/login"])
@pytest.mark.parametrize(
    "body",
    ['{"password": "\\ud800abcdefgh1"}', '{"name": "\\ud800"}', '{"email": ' + "9" * 5000 + "}", "[" * 100_000, "{"],
    ids=["half a character", "half a name", "a huge number", "too deep", "broken"],
)
def test_json_that_cannot_be_read_is_the_client_s_mistake(path: str, body: str) -> None:
    answer = Client().post(f"{PREFIX}{path}", data=body, content_type="application/json")
    assert (answer.status_code, answer.json()["status"], answer.json()["errors"][0]["code"]) == (400, 400, "invalid")
