"""All providers behind one desk: what pages do to a charge, and what a test can have them do."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from zuka.demo.providers.flutterwave import answer_flutterwave
from zuka.demo.providers.flutterwave import refuse as refuse_as_flutterwave
from zuka.demo.providers.issuers import CLIENT_ID, ISSUERS, Issuer
from zuka.demo.providers.keeping import read_charges, write_charges
from zuka.demo.providers.paystack import answer_paystack
from zuka.demo.providers.paystack import refuse as refuse_as_paystack
from zuka.demo.providers.post import PostOffice
from zuka.demo.providers.sign_in import KEYS, PAGE, answer_apple, answer_google
from zuka.demo.providers.sign_in import refuse as refuse_as_issuer
from zuka.demo.providers.state import Charge, Keys, Later, Ledger, Message, Office, Outcome, Refund, RefundStatus
from zuka.demo.providers.termii import answer_termii
from zuka.demo.providers.termii import refuse as refuse_as_termii
from zuka.demo.providers.webhooks import Outbox, Webhook, named_event, refunds_events, settled_event
from zuka.demo.providers.wire import Answer, Call, gateway_answer

REFUND_SECONDS = 0.5
PAYSTACK, FLUTTERWAVE, TERMII = "/paystack", "/flutterwave/v3", "/termii"
GOOGLE, APPLE = "/google", "/apple"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What befalls one call: a status instead of an answer, or an answer that comes late."""

    status: int = 0
    seconds: float = 0


class Providers:
    """The practice providers. A charge is named by its reference, for both; a wrong one raises LookupError."""

    post: PostOffice  # where the shop's mails come, once the server is open

    def __init__(
        self,
        keys: Keys,
        *,
        url: str,
        page_url: str = "",
        merchant: str,
        outbox: Outbox | None,
        charges_file: Path | None = None,
    ) -> None:
        self.url, self.merchant = url, merchant
        kept = charges_file
        self.ledger = Ledger(read_charges(kept), partial(write_charges, kept)) if kept else Ledger()
        self.keys = keys
        self._outbox = outbox
        self.issuers = {name: Issuer(url) for name, url in ISSUERS.items()}
        self._office = Office(self.ledger, keys, page_url or url, self._refund_waits, self._debited, self.issuers)
        self._calls: list[tuple[str, str]] = []
        self._troubles: deque[Trouble] = deque()
        for charge in self.ledger.all():
            for refund in charge.refunds:
                if refund.status == "pending":
                    self._refund_waits(charge, refund)

    @property
    def paystack_url(self) -> str:
        """What the shop's PAYSTACK_URL is."""
        return self.url + PAYSTACK

    @property
    def flutterwave_url(self) -> str:
        """What the shop's FLUTTERWAVE_URL is."""
        return self.url + FLUTTERWAVE

    @property
    def sms_url(self) -> str:
        """What the shop's SMS_URL is."""
        return sms_url(self.url, self.keys.termii)

    @property
    def sign_in_settings(self) -> dict[str, str]:
        """What the shop's settings of Google and Apple are."""
        return sign_in_settings(self.url, self.url)

    @property
    def messages(self) -> list[Message]:
        """The text messages of late, the oldest first."""
        return list(self._office.messages)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Every call of an API so far: method, and path without its query."""
        return list(self._calls)

    def answer(self, call: Call) -> tuple[Answer, float] | None:
        """Answer a call of an API, with the seconds to wait before it goes out; None for a path of none."""
        for base, respond, refuse in APIS:
            if call.path.startswith(f"{base}/"):
                self._calls.append((call.method, call.path))
                trouble = self._next_trouble()
                if trouble.status:
                    return fail(trouble.status, refuse), 0
                inner = Call(call.method, call.path.removeprefix(base), call.query, call.headers, call.body)
                return respond(self._office, inner), trouble.seconds
        return None

    def finish(self, charge: Charge, outcome: Outcome) -> Charge:
        """Do what a customer chose on the page, once: later choices change nothing and send nothing."""
        settled, changed = self.ledger.settle(charge.reference, outcome)
        if changed:
            self._send(settled_event(settled, self.keys))
        return settled

    def decline(self, reference: str) -> Charge:
        """Decline the card of who is at the page: the charge has failed, until they pay there by another one."""
        declined, changed = self.ledger.decline(self.ledger.get(reference).reference)
        if changed:
            self._send(settled_event(declined, self.keys))
        return declined

    def charge(self, reference: str) -> Charge:
        """Return a charge as it stands."""
        return self.ledger.get(reference)

    def settle(
        self,
        reference: str,
        status: Outcome = "success",
        *,
        amount_kobo: int | None = None,
        currency: str | None = None,
        webhook: bool = False,
    ) -> Charge:
        """Settle a charge as a customer would, with another amount or currency than asked where one is given.

        Unlike the page this also settles what was settled already: money that comes late, a success taken back.
        """
        self.ledger.get(reference)
        charge = self.ledger.resettle(reference, status, amount_kobo, currency)
        if webhook:
            self._send(settled_event(charge, self.keys))
        return charge

    def set_card(self, reference: str, later: Later) -> None:
        """Have the card that paid a charge be declined, or whatever cards do, when it is charged without its owner."""
        self.ledger.set_card(self.ledger.get(reference).reference, later)

    def settle_refunds(
        self, reference: str, status: RefundStatus = "processed", *, refund_id: int | None = None, webhook: bool = False
    ) -> list[Refund]:
        """Settle Paystack's refunds that wait, or one of them; without a shop to tell, they wait for this."""
        refunds = self.ledger.settle_refunds(self.ledger.get(reference).reference, status, refund_id)
        if webhook:
            self._send(*refunds_events(self.ledger.get(reference), refunds, self.keys))
        return refunds

    def webhook_for(self, reference: str, event: str | None = None, *, refund_id: int | None = None) -> Webhook:
        """Return a signed webhook for a test to post: the event of the charge unless named, of its newest refund.

        It changes nothing: a webhook of a success that never was is one that lies, until `settle` makes it true.
        """
        return named_event(self.ledger.get(reference), event, refund_id, self.keys)

    def set_clock(self, at: datetime) -> None:
        """Have it be a moment from now on: lists go by days, and a test has days of its own."""
        self.ledger.now = lambda: at

    def refunds_of(self, reference: str) -> list[Refund]:
        """Return the refunds of a charge, the oldest first."""
        return list(self.ledger.get(reference).refunds)

    def fail_next(self, n: int = 1, *, status: int = 502, after: int = 0) -> None:
        """Have the next calls answer a status and do nothing else: from 500 with a page, below in the API's words.

        With `after` so many calls go well before them.
        """
        self._troubles.extend([Trouble()] * after + [Trouble(status=status)] * n)

    def hang_next(self, seconds: float) -> None:
        """Have the next call do its work, and answer so many seconds late."""
        self._troubles.append(Trouble(seconds=seconds))

    def _next_trouble(self) -> Trouble:
        with contextlib.suppress(IndexError):  # no trouble was ordered
            return self._troubles.popleft()
        return Trouble()

    def _send(self, *webhooks: Webhook | None) -> None:
        for webhook in webhooks:
            if webhook and self._outbox:
                self._outbox.send(webhook)

    def _debited(self, charge: Charge) -> None:
        self._send(settled_event(charge, self.keys))

    def _refund_waits(self, charge: Charge, refund: Refund) -> None:
        def process() -> Sequence[Webhook]:
            refunds = self.ledger.settle_refunds(charge.reference, "processed", refund.id)
            return refunds_events(charge, refunds, self.keys)

        if self._outbox:
            self._outbox.later(REFUND_SECONDS, process)


APIS = (
    (PAYSTACK, answer_paystack, refuse_as_paystack),
    (FLUTTERWAVE, answer_flutterwave, refuse_as_flutterwave),
    (TERMII, answer_termii, refuse_as_termii),
    (GOOGLE, answer_google, refuse_as_issuer),
    (APPLE, answer_apple, refuse_as_issuer),
)


def sms_url(url: str, key: str) -> str:
    """Return the SMS_URL of a shop whose text messages are shown here."""
    scheme, _, place = url.partition("://")
    return f"termii+{scheme}://{quote(key, safe='')}@{place}{TERMII}?from=Practice"


def sign_in_settings(url: str, page_url: str) -> dict[str, str]:
    """Return the settings of a shop whose customers sign in by our Google and Apple."""
    return {
        name: value
        for each, base in (("GOOGLE", GOOGLE), ("APPLE", APPLE))
        for name, value in (
            (f"{each}_CLIENT_IDS", CLIENT_ID),
            (f"{each}_KEYS_URL", f"{url}{base}{KEYS}"),
            (f"{each}_PAGE_URL", f"{page_url}{base}{PAGE}"),
        )
    }


def fail(status: int, refuse: Callable[[int, str], Answer]) -> Answer:
    """Return the answer of a call that is made to fail: the API's own refusal, or a page of what is before it."""
    return gateway_answer(status) if status >= 500 else refuse(status, HTTPStatus(status).phrase)
