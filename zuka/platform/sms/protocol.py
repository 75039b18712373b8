"""What the shop asks of a provider of text messages, in one form for all providers."""

from __future__ import annotations

from typing import Protocol

from zuka.platform.errors import Refused
from zuka.platform.sms.account import SmsAccount


class SmsUnavailable(Refused):
    """Messages cannot be sent: the shop has no provider, or it does not answer."""

    status = 503
    code = "sms_unavailable"

    def __init__(self, reason: str) -> None:
        """Keep the `reason` for the log: it may tell of our account."""
        super().__init__("We cannot send text messages at the moment. Try again later, or use your e-mail.")
        self.reason = reason


class SmsNotSent(SmsUnavailable):
    """The message has certainly not left, so it costs nothing: the provider was not reached, or has refused it."""


class SmsProvider(Protocol):
    """One provider. The one verb is one request, never repeated: a message twice is paid twice."""

    def send(self, account: SmsAccount, *, to: str, text: str) -> str:
        """Hand a message to the provider and return its name for it. `to` is a phone in E.164.

        Raises SmsNotSent; SmsUnavailable when the message may have left.
        """
