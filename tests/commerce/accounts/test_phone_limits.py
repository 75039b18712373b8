"""What keeps strangers from spending the shop's money on text messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from structlog.testing import capture_logs

from commerce.accounts.models import OneTimeCode
from commerce.accounts.services import register_customer
from tests.commerce.accounts.doors import api, ask_by_phone, code_texted, enter, send, token_of
from tests.commerce.factories import NOON, in_threads
from zuka.demo.providers.desk import Providers
from zuka.platform.actor import Actor
from zuka.platform.clock import now

pytestmark = pytest.mark.django_db
AWAY = {
    "code": "sms_unavailable",
    "message": "We cannot send text messages at the moment. Try again later, or use your e-mail.",
}


@pytest.fixture
def _no_address_limit(settings: Any) -> None:
    """Let all calls come from one address."""
    settings.ACCOUNT_RATE_LIMITS = {}


def offered() -> Any:
    return send("config", method="get").json()["data"]["phone"]


def test_the_configuration_says_whether_signing_in_by_phone_is_offered(termii: Providers, settings: Any) -> None:
    assert offered() == {"is_offered": True}
    settings.SMS_URL = ""
    assert offered() == {"is_offered": False}


def test_a_shop_without_an_account_says_so(settings: Any) -> None:
    settings.SMS_URL = ""

    answer = ask_by_phone()

    assert (answer.status_code, answer.json()) == (
        409,
        {"code": "phone_not_offered", "message": "This shop sends no text messages. Use your e-mail."},
    )
    assert OneTimeCode.objects.count() == 0


@pytest.mark.parametrize(
    ("codes", "phone", "status"),
    [(["+234"], "+447700900123", 400), (["+234", "+44"], "+447700900123", 202), ([], "+447700900123", 202)],
)
def test_phones_abroad_get_codes_where_the_shop_says(
    termii: Providers, settings: Any, codes: list[str], phone: str, status: int
) -> None:
    settings.SMS_CALLING_CODES = codes

    answer = ask_by_phone(phone)

    assert (answer.status_code, len(termii.messages)) == (status, int(status == 202))
    if status == 400:
        assert answer.json() == {
            "code": "phone_not_served",
            "message": "We send codes to phones with +234. Use your e-mail.",
            "field": "phone",
        }


def test_what_is_no_phone_costs_nothing(termii: Providers) -> None:
    answers = [ask_by_phone(phone).json()["code"] for phone in ("", "ada@example.com", "0803")]

    assert (answers, termii.messages) == (["blank", "invalid_phone", "invalid_phone"], [])


@pytest.mark.usefixtures("_no_address_limit")
def test_a_phone_gets_five_codes_an_hour_and_as_many_a_day_as_the_shop_says(termii: Providers, settings: Any) -> None:
    settings.SMS_PHONE_DAILY = 7
    at = now()
    statuses = []
    for hours in (0, 2, 4):
        with time_machine.travel(at + timedelta(hours=hours)):
            statuses.append([ask_by_phone().status_code for _ in range(6)])

    assert statuses == [[202] * 5 + [429], [202] * 2 + [429] * 4, [429] * 6]
    assert (ask_by_phone().json()["code"], len(termii.messages)) == ("too_many_codes", 7)
    with time_machine.travel(at + timedelta(hours=25)):
        assert ask_by_phone().status_code == 202


@pytest.mark.usefixtures("_no_address_limit")
def test_codes_of_all_purposes_count_together(termii: Providers, settings: Any) -> None:
    token = token_of(register_customer(email="ada@example.com", at=NOON, actor=Actor()))

    asked = [ask_by_phone().status_code for _ in range(3)]
    proving = [api("post", "me/phone/", {"phone": "0803 123 4567"}, token=token).status_code for _ in range(3)]

    assert (asked, proving) == ([202] * 3, [202, 202, 429])


@pytest.mark.usefixtures("_no_address_limit")
def test_the_shop_sends_no_more_in_a_day_than_it_says_and_tells_its_log(termii: Providers, settings: Any) -> None:
    settings.SMS_DAILY = 2
    with capture_logs() as logs:
        answers = [ask_by_phone(f"0803 123 456{each}") for each in range(3)]

    assert [each.status_code for each in answers] == [202, 202, 503]
    assert (answers[2].json(), len(termii.messages)) == (AWAY, 2)
    assert [each["most"] for each in logs if each["event"] == "codes.sms_daily_reached"] == [2]
    # A code that was sent is good all the same.
    assert enter(code_texted(termii), "0803 123 4561").status_code == 200


def test_an_address_gets_as_many_an_hour_as_the_shop_says(termii: Providers) -> None:
    statuses = [ask_by_phone(f"0803 123 45{each:02}").status_code for each in range(11)]

    assert (statuses, len(termii.messages)) == ([202] * 10 + [429], 10)
    assert ask_by_phone().json()["code"] == "too_often"


def test_guesses_from_one_address_are_limited(termii: Providers) -> None:
    statuses = [enter("00000000").status_code for _ in range(31)]

    assert statuses == [400] * 30 + [429]


@pytest.mark.parametrize(("status", "counted"), [(402, 0), (502, 1)])
def test_a_provider_that_is_away_is_said_and_what_was_not_sent_is_not_counted(
    termii: Providers, status: int, counted: int
) -> None:
    termii.fail_next(status=status)

    answer = ask_by_phone()

    assert (answer.status_code, answer.json(), OneTimeCode.objects.count()) == (503, AWAY, counted)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_no_address_limit")
def test_many_who_ask_at_once_are_counted_one_by_one(termii: Providers, settings: Any) -> None:
    settings.SMS_DAILY = 3
    phones = iter(f"0803 123 456{each}" for each in range(8))

    statuses = in_threads(8, lambda: ask_by_phone(next(phones)).status_code)

    assert (sorted(statuses), len(termii.messages)) == ([202] * 3 + [503] * 5, 3)


def test_codes_by_mail_do_not_count_as_text_messages(termii: Providers, settings: Any) -> None:
    settings.SMS_DAILY = 1
    api("post", "password-resets/", {"email": "ada@example.com"})

    assert ask_by_phone().status_code == 202
    assert OneTimeCode.objects.filter(created_at__gt=NOON).count() == 2
