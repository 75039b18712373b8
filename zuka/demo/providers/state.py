"""What the practice providers remember: charges with their refunds, changed under one lock."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal
from urllib.parse import urlsplit

from zuka.demo.providers.issuers import Issuer

Provider = Literal["paystack", "flutterwave"]
Status = Literal["open", "success", "failed", "abandoned", "pending"]
Outcome = Literal["success", "failed", "abandoned"]
RefundStatus = Literal["pending", "processed", "failed"]
Later = Literal["pays", "declined", "no_funds", "expired", "pending"]
MOST_MESSAGES = 50


class DuplicateReferenceError(ValueError):
    """A charge of this reference is there already."""


class CardError(ValueError):
    """There is no such card, or it is another customer's; the message is for the caller."""


class RefundError(ValueError):
    """This refund may not be; the message is for the caller."""


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that goes back, or went."""

    id: int
    amount_kobo: int
    status: RefundStatus
    created_at: datetime
    note: str = ""

    @property
    def reference(self) -> str:
        """What the provider calls the refund once it is through."""
        return f"RFD-{self.id}"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who pays, in the shop's words."""

    email: str
    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """One checkout, from the shop's request to what came of it. Amounts are in kobo for both providers.

    One without the customer is of the `card` of a checkout that was paid; `later` is what that card does then. Of one
    that `may_retry` a card was declined, and its page is still open.
    """

    provider: Provider
    id: int
    reference: str
    access_code: str
    asked_kobo: int
    currency: str
    customer: Customer
    callback_url: str
    title: str
    metadata: Any
    created_at: datetime
    status: Status = "open"
    paid_kobo: int = 0
    settled_at: datetime | None = None
    refunds: tuple[Refund, ...] = ()
    card: str = ""
    later: Later = "pays"
    words: str = ""
    may_retry: bool = False

    @property
    def card_name(self) -> str:
        """What the card is called that paid: a charge on the page is of a card of its own, later ones name it."""
        return self.card or self.access_code

    @property
    def amount_kobo(self) -> int:
        """What was paid; before that, what was asked."""
        return self.paid_kobo if self.status == "success" else self.asked_kobo

    def refunded_kobo(self, *statuses: RefundStatus) -> int:
        """Return the sum of the refunds in these statuses."""
        return sum(refund.amount_kobo for refund in self.refunds if refund.status in statuses)

    @property
    def refundable_kobo(self) -> int:
        """What may still go back; a refund that waits counts as gone."""
        return self.paid_kobo - self.refunded_kobo("pending", "processed") if self.status == "success" else 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shop asks for when it opens a checkout."""

    provider: Provider
    reference: str
    amount_kobo: int
    currency: str
    customer: Customer
    callback_url: str = ""
    title: str = ""
    metadata: Any = ""


DEBITS: Mapping[Later, tuple[Status, str]] = {
    "pays": ("success", ""),
    "declined": ("failed", "Declined"),
    "no_funds": ("failed", "Insufficient Funds"),
    "expired": ("failed", "Expired Card"),
    "pending": ("pending", "Waiting for the bank"),
}


class Ledger:
    """All charges by reference, of both providers; safe to use from many threads. What it returns never changes.

    It begins with the `charges` of an earlier one. After each change `changed` gets them all, one call at a time.
    """

    def __init__(
        self, charges: Iterable[Charge] = (), changed: Callable[[Iterable[Charge]], None] = lambda _charges: None
    ) -> None:
        self._lock = threading.Lock()
        self._charges = {charge.reference: charge for charge in charges}
        self._changed = changed
        self.now: Callable[[], datetime] = partial(datetime.now, UTC)
        # Ids of a later process must be others: a shop takes a webhook with an id that it knows for a repetition.
        self._ids = itertools.count(time.time_ns() // 1_000_000)

    def open(self, asked: Asked) -> Charge:
        """Remember a new checkout. Raises DuplicateReferenceError."""
        with self._lock:
            if asked.reference in self._charges:
                raise DuplicateReferenceError(asked.reference)
            charge = Charge(
                provider=asked.provider,
                id=next(self._ids),
                reference=asked.reference,
                access_code=secrets.token_hex(12),
                asked_kobo=asked.amount_kobo,
                currency=asked.currency,
                customer=asked.customer,
                callback_url=asked.callback_url,
                title=asked.title,
                metadata=asked.metadata,
                created_at=self.now(),
            )
            return self._keep(charge)

    def debit(self, asked: Asked, *, card: str) -> Charge:
        """Charge a card without its customer, and do what it does. Raises DuplicateReferenceError, CardError."""
        owner = next((each for each in self.all(asked.provider) if not each.card and each.access_code == card), None)
        if owner is None or not owner.paid_kobo:
            raise CardError("authorization code is invalid")
        if owner.customer.email.lower() != asked.customer.email.lower():
            raise CardError("email does not match the authorization code")
        charge = replace(self.open(asked), card=card)
        status, words = DEBITS[owner.later]
        at = None if status == "pending" else self.now()
        paid = charge.asked_kobo if status == "success" else 0
        with self._lock:
            return self._keep(replace(charge, status=status, paid_kobo=paid, settled_at=at, words=words))

    def set_card(self, reference: str, later: Later) -> None:
        """Have the card that paid a charge do something else from now on."""
        with self._lock:
            name = self._charges[reference].card_name
            owner = next(each for each in self._charges.values() if each.access_code == name)
            self._keep(replace(owner, later=later))

    def find(self, reference: str) -> Charge | None:
        """Return the charge of a reference."""
        with self._lock:
            return self._charges.get(reference)

    def get(self, reference: str) -> Charge:
        """Return the charge of a reference. Raises LookupError, for tests that name a wrong one."""
        charge = self.find(reference)
        if charge is None:
            raise LookupError(f"no provider was asked for a charge {reference!r}")
        return charge

    def find_code(self, access_code: str) -> Charge | None:
        """Return the charge of a checkout page."""
        return next((charge for charge in self.all() if charge.access_code == access_code), None)

    def find_id(self, provider: Provider, text: str) -> Charge | None:
        """Return a provider's charge by its id, written in digits."""
        return next((charge for charge in self.all(provider) if str(charge.id) == text), None)

    def all(self, provider: Provider | None = None) -> list[Charge]:
        """Return the charges of one provider or of both, the newest first."""
        with self._lock:
            charges = list(self._charges.values())
        return [charge for charge in reversed(charges) if provider in {None, charge.provider}]

    def settle(self, reference: str, outcome: Outcome) -> tuple[Charge, bool]:
        """Settle a charge with what was asked unless it was paid or failed; return it, and whether that changed it.

        Who cancelled may come back to the page and pay, and whose card was declined by another one.
        """
        with self._lock:
            charge = self._charges[reference]
            if not charge.may_retry and (charge.status not in {"open", "abandoned"} or charge.status == outcome):
                return charge, False
            return self._keep(settled(charge, outcome, charge.asked_kobo, charge.currency, self.now())), True

    def decline(self, reference: str) -> tuple[Charge, bool]:
        """Decline the card of who is at the page, who may try another one there; as `settle` returns it."""
        charge, changed = self.settle(reference, "failed")
        if not changed:
            return charge, False
        with self._lock:
            return self._keep(replace(charge, may_retry=True)), True

    def resettle(self, reference: str, outcome: Outcome, amount_kobo: int | None, currency: str | None) -> Charge:
        """Settle a charge whatever came of it before, with another amount or currency where one is given."""
        with self._lock:
            charge = self._charges[reference]
            amount = charge.asked_kobo if amount_kobo is None else amount_kobo
            return self._keep(settled(charge, outcome, amount, currency or charge.currency, self.now()))

    def refund(self, reference: str, amount_kobo: int | None, *, status: RefundStatus, note: str = "") -> Refund:
        """Begin a refund, of all that is left unless told how much. Raises RefundError."""
        with self._lock:
            charge = self._charges[reference]
            left = charge.refundable_kobo
            refuse_refund(charge, amount_kobo, left)
            amount = left if amount_kobo is None else amount_kobo
            refund = Refund(next(self._ids), amount, status, self.now(), note)
            self._keep(replace(charge, refunds=(*charge.refunds, refund)))
        return refund

    def settle_refunds(self, reference: str, status: RefundStatus, only: int | None = None) -> list[Refund]:
        """Settle the refunds that wait, or the one of an id; return those that did."""
        with self._lock:
            charge = self._charges[reference]
            changed = {
                refund.id: replace(refund, status=status)
                for refund in charge.refunds
                if refund.status == "pending" and only in {None, refund.id}
            }
            refunds = tuple(changed.get(refund.id, refund) for refund in charge.refunds)
            self._keep(replace(charge, refunds=refunds))
        return list(changed.values())

    def change_refunds(self, reference: str, status: RefundStatus | None) -> None:
        """Have all refunds of a charge be in another state, or never have been: providers err, and tests need that."""
        with self._lock:
            charge = self._charges[reference]
            changed = tuple(replace(refund, status=status) for refund in charge.refunds) if status else ()
            self._keep(replace(charge, refunds=changed))

    def _keep(self, charge: Charge) -> Charge:
        self._charges[charge.reference] = charge
        self._changed(self._charges.values())
        return charge


def settled(charge: Charge, outcome: Outcome, amount_kobo: int, currency: str, at: datetime) -> Charge:
    """Return a charge with what came of it."""
    paid = amount_kobo if outcome == "success" else 0
    return replace(charge, status=outcome, paid_kobo=paid, currency=currency, settled_at=at, may_retry=False)


def refuse_refund(charge: Charge, amount_kobo: int | None, left: int) -> None:
    """Raise RefundError for a refund that may not be."""
    if charge.status != "success":
        raise RefundError("Transaction has not been paid")
    if left <= 0:
        raise RefundError("Transaction has been fully reversed")
    if amount_kobo is not None and amount_kobo > left:
        raise RefundError("Refund amount cannot be more than the transaction amount that is left")


@dataclass(frozen=True, slots=True)
class Message:
    """A text message that a shop sent; `to` is without a plus."""

    id: str
    to: str
    sender: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets that a shop and its providers share."""

    paystack_secret: str
    flutterwave_secret: str
    flutterwave_hash: str
    termii: str

    @property
    def paystack_domain(self) -> str:
        """Where Paystack says a charge was made: `test` for a test key, else `live`."""
        return "test" if self.paystack_secret.startswith("sk_test") else "live"


PRACTICE_KEYS = Keys("sk_test_practice", "FLWSECK_TEST-practice", "practice-hash", "practice-key")


@dataclass(frozen=True, slots=True)
class Office:
    """What the APIs work with: ledger, secrets, where pages are, who signs; text messages.

    `refund_waits` and `debited` are told of what a provider does by itself.
    """

    ledger: Ledger
    keys: Keys
    page_url: str
    refund_waits: Callable[[Charge, Refund], None]
    debited: Callable[[Charge], None]
    issuers: Mapping[str, Issuer]
    messages: deque[Message] = field(default_factory=lambda: deque(maxlen=MOST_MESSAGES))

    def checkout_url(self, charge: Charge) -> str:
        """Return the address of the page where a customer pays: `{host}` in it is the host they come back to."""
        back = urlsplit(charge.callback_url).netloc
        host = re.sub(r":\d*$", "", back.rpartition("@")[2]) or "127.0.0.1"
        return f"{self.page_url.replace('{host}', host)}/pay/{charge.access_code}"
