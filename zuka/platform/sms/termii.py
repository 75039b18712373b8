"""Termii (Nigeria): one call in JSON, the key in its body."""

from __future__ import annotations

import httpx2

from zuka.platform.sms.account import SmsAccount
from zuka.platform.sms.protocol import SmsNotSent, SmsUnavailable
from zuka.platform.tls import trusted_context

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 8.0
NOT_REACHED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.InvalidURL, httpx2.UnsupportedProtocol)
LONGEST = 100


class Termii:
    """The provider `termii`."""

    def send(self, account: SmsAccount, *, to: str, text: str) -> str:
        """Hand a message over; Termii takes phones without a plus."""
        body = {
            "api_key": account.key,
            "to": to.removeprefix("+"),
            "from": account.sender,
            "sms": text,
            "type": "plain",
            "channel": account.channel,
        }
        timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
        try:
            answer = httpx2.post(f"{account.url}/api/sms/send", json=body, timeout=timeout, verify=trusted_context())
        except NOT_REACHED as error:
            raise SmsNotSent(type(error).__name__) from error
        except httpx2.HTTPError as error:
            raise SmsUnavailable(type(error).__name__) from error
        return read_answer(answer)


def read_answer(answer: httpx2.Response) -> str:
    """Return Termii's name for a message that it took. Raises SmsNotSent, SmsUnavailable."""
    try:
        said = answer.json()
    except ValueError:
        said = None  # no JSON: the status says what came of it
    facts = said if isinstance(said, dict) else {}
    words = f"{answer.status_code}: {facts.get('message', '')}"
    if answer.status_code < 300 and facts.get("code") == "ok":
        return str(facts.get("message_id", ""))[:LONGEST]
    if 400 <= answer.status_code < 500:
        raise SmsNotSent(words)
    raise SmsUnavailable(words)
