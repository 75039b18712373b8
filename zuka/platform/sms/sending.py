"""Sending a text message, in the request that asks for it.

There is no outbox as mails have one. A message holds a code that is good for minutes: one that is delivered late is
worth nothing and is paid all the same, and whoever waits for it sees at once that it cannot be sent. So neither code
nor phone is written down anywhere. The provider has some seconds; callers hold no transaction open meanwhile.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import structlog
from django.conf import settings

from zuka.platform.sms.account import read_sms_url
from zuka.platform.sms.protocol import SmsNotSent, SmsProvider, SmsUnavailable
from zuka.platform.sms.termii import Termii

log = structlog.get_logger(__name__)
PROVIDERS: Mapping[str, SmsProvider] = {"termii": Termii()}
DIGITS = re.compile(r"\d{4,}")
REASON_LENGTH = 200


def sends_sms() -> bool:
    """Say whether the shop can send text messages."""
    return bool(settings.SMS_URL)


def send_sms(*, to: str, text: str) -> None:
    """Send a text message to a phone in E.164. Raises SmsUnavailable; SmsNotSent when it certainly has not left.

    What the provider says against it is in the log, without its long numbers: they are phones and codes.
    """
    account = read_sms_url(settings.SMS_URL)
    if account is None:
        raise SmsNotSent("SMS_URL is empty")
    try:
        name = PROVIDERS[account.provider].send(account, to=to, text=text)
    except SmsUnavailable as refusal:
        reason = DIGITS.sub("…", refusal.reason)[:REASON_LENGTH]
        log.warning("sms.failed", provider=account.provider, reason=reason, error=type(refusal).__name__)
        raise
    log.info("sms.sent", provider=account.provider, message=name)
