"""Text messages over HTTP, to a local server that speaks as Termii does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from zuka.demo.providers.desk import Providers, sms_url
from zuka.demo.providers.server import open_providers
from zuka.platform.sms import termii
from zuka.platform.sms.protocol import SmsNotSent, SmsUnavailable
from zuka.platform.sms.sending import send_sms, sends_sms

PHONE, TEXT = "+2348031234567", "48213907 is your code."


@pytest.fixture
def providers(settings: Any) -> Iterator[Providers]:
    """Termii, where the shop has an account."""
    with open_providers() as providers:
        settings.SMS_URL = providers.sms_url
        yield providers


def failure() -> SmsUnavailable:
    """Return why a message was not sent."""
    with pytest.raises(SmsUnavailable) as found:
        send_sms(to=PHONE, text=TEXT)
    return found.value


def test_a_message_leaves_and_neither_phone_nor_text_is_in_the_log(providers: Providers) -> None:
    with capture_logs() as logs:
        send_sms(to=PHONE, text=TEXT)

    [message] = providers.messages
    assert (message.to, message.sender, message.text) == ("2348031234567", "Practice", TEXT)
    assert providers.calls == [("POST", "/termii/api/sms/send")]
    assert logs == [{"event": "sms.sent", "log_level": "info", "provider": "termii", "message": message.id}]


def test_a_shop_without_an_account_sends_nothing(settings: Any) -> None:
    settings.SMS_URL = ""

    assert (sends_sms(), type(failure())) == (False, SmsNotSent)


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [(400, SmsNotSent, "400: Bad Request"), (402, SmsNotSent, "402: Payment Required"), (502, SmsUnavailable, "502: ")],
)
def test_what_the_provider_says_against_it_is_told_to_the_log_alone(
    providers: Providers, status: int, kind: type[SmsUnavailable], reason: str
) -> None:
    providers.fail_next(status=status)

    with capture_logs() as logs:
        refusal = failure()

    assert (type(refusal), refusal.status, refusal.code, providers.messages) == (kind, 503, "sms_unavailable", [])
    assert refusal.message == "We cannot send text messages at the moment. Try again later, or use your e-mail."
    assert [(each["event"], each["reason"], each["error"]) for each in logs] == [("sms.failed", reason, kind.__name__)]


def test_a_wrong_key_is_refused(providers: Providers, settings: Any) -> None:
    settings.SMS_URL = sms_url(providers.url, "another")

    assert (type(failure()), failure().reason) == (SmsNotSent, "401: Invalid api key")


def test_phones_in_the_providers_words_are_not_logged(providers: Providers) -> None:
    with capture_logs() as logs, pytest.raises(SmsNotSent):
        send_sms(to="+01234567", text=TEXT)

    assert logs[0]["reason"] == "400: Invalid phone number …"


def test_a_provider_that_is_not_there_has_sent_nothing(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings.SMS_URL = sms_url(f"http://127.0.0.1:{taken.getsockname()[1]}", "key")

    assert type(failure()) is SmsNotSent


def test_an_answer_that_comes_too_late_may_have_sent_it(providers: Providers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(termii, "ANSWER_SECONDS", 0.2)
    providers.hang_next(2)

    assert type(failure()) is SmsUnavailable
    assert [each.text for each in providers.messages] == [TEXT]
