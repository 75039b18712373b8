from __future__ import annotations

from typing import Any

import pytest

from commerce.accounts.models import User
from commerce.accounts.services import NoContact, change_profile
from tests.commerce.accounts.doors import call
from tests.commerce.factories import NOON, UserFactory, in_threads

pytestmark = pytest.mark.django_db


def test_a_customer_reads_their_account(alice: User) -> None:
    User.objects.update(created_at=NOON)

    answer = call(alice, "get", "me/")

    assert answer.json() == {
        "id": str(alice.pk),
        "email": "alice@example.com",
        "is_email_confirmed": False,
        "phone": None,
        "is_phone_confirmed": False,
        "has_password": True,
        "name": "Alice",
        "gender_preference": None,
        "accepts_marketing": False,
        "signed_up_at": "2026-03-10T12:00:00+01:00",
    }
    assert answer["Cache-Control"] == "private, no-store"


def test_guests_have_no_account() -> None:
    answers = [call(None, method, "me/") for method in ("get", "patch")]

    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(401, "not_authenticated")] * 2


def test_a_customer_changes_what_is_theirs_to_change(alice: User) -> None:
    wish = {
        "name": "Alice Bello",
        "phone": "0803 123 4567",
        "gender_preference": "women",
        "accepts_marketing": True,
        "email": "other@example.com",
        "is_staff": True,
        "reward_points": 1000,
    }

    answer = call(alice, "patch", "me/", wish)

    alice.refresh_from_db()
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in list(wish)[:4]} == {**dict(list(wish.items())[:4])} | {
        "phone": "+2348031234567"
    }
    assert (alice.name, alice.phone, alice.gender_preference, alice.accepts_marketing) == (
        "Alice Bello",
        "+2348031234567",
        "women",
        True,
    )
    assert (alice.email, alice.is_staff, alice.reward_points) == ("alice@example.com", False, 0)


def test_what_is_not_sent_stays(alice: User) -> None:
    call(alice, "patch", "me/", {"phone": "08031234567", "accepts_marketing": True})
    User.objects.update(phone_verified_at=NOON)

    call(alice, "patch", "me/", {"name": "Ali", "phone": "+234 803 123 4567"})
    alice.refresh_from_db()
    same = (alice.name, alice.phone, alice.accepts_marketing, alice.phone_verified_at)
    call(alice, "patch", "me/", {"phone": None, "gender_preference": None})
    alice.refresh_from_db()

    assert same == ("Ali", "+2348031234567", True, NOON)
    assert (alice.phone, alice.phone_verified_at, alice.name) == (None, None, "Ali")


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"phone": "08030000000"}, 409, "account_taken", "phone"),
        ({"phone": "call me"}, 400, "invalid_phone", "phone"),
        ({"gender_preference": "cats"}, 400, "invalid_choice", "gender_preference"),
        ({"name": "x" * 201}, 400, "max_length", "name"),
        ({"accepts_marketing": "perhaps"}, 400, "invalid", "accepts_marketing"),
    ],
)
def test_a_refused_change_names_its_field(
    alice: User, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    UserFactory.create(phone="+2348030000000")

    answer = call(alice, "patch", "me/", {"accepts_marketing": True, **body})

    alice.refresh_from_db()
    assert (answer.status_code, answer.json()["code"], answer.json()["field"]) == (status, code, field)
    assert (alice.phone, alice.accepts_marketing) == (None, False)


def test_an_account_keeps_one_way_to_be_reached(db: None) -> None:
    user = UserFactory.create(email=None, phone="+2348031234567")

    with pytest.raises(NoContact):
        change_profile(user=user, changes={"phone": None})


@pytest.mark.django_db(transaction=True)
def test_one_phone_in_five_threads_is_one_customers() -> None:
    users = iter(UserFactory.create_batch(5))

    answers = in_threads(5, lambda: call(next(users), "patch", "me/", {"phone": "08031234567"}).status_code)

    assert sorted(answers) == [200, 409, 409, 409, 409]
    assert User.objects.filter(phone="+2348031234567").count() == 1
