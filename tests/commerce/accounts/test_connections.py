"""Connecting Google and Apple to an account, and disconnecting them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.models import ProviderIdentity, User
from commerce.accounts.services import register_customer
from tests.commerce.accounts.doors import PASSWORD, api, come, mails, sign_up, token_in, token_of, vouch
from tests.commerce.factories import NOON, UserFactory, in_threads
from tests.commerce.test_back_office import queries_of
from zuka.demo.providers.desk import Providers
from zuka.platform.actor import Actor

pytestmark = pytest.mark.django_db
LIST = "me/providers/"
GOOGLE = f"{LIST}google/"


@pytest.fixture
def ada(vouchers: Providers) -> User:
    """A customer with a password and a confirmed e-mail, where Google and Apple are offered."""
    user = register_customer(email="ada@example.com", password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor())
    User.objects.update(email_verified_at=NOON)
    return user


def connect(token: str, id_token: str, *, by: str = "google", password: str = PASSWORD, **said: str) -> Any:
    return api("put", f"{LIST}{by}/", {"id_token": id_token, "password": password, **said}, token=token)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_connected_provider_signs_in_whatever_its_e_mail(ada: User, vouchers: Providers) -> None:
    token = token_of(ada)

    answer = connect(token, vouch(vouchers, "obi@gmail.example", nonce="n-1"), nonce="n-1")

    shown = answer.json()
    assert (answer.status_code, shown["provider"], shown["is_connected"], shown["email"]) == (
        200,
        "google",
        True,
        "obi@gmail.example",
    )
    assert mails() == [("account.provider_connected", "ada@example.com")]
    assert [(each["name"], each["is_connected"]) for each in api("get", LIST, token=token).json()] == [
        ("Google", True),
        ("Apple", False),
    ]
    later = come(vouch(vouchers, "obi@gmail.example"))
    assert api("get", "me/", token=token_in(later)).json()["id"] == str(ada.pk)

    assert connect(token, vouch(vouchers, "obi@gmail.example")).status_code == 200
    assert (ProviderIdentity.objects.count(), len(mails())) == (1, 1)


@pytest.mark.parametrize("password", ["", "wrong"])
def test_the_password_is_needed(ada: User, vouchers: Providers, password: str) -> None:
    answer = connect(token_of(ada), vouch(vouchers), password=password)

    assert (refused(answer), answer.json()["field"]) == ((400, "wrong_password"), "password")


def test_what_may_not_be_connected(ada: User, vouchers: Providers) -> None:
    token = token_of(ada)
    other = token_in(come(vouch(vouchers, "bo@example.com")))
    mine, id_token = vouch(vouchers), vouch(vouchers, "bo@example.com")

    assert refused(connect(token, id_token)) == (409, "identity_taken")
    assert refused(connect(token, "x")) == (400, "invalid_token")
    assert refused(connect(token, vouch(vouchers), nonce="n-1")) == (400, "invalid_token")
    assert connect(token, mine).status_code == 200
    assert refused(connect(token, mine)) == (400, "token_spent")
    assert refused(connect(token, vouch(vouchers, "ada@work.example"))) == (409, "already_connected")
    assert refused(connect(token, "x", by="email")) == (404, "not_found")
    assert refused(api("delete", f"{LIST}apple/", token=other)) == (404, "not_found")
    assert refused(api("put", GOOGLE, {"id_token": id_token})) == (401, "not_authenticated")


def test_an_account_that_nobody_has_confirmed_connects_nothing(ada: User, vouchers: Providers) -> None:
    """Who proves its e-mail would get the provider along with the account."""
    User.objects.update(email_verified_at=None)

    assert refused(connect(token_of(ada), vouch(vouchers, "eve@example.com"))) == (409, "not_confirmed")


def test_a_provider_that_is_away_is_a_503(ada: User, vouchers: Providers) -> None:
    vouchers.fail_next(status=500)

    assert refused(connect(token_of(ada), vouch(vouchers))) == (503, "provider_away")


def test_disconnected_it_signs_in_no_more(ada: User, vouchers: Providers) -> None:
    token = token_of(ada)
    connect(token, vouch(vouchers, "obi@gmail.example"))

    assert api("delete", GOOGLE, token=token).status_code == 204

    assert mails()[-1] == ("account.provider_gone", "ada@example.com")
    assert api("get", "me/", token=token).status_code == 200
    assert api("get", "me/", token=token_in(come(vouch(vouchers, "obi@gmail.example")))).json()["id"] != str(ada.pk)


def test_who_has_confirmed_an_e_mail_needs_no_provider(vouchers: Providers) -> None:
    token = token_in(come(vouch(vouchers)))

    assert api("delete", GOOGLE, token=token).status_code == 204
    assert token_in(sign_up(password="")) != token


def test_the_last_way_in_stays(vouchers: Providers, settings: Any) -> None:
    token = token_in(come(vouch(vouchers)))

    # A phone opens nothing where no codes are sent, nor a provider that the shop has left.
    User.objects.update(email=None, phone="+2348031234567", phone_verified_at=NOON)
    assert refused(api("delete", GOOGLE, token=token)) == (409, "last_way")
    connect(token, vouch(vouchers, by="apple"), by="apple")
    settings.APPLE_CLIENT_IDS = []
    assert refused(api("delete", GOOGLE, token=token)) == (409, "last_way")
    assert [each["provider"] for each in api("get", LIST, token=token).json()] == ["google", "apple"]

    settings.APPLE_CLIENT_IDS = ["practice-shop"]
    assert api("delete", GOOGLE, token=token).status_code == 204
    assert refused(api("delete", f"{LIST}apple/", token=token)) == (409, "last_way")
    settings.SMS_URL = "termii://key@sms.example?from=Zuka"
    assert api("delete", f"{LIST}apple/", token=token).status_code == 204


def let_in(user: User, *providers: str) -> None:
    """Connect an account without a token."""
    for provider in providers:
        facts = {"subject": f"{provider} of {user.pk}", "email": f"{provider}@example.com"}
        ProviderIdentity.objects.create(user=user, provider=provider, created_at=NOON, last_used_at=NOON, **facts)


def test_staff_see_who_lets_a_customer_in_at_the_same_cost_for_two_as_for_one(staff_client: Client) -> None:
    user = UserFactory.create()
    page = reverse("admin:commerce_user_change", args=[user.pk])
    let_in(user, "google")
    queries_of(staff_client, page)
    with_one = queries_of(staff_client, page)
    let_in(user, "apple")

    assert queries_of(staff_client, page) == with_one
    assert "apple@example.com" in staff_client.get(page).content.decode()


@pytest.mark.parametrize("connected", [0, 1, 2])
def test_the_list_costs_the_same_however_many_are_connected(vouchers: Providers, connected: int) -> None:
    user = UserFactory.create()
    let_in(user, *["google", "apple"][:connected])
    token = token_of(user)
    api("get", LIST, token=token)

    with CaptureQueriesContext(connection) as queries:
        answer = api("get", LIST, token=token)

    assert (len(queries), sum(each["is_connected"] for each in answer.json())) == (3, connected)
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db(transaction=True)
def test_two_accounts_that_connect_one_person_at_once(ada: User, vouchers: Providers) -> None:
    bo = UserFactory.create(email_verified_at=NOON)
    bo.set_unusable_password()
    bo.save()
    calls = [(token_of(each), vouch(vouchers, "obi@gmail.example")) for each in (ada, bo)]

    statuses = in_threads(2, lambda: connect(*calls.pop()).status_code)

    assert (sorted(statuses), ProviderIdentity.objects.count()) == ([200, 409], 1)
