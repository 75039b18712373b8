"""Setting a new password by a mailed code, which says nothing about who has an account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.models import DeviceSession, OneTimeCode, User, UserStatus
from commerce.accounts.services import register_customer
from tests.commerce.accounts.doors import JSON, PASSWORD, api, code_sent, mails, sign_in, token_of
from tests.commerce.accounts.test_email_proof import WRONG
from tests.commerce.factories import NOON, UserFactory, in_threads
from zuka.platform.actor import Actor
from zuka.platform.mail.models import OutgoingMail

pytestmark = pytest.mark.django_db
NEW = "seven green mangoes"


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password."""
    return register_customer(email="ada@example.com", password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor())


def ask(email: str = "ada@example.com") -> Any:
    return api("post", "password-resets/", {"email": email})


def reset(code: str, *, email: str = "ada@example.com", password: str = NEW) -> Any:
    return api("post", "password-resets/confirm/", {"email": email, "code": code, "password": password})


def test_a_new_password_by_mail_signs_every_device_out_and_proves_the_e_mail(ada: User) -> None:
    token = token_of(ada)
    assert ask("ADA@example.com").status_code == 202
    # As the account has it: to some servers another spelling is another person.
    assert mails() == [("account.password_code", "ada@example.com")]

    answer = reset(code_sent("ada@example.com"), email="ADA@example.com")

    ada.refresh_from_db()
    assert (answer.status_code, answer.content, ada.check_password(NEW)) == (204, b"", True)
    assert ada.email_verified_at is not None
    assert (api("get", "me/", token=token).status_code, Session.objects.count()) == (401, 0)
    assert [each.revoked_because for each in DeviceSession.objects.all()] == ["password"]
    assert mails()[1:] == [("account.password_changed", "ada@example.com")]
    assert (sign_in(password=PASSWORD).status_code, sign_in(password=NEW).status_code) == (400, 200)


@pytest.mark.parametrize("status", [None, UserStatus.SUSPENDED, UserStatus.DELETED])
def test_the_answer_and_the_work_are_the_same_without_an_account(ada: User, status: UserStatus | None) -> None:
    if status:
        UserFactory.create(email="nobody@example.com", status=status)
    with CaptureQueriesContext(connection) as known:
        answer = ask()
    with CaptureQueriesContext(connection) as unknown:
        other = ask("nobody@example.com")

    del answer.headers["X-Request-ID"], other.headers["X-Request-ID"]
    assert (other.status_code, other.content, other.headers) == (answer.status_code, answer.content, answer.headers)
    assert statements(known) == statements(unknown)
    assert [mail.recipient for mail in OutgoingMail.objects.all()] == ["ada@example.com"]
    assert OneTimeCode.objects.count() == 2


def statements(found: CaptureQueriesContext) -> list[str]:
    """What was read and written, table by table; the mail to nobody is written too, and then given up."""
    texts = [re.sub(r"'[^']*'|\b\d+\b", "?", each["sql"]) for each in found]
    return [" ".join(each.split()[:3]) for each in texts if "SAVEPOINT" not in each]


def test_a_stranger_at_one_address_uses_up_neither_the_codes_nor_the_guesses_of_another(ada: User) -> None:
    asked = [ask().status_code for _ in range(4)]
    guessed = [reset("00000000").status_code for _ in range(5)]
    assert (asked, guessed) == ([202] * 3 + [429], [400] * 4 + [429])

    said = {"email": "Ada@example.com", "code": code_sent("ada@example.com"), "password": NEW}
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    for path, status in (("password-resets/", 202), ("password-resets/confirm/", 204)):
        assert elsewhere.post(f"/api/v1/{path}", said, content_type=JSON).status_code == status


def test_limits_are_the_same_without_an_account(ada: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}

    known = [ask().status_code for _ in range(6)]
    unknown = [ask("nobody@example.com").status_code for _ in range(6)]

    assert known == unknown == [202] * 5 + [429]


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
def test_a_wrong_code_is_refused_alike(ada: User, email: str) -> None:
    ask(email)

    answer = reset("00000000", email=email)

    assert (answer.status_code, answer.json()) == (400, WRONG)


@pytest.mark.parametrize("status", [UserStatus.SUSPENDED, UserStatus.DELETED])
def test_a_code_ends_with_its_account(ada: User, status: UserStatus) -> None:
    ask()
    User.objects.update(status=status)

    assert reset(code_sent("ada@example.com")).json() == WRONG


def test_a_code_ends_when_the_account_has_another_e_mail(ada: User) -> None:
    ask()
    User.objects.update(email="new@example.com")

    assert reset(code_sent("ada@example.com")).json() == WRONG


@pytest.mark.parametrize(
    ("password", "code"),
    [("short", "min_length"), ("password1", "weak_password"), ("ada@example.com", "weak_password")],
)
def test_a_weak_password_leaves_the_code_as_it_was(ada: User, password: str, code: str) -> None:
    ask()
    mailed = code_sent("ada@example.com")

    refused = reset(mailed, password=password)

    assert (refused.status_code, refused.json()["code"], refused.json()["field"]) == (400, code, "password")
    assert reset(mailed).status_code == 204


def test_a_code_of_another_purpose_is_refused(ada: User) -> None:
    api("post", "me/email/", token=token_of(ada))
    ask()
    OneTimeCode.objects.filter(purpose="password").delete()
    (mail,) = OutgoingMail.objects.filter(template="account.email_code")

    assert reset(next(word for word in mail.text.split() if word.isdigit())).json() == WRONG


@pytest.mark.django_db(transaction=True)
def test_one_code_in_six_threads_sets_one_password(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {}
    UserFactory.create(email="ada@example.com")
    ask()
    code = code_sent("ada@example.com")

    statuses = in_threads(6, lambda: reset(code).status_code)

    assert sorted(statuses) == [204] + [400] * 5
    assert mails("account.password_changed") == [("account.password_changed", "ada@example.com")]


def test_the_back_office_shows_no_code(ada: User, staff_client: Client) -> None:
    ask()
    mail = OutgoingMail.objects.get()

    page = staff_client.get(reverse("admin:platform_outgoingmail_change", args=[mail.pk]))

    assert code_sent("ada@example.com") not in page.content.decode()
    assert "only its recipient may read" in page.content.decode()
