"""What is kept of a customer, by their own hand: a copy of it, and being erased."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from commerce.accounts.models import OneTimeCode, User
from commerce.accounts.services import AccountClosed, ask_to_be_erased, close_account, register_customer
from tests.commerce.accounts.doors import PASSWORD, api, code_sent, mails, token_of
from tests.commerce.factories import NOON, UserFactory, make_order
from zuka.platform.actor import Actor
from zuka.platform.audit.models import AuditEntry
from zuka.platform.clock import now
from zuka.platform.mail.models import MailStatus, OutgoingMail
from zuka.platform.personal_data.erasing import erase_people
from zuka.platform.personal_data.exporting import write_exports
from zuka.platform.personal_data.files import files_folder
from zuka.platform.personal_data.models import DataExport, ErasureRequest

pytestmark = pytest.mark.django_db
COPIES, ERASURE = "me/data/", "me/erasure/"
SURE = {"password": PASSWORD, "confirm": "erase everything"}
LAST_MAIL = ("account.erasure_asked", "ada@example.com")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    """Where the shop keeps files."""
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password."""
    return register_customer(email="ada@example.com", password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor())


def copy_of(user: User, **columns: Any) -> DataExport:
    """A copy that was made, without its file."""
    made = {"status": "done", "file_name": "x.zip", "size": 10, "expires_at": now() + timedelta(days=7)}
    facts: dict[str, Any] = {"subject_hash": "h", "asked_by": "owner", "owner": user, "created_at": now()}
    return DataExport.objects.create(**facts, **{**made, **columns})


def deeds() -> list[tuple[str, str, str, UUID | None]]:
    """Return what the audit log says was done with people's data, and by whom."""
    rows = AuditEntry.objects.filter(action__startswith="person.").order_by("id")
    return [(each.action, each.actor_kind, each.actor_id, each.person_id) for each in rows]


def said(answer: Any) -> tuple[int, str, str | None]:
    """Return an answer's refusal: status, code, field."""
    return answer.status_code, answer.json()["code"], answer.json().get("field")


def test_a_copy_is_asked_for_made_told_of_and_downloaded(ada: User) -> None:
    token = token_of(ada)
    asked, again = (api("post", COPIES, token=token) for _ in range(2))
    assert (asked.status_code, asked.json()["status"], again.json()) == (201, "waiting", asked.json())
    path = f"{COPIES}{asked.json()['id']}/file/"
    assert said(api("get", path, token=token)) == (409, "not_made", None)

    assert write_exports(at=now() + timedelta(seconds=1)) == 1

    (copy,) = api("get", COPIES, token=token).json()["results"]
    answer = api("get", path, token=token)
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer)))
    assert (copy["status"], copy["bytes"]) == ("done", DataExport.objects.get().size)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == ("application/zip", "private, no-store")
    assert b"ada@example.com" in packed.read("commerce-user.json")
    assert mails() == [("account.data_ready", "ada@example.com")]
    me = ("customer", str(ada.pk), ada.pk)
    assert deeds() == [("person.exported", *me), ("person.export_downloaded", *me)]


def test_a_list_takes_as_many_queries_for_three_copies_as_for_one(ada: User) -> None:
    token, counts = token_of(ada), []
    for more in (1, 2):
        for _ in range(more):
            copy_of(ada)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            counts.append((len(api("get", COPIES, token=token).json()["results"]), len(asked)))

    assert [rows for rows, _ in counts] == [1, 3]
    assert counts[0][1] == counts[1][1]


def test_a_file_is_its_owners_alone(ada: User) -> None:
    token = token_of(UserFactory.create())

    answer = api("get", f"{COPIES}{copy_of(ada).pk}/file/", token=token)

    assert (said(answer), api("get", COPIES, token=token).json()["results"]) == ((404, "not_found", None), [])


GONE: dict[str, tuple[dict[str, Any], tuple[int, str, None]]] = {
    "failed": ({"status": "failed", "file_name": "", "size": None, "expires_at": None}, (409, "not_made", None)),
    "dropped": ({"status": "expired", "file_name": "", "size": None}, (410, "file_gone", None)),
    "past its days": ({"expires_at": NOON - timedelta(days=900)}, (410, "file_gone", None)),
    "not on disk": ({}, (410, "file_gone", None)),
}


@pytest.mark.parametrize(("columns", "refusal"), GONE.values(), ids=GONE)
def test_a_copy_without_a_file_says_why(ada: User, columns: dict[str, Any], refusal: Any) -> None:
    copy = copy_of(ada, **columns)

    assert said(api("get", f"{COPIES}{copy.pk}/file/", token=token_of(ada))) == refusal


def test_guests_have_no_data_to_ask_for() -> None:
    doors = [
        ("get", COPIES),
        ("post", COPIES),
        ("get", f"{COPIES}{UUID(int=1)}/file/"),
        ("get", ERASURE),
        ("post", ERASURE),
    ]

    assert {api(method, path).status_code for method, path in doors} == {401}


def test_copies_are_limited_and_need_a_folder(ada: User, settings: Any) -> None:
    token = token_of(ada)
    settings.ACCOUNT_RATE_LIMITS = {"own_data": "2/h/key"}
    folder, settings.MEDIA_ROOT = settings.MEDIA_ROOT, ""
    answer = api("post", COPIES, token=token)
    assert (said(answer), "_ROOT" in answer.json()["message"]) == ((503, "no_folder", None), False)
    settings.MEDIA_ROOT = folder

    assert api("post", COPIES, token=token).status_code == 201
    assert said(api("post", COPIES, token=token)) == (429, "too_often", None)


WRONG: dict[str, tuple[dict[str, str], tuple[int, str, str]]] = {
    "no password": ({**SURE, "password": ""}, (400, "wrong_password", "password")),
    "a wrong one": ({**SURE, "password": "wrong"}, (400, "wrong_password", "password")),
    "a code instead": ({**SURE, "password": "", "code": "12345678"}, (400, "wrong_password", "password")),
    "not confirmed": ({"password": PASSWORD}, (400, "required", "confirm")),
    "not clearly": ({**SURE, "confirm": "yes"}, (400, "invalid_choice", "confirm")),
}


@pytest.mark.parametrize(("body", "refusal"), WRONG.values(), ids=WRONG)
def test_who_asks_to_be_erased_proves_it_and_means_it(ada: User, body: dict[str, str], refusal: Any) -> None:
    assert (said(api("post", ERASURE, body, token=token_of(ada))), ErasureRequest.objects.count()) == (refusal, 0)


def test_who_asks_is_told_by_a_last_mail_and_gone_once_it_has_left(ada: User) -> None:
    token, pk = token_of(ada), ada.pk
    assert api("get", ERASURE, token=token).status_code == 204
    asked = api("post", ERASURE, SURE, token=token)
    assert (asked.status_code, asked.json()["status"], asked.json()["note"]) == (202, "waiting", "")
    assert api("get", ERASURE, token=token).json() == asked.json()
    assert said(api("post", ERASURE, SURE, token=token)) == (409, "erasure_under_way", "person")
    assert (mails(), deeds()) == ([LAST_MAIL], [("person.erasure_asked", "customer", str(pk), pk)])

    soon = now() + timedelta(seconds=1)
    assert erase_people(at=soon) == 0
    assert ErasureRequest.objects.get().failure == "The mail that tells them of it has not left yet."
    assert (api("get", ERASURE, token=token).status_code, mails()) == (401, [LAST_MAIL]), "the account is gone first"

    OutgoingMail.objects.update(status=MailStatus.SENT, sent_at=now())
    assert erase_people(at=soon + timedelta(minutes=6)) == 1
    assert (ErasureRequest.objects.get().status, User.objects.filter(pk=pk).exists()) == ("done", False)
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.context, "Ada" in mail.text + mail.html) == ("", {}, False)


def test_a_last_mail_that_cannot_leave_is_not_waited_for_long(ada: User) -> None:
    ask_to_be_erased(user=ada, at=now() - timedelta(minutes=31))

    assert erase_people(at=now()) == 1
    assert (OutgoingMail.objects.get().status, mails()) == ("suppressed", [("account.erasure_asked", "")])


def test_an_open_order_is_named_and_the_code_stays_good() -> None:
    user = register_customer(email="ada@example.com", at=NOON, actor=Actor())
    token, order = token_of(user), make_order(user=user)
    api("post", "me/closing-code/", token=token)
    body = {"code": code_sent("ada@example.com"), "confirm": SURE["confirm"]}

    answer = api("post", ERASURE, body, token=token)

    sentence = f"Order {order.number} is still open: let it arrive, or cancel it first."
    assert (said(answer), answer.json()["message"]) == ((409, "not_erasable_yet", "order"), sentence)
    assert (ErasureRequest.objects.count(), mails("account.erasure_asked")) == (0, [])
    order.__class__.objects.update(status="cancelled")
    assert api("post", ERASURE, {**body, "code": "00000000"}, token=token).json()["code"] == "wrong_code"
    assert api("post", ERASURE, body, token=token).status_code == 202
    assert not OneTimeCode.objects.filter(used_at=None).exists()


def test_staff_are_refused_and_an_account_that_was_closed_meanwhile(ada: User) -> None:
    User.objects.update(is_staff=True)
    assert said(api("post", ERASURE, SURE, token=token_of(ada))) == (409, "not_erasable_yet", "person")
    User.objects.update(is_staff=False)
    close_account(user=User.objects.get(), at=NOON)

    with pytest.raises(AccountClosed):
        ask_to_be_erased(user=ada, at=NOON)


def test_who_has_no_e_mail_is_erased_without_one(folder: Path) -> None:
    user = UserFactory.create(email=None, phone="+2348031234567")
    api("post", COPIES, token=token_of(user))
    write_exports(at=now() + timedelta(seconds=1))
    ask_to_be_erased(user=user, at=now())

    assert (erase_people(at=now() + timedelta(seconds=1)), mails()) == (1, [])
    kept = files_folder()
    assert kept is not None
    assert list(kept.iterdir()) == [], "the copy goes too"
