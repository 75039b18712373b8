"""What every door does: read, find the key, run the pipeline, wait for the commit, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from analytics.ingest.doors.reading import BodyRefused, decode_json, read_body, truncate_ip
from analytics.ingest.pipeline import Sorted, reject_body, sort_events
from analytics.ingest.received import RawEvent, Source
from analytics.ingest.writer import Receipt, process_writer
from analytics.store.engine import StoreUnavailable
from zuka.platform import clock
from zuka.platform.errors import error_body
from zuka.platform.http import client_ip
from zuka.platform.keys.authentication import key_from_headers
from zuka.platform.keys.finding import Grant, KeysUnavailable, find_grant

RETRY_SECONDS = "5"
ERRORS_SHOWN = 100
LARGE_BYTES = 16_384
LARGE_PLACES = BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Door:
    """A wire protocol: its paths, how its documents become raw events, and what its clients want to hear.

    `paths` maps a path (no trailing slash) to the kind of call it is; `key_field` is where a body carries the key.
    """

    name: str
    text: str
    paths: Mapping[str, str]
    read: Callable[[Any, str], list[RawEvent]]
    answer: Callable[[dict[str, Any]], dict[str, Any]]
    key_field: str | None = None


class Refusal(Exception):  # noqa: N818 - an answer to the client
    """The request as a whole is refused."""

    def __init__(self, status: int, code: str, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = error_body(code=code, message=message, field=field)


def answer_json(request: HttpRequest, body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """Return a JSON answer that a page of any origin may read; keys say which origins may send."""
    content = msgspec.json.encode(body)
    response = HttpResponse(content, content_type="application/json", status=status)
    response["Content-Length"] = str(len(content))
    if origin := request.META.get("HTTP_ORIGIN"):
        response["Access-Control-Allow-Origin"] = origin
        response["Vary"] = "Origin"
    if status == 405:
        response["Allow"] = "POST, OPTIONS"
    if status == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response


def answer_preflight(request: HttpRequest) -> HttpResponse:
    """Answer a browser's OPTIONS without asking for a key: preflights carry none."""
    response = answer_json(request, {})
    response["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response["Access-Control-Allow-Headers"] = request.headers.get(
        "Access-Control-Request-Headers", "authorization, content-type"
    )
    response["Access-Control-Max-Age"] = "86400"
    return response


def find_key(request: HttpRequest, document: Any, door: Door) -> Grant:
    """Return what the request's key allows. The header wins: some clients mask the key in the body."""
    token = key_from_headers(request)
    if token is None and door.key_field and isinstance(document, dict):
        found = document.get(door.key_field)
        token = found if isinstance(found, str) else None
    if not token:
        message = "Send your key: Authorization: Bearer, Basic (key as user name) or X-Api-Key."
        raise Refusal(401, "missing_key", message)
    try:
        grant = find_grant(token)
    except KeysUnavailable as error:
        raise Refusal(503, "unavailable", "The key cannot be checked right now; send the events again.") from error
    if grant is None:
        raise Refusal(401, "invalid_key", "This API key is unknown, revoked or expired.")
    return grant


def check_key(request: HttpRequest, grant: Grant) -> None:
    """Refuse keys without the scope, and pages of origins that the key does not name."""
    if "track" not in grant.scopes:
        raise Refusal(403, "scope_missing", "This key lacks the scope `track`.")
    if not grant.allows_origin(request.META.get("HTTP_ORIGIN")):
        raise Refusal(403, "origin_not_allowed", "This key may not be used from this site.", "Origin")


def source_of(request: HttpRequest, grant: Grant, door: Door, received_at: datetime) -> Source:
    """Return who sends this request and what their key allows."""
    may_import = "import" in grant.scopes
    return Source(
        door=door.name,
        received_at=received_at,
        key_id=grant.key_id,
        is_server=grant.kind == "secret",
        is_strict=grant.is_strict,
        may_import=may_import,
        oldest_at=None if may_import else received_at - timedelta(days=grant.event_age_days),
        allowed_events=grant.allowed_events,
        idempotency_key=request.META.get("HTTP_IDEMPOTENCY_KEY", "")[:100] or None,
        ip=truncate_ip(client_ip(request)),
    )


def summarise(receipt: Receipt) -> dict[str, Any]:
    """Return the outcome of a request: received = accepted + duplicate + rejected, and why each was rejected."""
    outcome = receipt.outcome
    places = receipt.places
    new = {each.event.id for each in outcome.accepted} - receipt.duplicates - {row.id for row in receipt.refused}
    rows = [*zip(outcome.places, outcome.rejected, strict=True), *((places[row.id], row) for row in receipt.refused)]
    rejected = len(rows)
    errors = [
        {"index": place, **error_body(code=row.reason, message=row.message, field=row.field)}
        for place, row in rows[:ERRORS_SHOWN]
    ]
    return {
        "received": receipt.received,
        "accepted": len(new),
        "duplicate": receipt.received - len(new) - rejected,
        "rejected": rejected,
        "errors": errors,
    }


def store_unreadable(refused: BodyRefused, source: Source) -> None:
    """Keep a body that could not be read: one received, one rejected."""
    row = reject_body(
        body=refused.body, source=source, reason=refused.reason, message=refused.message, stage="read_body"
    )
    process_writer().submit(Sorted(rejected=[row], places=[0]))


def read_events(door: Door, document: Any, kind: str) -> list[RawEvent]:
    """Return the raw events of a document, each knowing its place. Raises Refusal when there are too many."""
    raws = door.read(document, kind)
    if len(raws) > settings.INGEST_MAX_EVENTS:
        most = settings.INGEST_MAX_EVENTS
        raise Refusal(413, "too_many_events", f"{len(raws)} events in one request; {most} is the most.", "batch")
    for place, raw in enumerate(raws):
        raw.place = place
    return raws


def handle(request: HttpRequest, door: Door, kind: str) -> HttpResponse:
    """Answer one request to a door. 200 is sent after the commit, never before."""
    if request.method == "OPTIONS":
        return answer_preflight(request)
    try:
        if request.method != "POST":
            raise Refusal(405, "method_not_allowed", "Send events with POST.")
        return answer_json(request, door.answer(summarise(receive(request, door, kind))))
    except Refusal as refusal:
        return answer_json(request, refusal.body, status=refusal.status)
    except StoreUnavailable:
        body = error_body(code="unavailable", message="Events cannot be stored right now; send them again.")
        return answer_json(request, body, status=503)


def place_for(body: bytes) -> AbstractContextManager[Any]:
    """Return a place to work on a body that has arrived. Large ones wait for one of two: 32 threads that decode at
    once spend their time on the interpreter's lock (500 events a request: 25,176 against 32,527 events/s).
    """
    return LARGE_PLACES if len(body) >= LARGE_BYTES else nullcontext()


def receive(request: HttpRequest, door: Door, kind: str) -> Receipt:
    """Read, check and store one request. Raises Refusal or StoreUnavailable."""
    received_at = clock.now()
    body, refused = b"", None
    try:
        body = read_body(request)
    except BodyRefused as error:
        refused = error
    with place_for(body):
        document: Any = None
        try:
            document = None if refused else decode_json(body)
        except BodyRefused as error:
            refused = error
        grant = find_key(request, document, door)
        check_key(request, grant)
        source = source_of(request, grant, door, received_at)
        if refused:
            store_unreadable(refused, source)
            raise Refusal(refused.status, refused.reason.value, refused.message) from refused
        return process_writer().submit(sort_events(read_events(door, document, kind), source))
