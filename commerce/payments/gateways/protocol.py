"""What the shop asks of a payment provider, and what it is told, in one form for all providers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

import httpx2

from zuka.platform.errors import Refused
from zuka.platform.tls import trusted_context

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 15.0
TOO_MANY, NOTHING_THERE = 429, 404
KEY_REFUSED = (401, 403)
NOT_REACHED = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.InvalidURL, httpx2.UnsupportedProtocol)
AWAY = "The payment provider does not answer. Try again in a moment."
UNREADABLE = "The payment provider gave an answer that cannot be read."
MOST_KOBO = 2**63 - 1
LONGEST_ID, LONGEST_URL, LONGEST_CODE = 100, 1000, 200
NESTED = (dict, list)
Row = TypeVar("Row")
PERSONAL = frozenset({"ip", "ip_address", "device_fingerprint"})


class GatewayUnavailable(Refused):
    """The provider does not answer, or not sensibly: what was asked of it may or may not have happened."""

    status = 503
    code = "provider_unavailable"


class GatewayNotReached(GatewayUnavailable):
    """The provider was not reached, or had no time: what was asked of it has not happened."""


class GatewayRefused(Refused):
    """The provider answered that it will not do this. Its own `words` are for staff: they may tell of our keys."""

    code = "provider_refused"

    def __init__(self, words: str) -> None:
        super().__init__("The payment provider refused this. Try another way to pay, or ask us.")
        self.words = words

    @property
    def is_repeated(self) -> bool:
        """Say whether what was asked for had been asked for before, under the same reference."""
        said = self.words.lower()
        return "duplicate" in said or ("ref" in said and "already" in said)


class GatewayKeyRefused(GatewayRefused):
    """The provider does not take the shop's key: that says nothing of what was asked."""


class MessageError(ValueError):
    """A webhook's body is not of the provider's form."""


class ChargeState(StrEnum):
    """Where a charge stands with its provider: nobody has tried to pay it or they went away, somebody is at it.

    One that is reversed was paid, and all of it went back.
    """

    PAID = "paid"
    OPEN = "open"
    UNDER_WAY = "under_way"
    FAILED = "failed"
    REVERSED = "reversed"


class RefundState(StrEnum):
    """Where a refund stands with its provider."""

    DONE = "done"
    OPEN = "open"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Bill:
    """What a customer is to pay: the amount in kobo, and where the provider sends them back to."""

    reference: str
    amount_kobo: int
    currency: str
    email: str
    name: str
    phone: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Authorization:
    """A card that may be charged again without its owner: by the provider's own code for it, and under this e-mail.

    Of the card itself we know what people tell it by, and `expires` as MM/YYYY; both may be empty.
    """

    code: str
    email: str
    brand: str
    last4: str
    expires: str


@dataclass(frozen=True, slots=True)
class Debit:
    """What a card that was authorized is to be charged, in kobo, under a reference of ours."""

    reference: str
    amount_kobo: int
    currency: str
    code: str
    email: str
    title: str


@dataclass(frozen=True, slots=True)
class Charge:
    """What a provider says of a payment. Amounts in kobo; `words` is its own status, `raw` its whole answer.

    `authorization` is the card that paid, where it may be charged again.
    """

    state: ChargeState
    reference: str
    provider_id: str
    amount_kobo: int
    currency: str
    fee_kobo: int
    is_test: bool
    paid_at: datetime | None
    words: str
    raw: dict[str, Any]
    authorization: Authorization | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """What shall go back of a charge, in kobo; providers name the charge by our reference or by their own id."""

    reference: str
    provider_id: str
    amount_kobo: int
    reason: str


@dataclass(frozen=True, slots=True)
class Message:
    """A webhook as it came; the headers' names are in small letters."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class RefundAnswer:
    """What a provider says of a refund; `reference` is its own name for it, empty until it has one."""

    state: RefundState
    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class RefundNotice:
    """What a webhook says of a refund: the payment's reference and how much of it, in kobo."""

    payment_reference: str
    amount_kobo: int
    answer: RefundAnswer


@dataclass(frozen=True, slots=True)
class Notice:
    """A webhook's content: its event, a key that is the same whenever it is sent again, and what it is about.

    A charge's notice is a hint only: the provider is asked what is true.
    """

    event: str
    key: str
    charge_reference: str | None = None
    refund: RefundNotice | None = None


@dataclass(frozen=True, slots=True)
class ListedRefund:
    """A refund as a provider lists it, in kobo. Of its charge the reference is known or the provider's id, or both.

    `answer.reference` is the name by which the provider's other answers call the refund, where they have one.
    """

    provider_id: str
    payment_reference: str
    charge_id: str
    amount_kobo: int
    currency: str
    is_test: bool
    made_at: datetime
    answer: RefundAnswer


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """One page of a provider's list, and whether there are more."""

    rows: Sequence[Row]
    has_more: bool


class Gateway(Protocol):
    """One payment provider. Each verb is one request, never repeated; raises GatewayUnavailable, GatewayRefused."""

    @property
    def paid_lists(self) -> Sequence[str]:
        """Return the provider's words for charges whose money came in: each is a list of its own."""

    def is_configured(self) -> bool:
        """Say whether the shop has keys for this provider."""

    def start(self, bill: Bill) -> str:
        """Begin a charge and return the address of the page where the customer pays."""

    def debit(self, debit: Debit) -> Charge:
        """Charge a card without its owner; what was declined is returned, or raised as `GatewayRefused`.

        A reference that the provider knows is refused, by words that `is_repeated` reads.
        """

    def verify(self, reference: str) -> Charge | None:
        """Return what became of a charge; None when the provider knows of no attempt to pay it."""

    def refund(self, wanted: Return) -> RefundAnswer:
        """Send a part of a charge back."""

    def list_charges(self, *, status: str, since: datetime, until: datetime, page: int) -> Listed[Charge]:
        """Return a page, the first is 1, of the charges of a list that were paid in a span; some beside it may come."""

    def list_refunds(self, *, since: datetime, until: datetime, page: int) -> Listed[ListedRefund]:
        """Return a page of the refunds that were begun in a span, whatever became of them; some beside it may come."""

    def find_refunds(self, *, reference: str, provider_id: str) -> Sequence[ListedRefund]:
        """Return the refunds of one charge; none where the provider cannot be asked that."""

    def is_signed(self, message: Message) -> bool:
        """Say whether a webhook comes from the provider."""

    def read_notice(self, body: Mapping[str, Any]) -> Notice:
        """Return what a webhook says. Raises MessageError."""


def ask(method: str, url: str, *, key: str, success: object, json: Any = None, params: Any = None) -> dict[str, Any]:
    """Send one request to a provider and return the `data` of its answer, whose `status` must be `success`.

    Raises GatewayUnavailable, GatewayRefused.
    """
    data = body_of(method, url, key=key, success=success, json=json, params=params).get("data")
    if not isinstance(data, dict):
        raise GatewayUnavailable(UNREADABLE)
    return data


def ask_list(url: str, *, key: str, success: object, params: Any) -> tuple[list[Any], dict[str, Any]]:
    """Ask for one page of a list and return its rows and its `meta`. Raises GatewayUnavailable, GatewayRefused."""
    body = body_of("GET", url, key=key, success=success, params=params)
    rows, meta = body.get("data"), body.get("meta")
    if not isinstance(rows, list):
        raise GatewayUnavailable(UNREADABLE)
    return rows, meta if isinstance(meta, dict) else {}


def body_of(
    method: str, url: str, *, key: str, success: object, json: Any = None, params: Any = None
) -> dict[str, Any]:
    """Send one request to a provider and return its answer. Raises GatewayUnavailable, GatewayRefused."""
    timeout = httpx2.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)
    headers = {"Authorization": f"Bearer {key}"}
    try:
        answer = httpx2.request(
            method, url, json=json, params=params, headers=headers, timeout=timeout, verify=trusted_context()
        )
    except NOT_REACHED as error:
        raise GatewayNotReached(AWAY) from error
    except httpx2.HTTPError as error:
        raise GatewayUnavailable(AWAY) from error
    try:
        body = answer.json()
    except ValueError as error:
        if answer.status_code == NOTHING_THERE:
            raise GatewayRefused("It has nothing at this address.") from error
        raise GatewayUnavailable(AWAY) from error
    if answer.status_code == TOO_MANY:
        raise GatewayNotReached(AWAY)
    if answer.status_code >= 500 or not isinstance(body, dict):
        raise GatewayUnavailable(AWAY)
    if answer.status_code in KEY_REFUSED:
        raise GatewayKeyRefused(str(body.get("message", ""))[:200])
    if answer.status_code >= 400:
        raise GatewayRefused(str(body.get("message", ""))[:200])
    if body.get("status") != success:
        raise GatewayUnavailable(UNREADABLE)
    return body


@contextmanager
def reading() -> Iterator[None]:
    """Take what an answer lacks, or has in another form, for an answer that has not come."""
    try:
        yield
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise GatewayUnavailable(UNREADABLE) from error


def checked(charge: Charge) -> Charge:
    """Return a charge that the ledger can hold. Raises ValueError for any other."""
    is_paid = charge.state == ChargeState.PAID
    if not (not is_paid or 0 < charge.amount_kobo <= MOST_KOBO) or not 0 <= charge.fee_kobo <= MOST_KOBO:
        raise ValueError("an amount that cannot be")
    if not re.fullmatch("[A-Z]{3}", charge.currency) or not 0 < len(charge.provider_id) <= LONGEST_ID:
        raise ValueError("no currency or id")
    return charge


def read_card(*, code: object, email: object, brand: object, last4: object, expires: str) -> Authorization | None:
    """Return a card that may be charged again; None without the code or the e-mail for that."""
    if not isinstance(code, str) or not isinstance(email, str) or not 0 < len(code) <= LONGEST_CODE or not email:
        return None
    return Authorization(code, email[:254], words_in(brand, 20), words_in(last4, 4), expires[:7])


def words_in(value: object, most: int) -> str:
    """Return a short text of an answer; empty for what is none."""
    return value.replace("\0", "").strip()[:most] if isinstance(value, str) else ""


def read_page(url: object) -> str:
    """Return the address of a page to pay on. Raises ValueError for what is none."""
    if not isinstance(url, str) or not url.startswith(("https://", "http://")) or len(url) > LONGEST_URL:
        raise ValueError("no address of a page")
    return url


def read_facts(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is kept of an answer: its plain values. What stands below is of the customer's card and person."""
    plain = {name: value for name, value in answer.items() if name not in PERSONAL and not isinstance(value, NESTED)}
    return {name: value.replace("\0", "") if isinstance(value, str) else value for name, value in plain.items()}


def read_moment(text: object) -> datetime | None:
    """Return an ISO 8601 moment of a provider; None when there is none, or it names no time zone."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:  # without a moment, that of our asking is taken
        return None
    return found if found.tzinfo else None


def read_moments(data: Mapping[str, Any], *names: str) -> datetime:
    """Return the first moment that a row of a list has among some names. Raises ValueError for a row without any."""
    found = next(filter(None, (read_moment(data.get(name)) for name in names)), None)
    if found is None:
        raise ValueError("no moment")
    return found


def checked_refund(refund: ListedRefund) -> ListedRefund:
    """Return a listed refund that can be compared. Raises ValueError for any other."""
    if not 0 < refund.amount_kobo <= MOST_KOBO or not 0 < len(refund.provider_id) <= LONGEST_ID:
        raise ValueError("an amount or an id that cannot be")
    if not (refund.payment_reference or refund.charge_id):
        raise ValueError("a refund of nothing")
    return refund
