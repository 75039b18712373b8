"""Signing in or up by Google and Apple: whose account it is, and who is not let in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache

from analytics.store.models import Event
from commerce.accounts.models import (
    Address,
    AuthProvider,
    DeviceSession,
    OneTimeCode,
    ProviderIdentity,
    SpentToken,
    User,
    UserStatus,
)
from commerce.accounts.services import (
    add_address,
    close_account,
    forget_spent_tokens,
    register_customer,
    send_email_code,
)
from tests.commerce.accounts.doors import (
    PASSWORD,
    api,
    ask_by_email,
    code_sent,
    come,
    mails,
    problem,
    send,
    sign_in,
    token_in,
    token_of,
    vouch,
)
from tests.commerce.accounts.test_addresses import HOME
from tests.commerce.accounts.test_second_step import TOTP, code_of
from tests.commerce.conftest import Facts
from tests.commerce.factories import NOON, UserFactory, VariantFactory, in_threads, make_order
from zuka.demo.providers.desk import Providers
from zuka.platform.actor import Actor
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db
EMAIL = "ada@example.com"


@pytest.fixture
def ada(db: None) -> User:
    """A customer with a password and a confirmed e-mail."""
    user = register_customer(email=EMAIL, password=PASSWORD, name="Ada Obi", at=NOON, actor=Actor())
    User.objects.update(email_verified_at=NOON)
    return user


def who(answer: Any) -> dict[str, Any]:
    """Return the account of an answer that signed somebody in."""
    profile: dict[str, Any] = api("get", "me/", token=token_in(answer)).json()
    return profile


def refused(answer: Any) -> tuple[int, str]:
    status, found = problem(answer)
    return status, found["code"]


@pytest.mark.parametrize("by", ["google", "apple"])
def test_a_token_makes_an_account_and_later_signs_in_to_it(vouchers: Providers, facts: Facts, by: str) -> None:
    order = make_order()
    profile = who(come(vouch(vouchers, by=by, name=None), by=by, name="Ada Obi"))

    user = User.objects.get()
    assert (profile["email"], profile["name"], profile["phone"]) == (EMAIL, "Ada Obi", None)
    assert (profile["is_email_confirmed"], profile["has_password"]) == (True, False)
    assert user.auth_provider == AuthProvider(by)
    order.refresh_from_db()
    assert order.user == user
    assert [[each["user_id"] for each in facts(kind)] for kind in ("user.created", "user.logged_in")] == [
        [str(user.pk)],
        [],
    ]

    # The e-mail at the provider may be another by now, or none.
    assert who(come(vouch(vouchers, by=by, email="ada@elsewhere.example"), by=by))["id"] == str(user.pk)
    assert who(come(vouch(vouchers, by=by, email=None), by=by))["id"] == str(user.pk)
    signed_in = Event.objects.filter(event_type="user.logged_in").values_list("user_id", "properties")
    assert list(signed_in) == [(str(user.pk), {"method": by, "platform": "web"})] * 2
    assert DeviceSession.objects.filter(user=user).count() == 3
    assert [each.email for each in ProviderIdentity.objects.all()] == ["ada@elsewhere.example"]
    assert mails() == []


def test_a_guests_cart_comes_along(vouchers: Providers) -> None:
    guest = api("post", "cart/lines/", {"sku": VariantFactory.create().sku, "quantity": 2})
    said = {"provider": "google", "id_token": vouch(vouchers)}

    token = token_in(send("auth/provider", said, **{"X-Zuka-Cart": guest.json()["token"]}))

    assert api("get", "cart/", token=token).json()["quantity"] == 2


def test_the_app_is_where_somebody_signs_up(vouchers: Providers) -> None:
    said = {"provider": "apple", "id_token": vouch(vouchers, by="apple")}

    send("auth/provider", said, **{"X-Zuka-Platform": "ios"})

    assert (User.objects.get().signup_platform, DeviceSession.objects.get().platform) == ("ios", "ios")


def test_an_address_that_apple_forwards_is_an_e_mail_like_others(vouchers: Providers) -> None:
    answer = come(vouch(vouchers, "x7@privaterelay.appleid.com", by="apple", email_verified="true"), by="apple")

    assert who(answer)["email"] == "x7@privaterelay.appleid.com"


def test_an_account_with_the_e_mail_confirmed_is_joined_and_told(vouchers: Providers, ada: User) -> None:
    token = token_of(ada)

    assert who(come(vouch(vouchers, "ADA@example.com")))["id"] == str(ada.pk)

    ada.refresh_from_db()
    assert (ada.check_password(PASSWORD), ada.auth_provider) == (True, AuthProvider.EMAIL)
    assert api("get", "me/", token=token).status_code == 200
    assert mails() == [("account.provider_connected", EMAIL)]


def test_two_providers_with_one_e_mail_are_one_account(vouchers: Providers) -> None:
    ids = [who(come(vouch(vouchers, by=by), by=by))["id"] for by in ("google", "apple")]

    assert (len(set(ids)), ProviderIdentity.objects.count()) == (1, 2)


def test_who_waits_with_the_victims_e_mail_and_a_password_is_put_out(vouchers: Providers) -> None:
    """Pre-hijacking: the account is its e-mail's, and nothing in it is the stranger's any more."""
    account = register_customer(email=EMAIL, phone="08031234567", password=PASSWORD, name="Eve", at=NOON, actor=Actor())
    User.objects.update(gender_preference="men", accepts_marketing=True, metadata={"size": 38})
    stranger = token_of(account)
    add_address(user=account, details=HOME, at=NOON)
    Authenticator.objects.create(user=account, type=Authenticator.Type.RECOVERY_CODES, data={})
    send_email_code(user=account, email="eve@example.com", at=now())
    order = make_order(user=account)

    profile = who(come(vouch(vouchers)))

    shown = (profile["id"], profile["name"], profile["email"], profile["phone"])
    assert shown == (str(account.pk), "Ada Obi", EMAIL, None)
    assert (profile["is_email_confirmed"], profile["has_password"]) == (True, False)
    assert (api("get", "me/", token=stranger).status_code, sign_in(EMAIL).status_code) == (401, 400)
    kept: list[Any] = [Authenticator, OneTimeCode, Address]
    assert [each.objects.filter(user=account).count() for each in kept] == [0, 0, 0]
    assert list(account.orders.all()) == [order]
    account.refresh_from_db()
    assert (account.gender_preference, account.accepts_marketing, account.metadata) == (None, False, {})
    assert mails()[-1] == ("account.provider_connected", EMAIL)


def with_phone(user: User) -> None:
    user.phone, user.phone_verified_at = "+2348031234567", NOON


def of_staff(user: User) -> None:
    user.is_staff, user.email_verified_at = True, NOON


def of_a_superuser(user: User) -> None:
    user.is_superuser = True


@pytest.mark.parametrize("change", [with_phone, of_staff, of_a_superuser])
def test_an_account_that_is_somebodys_is_neither_taken_nor_shared(
    vouchers: Providers, change: Callable[[User], None]
) -> None:
    user = register_customer(email=EMAIL, password=PASSWORD, name="Eve", at=NOON, actor=Actor())
    change(user)
    user.save()
    token, id_token = token_of(user), vouch(vouchers)

    assert refused(come(id_token)) == (400, "sign_in_first")

    before, user = user, User.objects.get()
    assert (user.password, user.phone, user.name) == (before.password, before.phone, "Eve")
    assert (api("get", "me/", token=token).status_code, ProviderIdentity.objects.count()) == (200, 0)
    # Refused is not spent: once the e-mail is confirmed, the same token would do.
    assert SpentToken.objects.count() == 0


def test_an_e_mail_that_has_passed_to_another_person_at_the_provider_opens_nothing(vouchers: Providers) -> None:
    come(vouch(vouchers, sub="1"))

    assert refused(come(vouch(vouchers, sub="2"))) == (400, "sign_in_first")


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email": None}])
def test_without_a_proved_e_mail_nobody_new_comes_in(vouchers: Providers, ada: User, claims: dict[str, Any]) -> None:
    assert refused(come(vouch(vouchers, **claims))) == (400, "email_not_confirmed")
    assert (User.objects.count(), ProviderIdentity.objects.count()) == (1, 0)


@pytest.mark.parametrize("is_known", [True, False])
def test_a_suspended_account_is_not_entered(vouchers: Providers, ada: User, *, is_known: bool) -> None:
    if is_known:
        come(vouch(vouchers))
    User.objects.update(status=UserStatus.SUSPENDED)

    assert refused(come(vouch(vouchers))) == (400, "account_unavailable")


def test_a_closed_account_is_forgotten_and_a_new_one_made(vouchers: Providers) -> None:
    first = who(come(vouch(vouchers)))["id"]
    close_account(user=User.objects.get(), at=NOON)
    assert ProviderIdentity.objects.count() == 0

    assert who(come(vouch(vouchers)))["id"] != first


def test_a_second_step_is_asked_for_as_by_e_mail(vouchers: Providers) -> None:
    with time_machine.travel(now(), tick=False):
        token = token_in(come(vouch(vouchers)))
        secret = send(TOTP, method="get", token=token).json()["meta"]["secret"]
        assert send(TOTP, {"code": code_of(secret)}, token=token).status_code == 200
    with time_machine.travel(now() + timedelta(minutes=1), tick=False):
        answer = come(vouch(vouchers))

        pending = token_in(answer)
        flows = [each["id"] for each in answer.json()["data"]["flows"] if each.get("is_pending")]
        assert (answer.status_code, flows) == (401, ["mfa_authenticate"])
        assert api("get", "me/", token=pending).status_code == 401
        assert send("auth/2fa/authenticate", {"code": code_of(secret)}, token=pending).status_code == 200


def test_a_token_lets_in_once_and_is_forgotten_when_it_has_expired(vouchers: Providers) -> None:
    token = vouch(vouchers)

    assert [come(token).status_code, refused(come(token))] == [200, (400, "token_spent")]

    assert (forget_spent_tokens(at=now()), SpentToken.objects.count()) == (0, 1)
    assert (forget_spent_tokens(at=now() + timedelta(minutes=62)), SpentToken.objects.count()) == (1, 0)


def test_every_token_that_proves_nothing_is_refused_alike(vouchers: Providers, ada: User) -> None:
    wrongly: list[dict[str, Any]] = [{"aud": "another"}, {"nonce": "another"}, {"exp": 1}]
    tokens = ["x", *(vouch(vouchers, **claims) for claims in wrongly)]

    answers = [problem(come(each)) for each in tokens]

    wrong = {"code": "invalid_token", "param": "id_token"}
    assert answers == [(400, wrong | {"message": "Google did not tell us who you are. Please try again."})] * 4


def test_a_provider_that_is_away_is_a_503(vouchers: Providers) -> None:
    vouchers.fail_next(status=500)

    status, found = problem(come(vouch(vouchers)))

    assert (status, found["code"], found["param"]) == (503, "provider_away", "id_token")


@pytest.mark.parametrize(
    ("said", "param", "code"),
    [
        ({"id_token": "x"}, "provider", "required"),
        ({"provider": "email", "id_token": "x"}, "provider", "invalid_choice"),
        ({"provider": "google"}, "id_token", "required"),
        ({"provider": "google", "id_token": "x" * 8193}, "id_token", "max_length"),
    ],
)
def test_what_cannot_be_read_is_named(vouchers: Providers, said: dict[str, str], param: str, code: str) -> None:
    status, found = problem(send("auth/provider", said))

    assert (status, found["param"], found["code"]) == (400, param, code)


def test_a_provider_that_the_shop_has_no_client_id_at_is_not_offered(vouchers: Providers, settings: Any) -> None:
    settings.APPLE_CLIENT_IDS = []

    assert refused(come(vouch(vouchers, by="apple"), by="apple")) == (400, "provider_not_offered")
    config = send("config", method="get").json()["data"]["providers"]
    page = f"{vouchers.url}/google/authorize?client_id=practice-shop&response_type=id_token"
    assert config == [
        {
            "id": "google",
            "name": "Google",
            "client_ids": ["practice-shop"],
            "page_url": f"{page}&scope=openid+email+profile&prompt=select_account",
        }
    ]


def test_a_page_may_be_at_the_host_that_somebody_came_by(vouchers: Providers, settings: Any) -> None:
    settings.APPLE_PAGE_URL = "http://{host}:8090/apple/authorize"

    rows = send("config", method="get").json()["data"]["providers"]

    assert rows[1]["page_url"].startswith("http://testserver:8090/apple/authorize?client_id=practice-shop&")


def test_who_is_signed_in_signs_out_first(vouchers: Providers) -> None:
    token = token_of(UserFactory.create())

    answer = send("auth/provider", {"provider": "google", "id_token": vouch(vouchers)}, token=token)

    assert answer.status_code == 409


def test_one_address_tries_thirty_tokens_a_minute(vouchers: Providers) -> None:
    cache.clear()

    statuses = [come("x").status_code for _ in range(31)]

    assert statuses == [400] * 30 + [429]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("providers", [["google"] * 4, ["google", "apple"] * 2], ids=["one", "two"])
def test_a_new_customer_who_comes_four_times_at_once_is_one_account(vouchers: Providers, providers: list[str]) -> None:
    tokens, turns = [(by, vouch(vouchers, by=by)) for by in providers], count()

    def work() -> int:
        by, token = tokens[next(turns)]
        return int(come(token, by=by).status_code)

    assert (in_threads(4, work), User.objects.count()) == ([200] * 4, 1)
    assert ProviderIdentity.objects.count() == len(set(providers))


@pytest.mark.django_db(transaction=True)
def test_one_token_in_four_threads_lets_in_once(vouchers: Providers) -> None:
    token = vouch(vouchers)

    statuses = in_threads(4, lambda: come(token).status_code)

    assert (sorted(statuses), User.objects.count()) == ([200, 400, 400, 400], 1)


@pytest.mark.django_db(transaction=True)
def test_who_comes_by_a_mailed_code_at_the_same_moment_comes_to_the_same_account(vouchers: Providers) -> None:
    ask_by_email(EMAIL)
    token, said, turns = vouch(vouchers), {"email": EMAIL, "code": code_sent(EMAIL)}, count()

    answers = in_threads(2, lambda: come(token) if next(turns) else send("auth/email", said))

    assert [each.status_code for each in answers] == [200, 200]
    assert (User.objects.count(), ProviderIdentity.objects.count()) == (1, 1)
