from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError

from commerce.accounts.models import SignupPlatform, SignupSource, User, UserStatus
from commerce.accounts.services import AccountTaken, InvalidPhone, read_phone, register_customer
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db
NOBODY = Actor(visitor_id="visitor-1", session_id="session-1")


def test_register_customer_creates_an_account_that_can_sign_in() -> None:
    user = register_customer(email="Ada@Example.com", password="a long password", name="Ada", at=NOON, actor=NOBODY)

    user.refresh_from_db()
    assert (user.email, user.name, user.status, user.is_staff, user.created_at) == (
        "Ada@example.com",
        "Ada",
        UserStatus.ACTIVE,
        False,
        NOON,
    )
    assert authenticate(username="ADA@EXAMPLE.COM", password="a long password") == user


def test_register_customer_tracks_user_created(facts: Facts) -> None:
    user = register_customer(
        phone="0803 123 4567",
        source=SignupSource.REFERRAL,
        platform=SignupPlatform.ANDROID,
        country="NG",
        at=NOON,
        actor=NOBODY,
    )

    assert user.phone == "+2348031234567"
    assert facts("user.created") == [
        {
            "user_id": str(user.pk),
            "visitor_id": "visitor-1",
            "session_id": "session-1",
            "order_ref": None,
            "value_kobo": None,
            "occurred_at": NOON,
        }
    ]


def test_register_customer_refuses_a_taken_email_in_any_case() -> None:
    UserFactory.create(email="ada@example.com")

    with pytest.raises(AccountTaken):
        register_customer(email="ADA@example.com", at=NOON, actor=NOBODY)

    assert User.objects.count() == 1


def test_a_deleted_account_frees_its_email() -> None:
    UserFactory.create(email="ada@example.com", status=UserStatus.DELETED)

    user = register_customer(email="ada@example.com", at=NOON, actor=NOBODY)

    assert User.objects.get_by_natural_key("ada@example.com") == user


def test_a_suspended_account_cannot_sign_in() -> None:
    user = User.objects.create_user("ada@example.com", "a long password", status=UserStatus.SUSPENDED)

    assert user.is_active is False
    assert authenticate(username="ada@example.com", password="a long password") is None


@pytest.mark.parametrize(
    ("raw", "phone"),
    [("+2348031234567", "+2348031234567"), ("0803-123-4567", "+2348031234567"), ("+44 20 7946 0958", "+442079460958")],
)
def test_read_phone(raw: str, phone: str) -> None:
    assert read_phone(raw) == phone


@pytest.mark.parametrize("raw", ["", "12345", "+0123456789", "call me", "+234803123456789012"])
def test_read_phone_refuses(raw: str) -> None:
    with pytest.raises(InvalidPhone):
        read_phone(raw)


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"email": None, "phone": None}, "user_email_or_phone"),
        ({"phone": "08031234567"}, "user_phone_e164"),
        ({"country": "Nigeria"[:2]}, "user_country_iso"),
        ({"status": "gone"}, "user_status"),
        ({"auth_provider": "myspace"}, "user_auth_provider"),
        ({"reward_points": -1}, "user_reward_points_not_negative"),
    ],
)
def test_the_database_refuses(columns: dict[str, object], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint):
        UserFactory.create(**columns)


def test_the_database_refuses_a_taken_phone() -> None:
    UserFactory.create(phone="+2348031234567")

    with pytest.raises(IntegrityError, match="user_phone_unique"):
        UserFactory.create(phone="+2348031234567")
