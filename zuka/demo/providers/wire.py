"""What comes in and goes out over HTTP: calls, answers, JSON, moments and amounts as the providers write them."""

from __future__ import annotations

import hmac
import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import unquote

from zuka.demo.providers.state import Charge, Office, Refund

Read = dict[str, Any]


class NotJsonError(ValueError):
    """The body of a call is no JSON object."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request: its path below the provider's base address, its query, headers in lower case, its body."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def read(self) -> Read:
        """Return the body as JSON, with exact decimals. Raises NotJsonError."""
        try:
            content = json.loads(self.body, parse_float=Decimal, parse_constant=refuse_constant)
        except (ValueError, RecursionError) as error:
            raise NotJsonError from error
        if not isinstance(content, dict):
            raise NotJsonError
        return content


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes
    headers: Mapping[str, str]


Endpoint = Callable[[Office, Call, str], Answer]
Route = tuple[str, re.Pattern[str], Endpoint]


def route(method: str, path: str, endpoint: Endpoint) -> Route:
    """Return a row of a table of routes; `{}` in the path is what the endpoint gets as its last argument."""
    return method, re.compile(re.escape(path).replace(r"\{\}", "([^/]+)")), endpoint


def find_route(routes: Sequence[Route], call: Call) -> tuple[Endpoint, str] | None:
    """Return the endpoint of a call, and what its path names."""
    for method, path, endpoint in routes:
        match = path.fullmatch(call.path)
        if match and method == call.method:
            return endpoint, unquote("".join(match.groups()))
    return None


def answer_by(routes: Sequence[Route], refuse: Callable[[int, str], Answer], office: Office, call: Call) -> Answer:
    """Answer a call by the row of a table of routes, or with a refusal in the API's own words."""
    found = find_route(routes, call)
    if found is None:
        return refuse(404, "Route not found")
    endpoint, named = found
    try:
        return endpoint(office, call, named)
    except NotJsonError:
        return refuse(400, "Invalid JSON body")


def refuse_constant(name: str) -> None:
    """Raise ValueError: NaN and the infinities are no JSON."""
    raise ValueError(name)


def write_json(content: Any) -> bytes:
    """Return JSON without spaces, names as they are: nobody can sign it again by serialising it again."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False, default=float).encode()


def json_answer(status: int, content: Mapping[str, Any]) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, write_json(content), {"Content-Type": "application/json; charset=utf-8"})


def gateway_answer(status: int) -> Answer:
    """Return what a machine before the API answers when the API does not: a page, no JSON."""
    body = f"<html><body><h1>{status} {HTTPStatus(status).phrase}</h1></body></html>"
    return Answer(status, body.encode(), {"Content-Type": "text/html; charset=utf-8"})


def bearer(call: Call) -> str | None:
    """Return the secret that a call brings; None where it brings none."""
    kind, _, secret = call.headers.get("authorization", "").partition(" ")
    return secret.strip() if kind.lower() == "bearer" and secret.strip() else None


def same(one: str, other: str) -> bool:
    """Say whether two secrets are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def is_web_address(text: Any) -> bool:
    """Say whether this is an address that a browser can be sent to."""
    return isinstance(text, str) and re.fullmatch(r"https?://[^\s/]+\S*", text) is not None


def is_email(text: Any) -> bool:
    """Say whether this looks like an address for mail."""
    return isinstance(text, str) and re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", text) is not None


def is_currency(text: Any) -> bool:
    """Say whether this is a code of three capital letters."""
    return isinstance(text, str) and re.fullmatch(r"[A-Z]{3}", text) is not None


def words(value: Any) -> str:
    """Return a text as it is, anything else as none."""
    return value if isinstance(value, str) else ""


def moment(at: datetime | None) -> str | None:
    """Return a moment as both providers write it."""
    return None if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def read_moment(text: str, *, end: bool = False) -> datetime:
    """Read a day or a moment, in UTC unless told; a day that ends a span is in it whole. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if len(text) == len("2026-01-31") and end:
        at = datetime.combine(at.date(), time.max)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


class Made(Protocol):
    """What was made at some moment."""

    @property
    def created_at(self) -> datetime:
        """When it was made."""


Thing = TypeVar("Thing", bound=Made)


def within(things: Sequence[Thing], query: Mapping[str, str]) -> list[Thing]:
    """Return what was made in the span of a query's `from` and `to`. Raises ValueError."""
    first = read_moment(query["from"]) if query.get("from") else None
    last = read_moment(query["to"], end=True) if query.get("to") else None
    return [
        thing
        for thing in things
        if (first is None or thing.created_at >= first) and (last is None or thing.created_at <= last)
    ]


@dataclass(frozen=True, slots=True)
class RefundOf:
    """A refund beside its charge."""

    charge: Charge
    refund: Refund

    @property
    def created_at(self) -> datetime:
        """When the refund was begun."""
        return self.refund.created_at


def refunds_among(charges: Sequence[Charge]) -> list[RefundOf]:
    """Return the refunds of some charges, the newest of each first."""
    return [RefundOf(charge, refund) for charge in charges for refund in reversed(charge.refunds)]


@dataclass(frozen=True, slots=True)
class Page(Generic[Thing]):
    """A part of a list."""

    rows: Sequence[Thing]
    total: int
    number: int
    size: int

    @property
    def count(self) -> int:
        """How many pages there are."""
        return math.ceil(self.total / self.size)


def cut_page(things: Sequence[Thing], *, number: str, size: str) -> Page[Thing]:
    """Return one page of a list, the first is 1. Raises ValueError for numbers that are none."""
    at, per = int(number), int(size)
    if at < 1 or per < 1:
        raise ValueError(number)
    return Page(things[(at - 1) * per : at * per], len(things), at, per)
