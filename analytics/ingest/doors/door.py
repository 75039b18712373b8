"""What a door is: a wire protocol as a record of small functions, and what passes through it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from analytics.ingest.received import RawEvent
from zuka.platform.errors import error_body
from zuka.platform.http import client_ip
from zuka.platform.keys.authentication import key_from_headers

Summary = dict[str, Any]
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request to a door: `kind` is what its path stands for; `notes` are what an answer needs of the document."""

    kind: str
    request: HttpRequest
    received_at: datetime
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters, the last value of each."""
        return self.request.GET.dict()

    @property
    def user_agent(self) -> str:
        """The request's user agent; empty when there is none."""
        return str(self.request.META.get("HTTP_USER_AGENT", ""))

    @property
    def is_anonymous(self) -> bool:
        """Whether the client asks that its address not be looked at: Snowplow's trackers can."""
        return bool(self.request.META.get("HTTP_SP_ANONYMOUS"))

    @property
    def address(self) -> str | None:
        """The client's whole address; None where it asks that nobody look."""
        return None if self.is_anonymous else client_ip(self.request)


@dataclass(frozen=True, slots=True)
class Credential:
    """How a request says whose it is: a key's token, or a site id of its protocol."""

    token: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: an object for JSON, or bytes of another type."""

    body: Mapping[str, Any] | bytes
    status: int = 200
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - an answer to the client
    """The request as a whole is refused."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.body = error_body(code=code, message=message, field=field)


@dataclass(frozen=True, slots=True)
class Door:
    """A wire protocol: its paths, how its documents become raw events, and what its clients want to hear.

    `paths` maps a path (no trailing slash) to the kind of call it is. `read` turns a document into raw events,
    `answer` a summary into what clients expect. `read_quickly` reads a body whose key is in the headers no further
    than needed: the same events as `read`, or None for an unusual document. `credential` finds the key in the
    document; the headers are asked first. `decode` reads a body that is not JSON, or a query. `early` answers calls
    that carry no events. `statuses` replaces statuses that clients of this protocol would take wrongly.
    `site_protocol` names the protocol of the site ids that stand for a key, `site_of` reads one from an item of a
    batch; `refused` is added to the body of a refusal. Calls of a `dry` kind store nothing. `with_credentials`: its
    browser clients ask to send cookies, which nobody reads, and are refused by the browser unless they are allowed to.
    """

    name: str
    text: str
    paths: Mapping[str, str]
    read: Callable[[Any, Call], list[RawEvent]]
    answer: Callable[[Summary, Call], Mapping[str, Any] | Reply]
    read_quickly: Callable[[bytes, Call], list[RawEvent] | None] | None = None
    credential: Callable[[Any, Call], Credential | None] | None = None
    decode: Callable[[bytes, Call], Any] | None = None
    early: Callable[[Call], Reply | None] | None = None
    methods: tuple[str, ...] = ("POST",)
    statuses: Mapping[int, int] = field(default_factory=dict)
    site_protocol: str = ""
    site_of: Callable[[Any], str] | None = None
    dry: frozenset[str] = frozenset()
    with_credentials: bool = False
    refused: Mapping[str, Any] = field(default_factory=dict)


def key_in(name: str) -> Callable[[Any, Call], Credential | None]:
    """Return a `credential` that reads a key from a field of the document; a key in the headers wins."""

    def credential(document: Any, call: Call) -> Credential | None:
        token = key_from_headers(call.request)
        if token is None and isinstance(document, dict):
            found = document.get(name)
            token = found if isinstance(found, str) else None
        return Credential(token=token) if token else None

    return credential


def text_of(value: Any) -> str:
    """Return a value as text: numbers as they are written, nothing for what is neither."""
    return value if isinstance(value, str) else str(value) if isinstance(value, (int, float)) else ""


def table_of(value: Any) -> dict[str, Any]:
    """Return an object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is there of some values."""
    return {name: value for name, value in values.items() if value not in (None, "")}
