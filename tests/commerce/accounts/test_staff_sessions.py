"""Sessions of the back office: rotated at the sign-in, ended when idle, proved again before money or rights move."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from commerce.orders.services import collect_cash
from commerce.payments.models import Payment, Refund
from tests.commerce.accounts.test_second_step import code_of
from tests.commerce.factories import UserFactory
from tests.commerce.orders.stories import STAFF, delivered
from tests.commerce.test_roles import change_person
from zuka.roles import OWNER, SUPPORT

pytestmark = pytest.mark.django_db
PASSWORD = "seven green mangoes"
HOME = "/admin/commerce/order/"


@pytest.fixture
def owner(db: None) -> User:
    """An owner with a password."""
    person: User = UserFactory.create(email="owner@example.com", is_staff=True)
    person.set_password(PASSWORD)
    person.save()
    person.groups.add(Group.objects.get(name=OWNER.name))
    return person


def sign_in(client: Client, **more: str) -> Any:
    return client.post(reverse("admin:login"), {"username": "owner@example.com", "password": PASSWORD, **more})


def later(minutes: int) -> Any:
    return time_machine.travel(time.time() + minutes * 60, tick=False)


def test_the_key_of_a_session_is_another_after_the_sign_in(client: Client, owner: User) -> None:
    client.get(reverse("admin:login"))
    session = client.session
    session["before"] = "kept"
    session.save()
    planted = session.session_key
    assert planted

    assert sign_in(client).status_code == 302

    assert client.session.session_key != planted
    assert (client.session["before"], client.session[SESSION_KEY]) == ("kept", str(owner.pk))
    assert not Session.objects.filter(session_key=planted).exists()


def test_who_was_away_signs_in_again_and_is_back_where_they_were(client: Client, owner: User, settings: Any) -> None:
    settings.STAFF_IDLE_MINUTES = 30
    sign_in(client)
    assert client.get(HOME).status_code == 200
    with later(29):
        assert client.get(HOME).status_code == 200
    with later(58):
        assert client.get(HOME).status_code == 200
    with later(89):
        answer = client.get(f"{HOME}?status__exact=placed")
        assert answer["Location"] == "/admin/login/?next=%2Fadmin%2Fcommerce%2Forder%2F%3Fstatus__exact%3Dplaced"
        assert SESSION_KEY not in client.session
        assert "You were away for a while" in client.get(answer["Location"]).content.decode()


@pytest.mark.parametrize(
    ("headers", "name", "where"),
    [
        ({"HX-Request": "true", "HX-Current-URL": f"http://testserver{HOME}?page=2"}, "HX-Redirect", f"{HOME}?page=2"),
        ({"Referer": f"http://testserver{HOME}"}, "Location", HOME),
        ({"Referer": "http://elsewhere.example/shop/"}, "Location", "/admin/"),
    ],
)
def test_a_dialog_or_form_leads_back_to_its_page(
    *, client: Client, owner: User, headers: dict[str, str], name: str, where: str
) -> None:
    sign_in(client)
    client.get(HOME)
    with later(61):
        answer = client.post(HOME, headers=headers)

    assert parse_qs(urlsplit(answer[name]).query) == {"next": [where]}


def test_without_a_limit_nobody_is_signed_out(client: Client, owner: User, settings: Any) -> None:
    settings.STAFF_IDLE_MINUTES = 0
    sign_in(client)
    with later(600):
        assert client.get(HOME).status_code == 200


def refund(client: Client, **more: str) -> Any:
    """Refund ₦1,000 of what was paid at the door, by the dialog."""
    payment = Payment.objects.get()
    body = {"_form_submitted": "True", "amount": "1000", "reason": "one button is missing", "request_key": str(uuid4())}
    return client.post(reverse("admin:commerce_payment_refund", args=[payment.pk]), {**body, **more})


def paid_at_the_door() -> None:
    collect_cash(order=delivered(1), **STAFF)


def test_a_refund_soon_after_the_sign_in_asks_nothing(client: Client, owner: User) -> None:
    paid_at_the_door()
    sign_in(client)
    with later(14):
        assert "HX-Redirect" in refund(client).headers
    assert Refund.objects.count() == 1


def test_a_refund_later_asks_for_the_password_and_keeps_what_was_filled_in(client: Client, owner: User) -> None:
    paid_at_the_door()
    sign_in(client)
    with later(16):
        asked = refund(client)
        assert ("Your password" in asked.content.decode(), "one button is missing" in asked.content.decode()) == (
            True,
            True,
        )
        wrong = refund(client, proof="guess").content.decode()
        assert ("That is not right. Try again." in wrong, PASSWORD in wrong, Refund.objects.count()) == (True, False, 0)

        assert "HX-Redirect" in refund(client, proof=PASSWORD).headers
        assert "HX-Redirect" in refund(client).headers

    assert Refund.objects.count() == 2


def test_guesses_are_limited(client: Client, owner: User) -> None:
    paid_at_the_door()
    sign_in(client)
    with later(16):
        for _ in range(5):
            refund(client, proof="guess")
        assert "Too many failed" in refund(client, proof=PASSWORD).content.decode()
    assert Refund.objects.count() == 0


def test_with_an_app_its_code_is_asked_for(client: Client, owner: User) -> None:
    paid_at_the_door()
    secret = generate_totp_secret()
    TOTP.activate(owner, secret)
    sign_in(client, code=code_of(secret))
    with later(20):
        assert "Code of your app" in refund(client).content.decode()
        refund(client, proof=PASSWORD)
        assert Refund.objects.count() == 0
        refund(client, proof=code_of(secret))
    assert Refund.objects.count() == 1


def test_never_asked_again(client: Client, owner: User, settings: Any) -> None:
    settings.STAFF_REAUTH_MINUTES = 0
    paid_at_the_door()
    sign_in(client)
    with later(50):
        refund(client)
    assert Refund.objects.count() == 1


def test_a_change_of_roles_waits_for_the_proof_and_is_then_done(client: Client, owner: User, alice: User) -> None:
    support = Group.objects.get(name=SUPPORT.name)
    sign_in(client)
    with later(16):
        assert change_person(client, alice, is_staff="on", groups=[support.pk], name="Alice O.") == 302
        alice.refresh_from_db()
        assert (alice.is_staff, alice.name) == (False, "Alice")
        page = reverse("admin:commerce_user_change", args=[alice.pk])
        prove = f"{reverse('admin:prove')}?next={page}"
        assert "Is it you?" in client.get(prove).content.decode()
        assert "That is not right" in client.post(prove, {"proof": "guess"}).content.decode()

        answer = client.post(prove, {"proof": PASSWORD})

    alice.refresh_from_db()
    assert (answer.status_code, alice.is_staff, alice.name, list(alice.groups.all())) == (
        302,
        True,
        "Alice O.",
        [support],
    )


def test_other_changes_of_an_account_are_not_asked_about(client: Client, owner: User, alice: User) -> None:
    sign_in(client)
    with later(16):
        assert change_person(client, alice, name="Alice O.") == 302
    alice.refresh_from_db()
    assert alice.name == "Alice O."


def test_a_role_of_one_s_own_is_changed_after_the_proof(client: Client, owner: User) -> None:
    sign_in(client)
    page = reverse("admin:auth_group_add")
    with later(16):
        client.post(page, {"name": "Shop floor", "permissions": []})
        assert not Group.objects.filter(name="Shop floor").exists()
        client.post(f"{reverse('admin:prove')}?next={page}", {"proof": PASSWORD})
    assert Group.objects.filter(name="Shop floor").exists()
