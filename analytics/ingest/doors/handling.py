"""What every door does: read, find the key, run the pipeline, wait for the commit, answer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from threading import Lock
from typing import Any

import msgspec
import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from analytics.ingest.context import CLIENT_LENGTH, read_context
from analytics.ingest.doors.door import Call, Credential, Door, Refusal, Reply, Summary, key_in
from analytics.ingest.doors.limiting import limit_events
from analytics.ingest.doors.reading import BodyRefused, decode_json, read_body
from analytics.ingest.pipeline import Sorted, reject_body, sort_events
from analytics.ingest.privacy import has_objected, kept_address
from analytics.ingest.received import RawEvent, Rejection, Source
from analytics.ingest.rights import source_by
from analytics.ingest.storing import Receipt
from analytics.ingest.writer import process_writer
from analytics.registry.types import Reason
from analytics.store.engine import StoreUnavailable
from analytics.store.event import RejectedRow
from zuka.platform import clock
from zuka.platform.errors import error_body
from zuka.platform.keys.finding import Grant, KeysUnavailable, find_grant, find_grant_of_site

log = structlog.get_logger(__name__)
RETRY_SECONDS = "5"
ERRORS_SHOWN = 100
LARGE_BYTES = 16_384
LARGE_PLACE = Lock()
AGENT_LENGTH = 500
by_headers = key_in("")


def answer(request: HttpRequest, reply: Reply, door: Door) -> HttpResponse:
    """Return an answer that a page of any origin may read; keys say which origins may send."""
    content = reply.body if isinstance(reply.body, bytes) else msgspec.json.encode(reply.body)
    response = HttpResponse(content, content_type=reply.content_type, status=reply.status)
    response["Content-Length"] = str(len(content))
    for name, value in reply.headers.items():
        response[name] = value
    if origin := request.META.get("HTTP_ORIGIN"):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Expose-Headers"] = "Retry-After"  # browsers hide what is not named here
        response["Vary"] = "Origin"
        if door.with_credentials:
            response["Access-Control-Allow-Credentials"] = "true"
    if reply.status == 405:
        response["Allow"] = ", ".join((*door.methods, "OPTIONS"))
    if reply.status == 503:
        response["Retry-After"] = RETRY_SECONDS
    return response


def answer_preflight(request: HttpRequest, door: Door) -> HttpResponse:
    """Answer a browser's OPTIONS without asking for a key: preflights carry none."""
    response = answer(request, Reply({}), door)
    response["Access-Control-Allow-Methods"] = ", ".join((*door.methods, "OPTIONS"))
    response["Access-Control-Allow-Headers"] = request.headers.get(
        "Access-Control-Request-Headers", "authorization, content-type"
    )
    response["Access-Control-Max-Age"] = "86400"
    return response


def find_key(document: Any, call: Call, door: Door) -> Grant:
    """Return what the request's key allows. Raises Refusal."""
    credential = (door.credential or by_headers)(document, call)
    if credential is None:
        message = "Send your key: Authorization: Bearer, Basic (key as user name) or X-Api-Key."
        if door.site_protocol:
            message = f"Send the {door.site_protocol} site id that the back office names, or a publishable key."
        raise Refusal(401, "missing_key", message)
    return grant_for(credential, door)


def grant_for(credential: Credential, door: Door) -> Grant:
    """Return what a key or a site id allows. Raises Refusal."""
    try:
        if credential.token:
            grant = find_grant(credential.token)
        else:
            grant = find_grant_of_site(door.site_protocol, credential.site.replace("\x00", "")[:255])
    except KeysUnavailable as error:
        raise Refusal(503, "unavailable", "The key cannot be checked right now; send the events again.") from error
    if grant is None:
        raise Refusal(401, "invalid_key", "This API key is unknown, revoked or expired.")
    return grant


def key_of_refused(refused: BodyRefused, call: Call, door: Door) -> Grant:
    """Return the key of a request whose body cannot be read: that of its headers, or there is nobody to keep it for."""
    credential = by_headers(None, call)
    if credential is None:
        raise Refusal(refused.status, refused.code, refused.message)
    return grant_for(credential, door)


def check_key(request: HttpRequest, grant: Grant) -> None:
    """Refuse keys without the scope, and pages of origins that the key does not name."""
    if "track" not in grant.scopes:
        raise Refusal(403, "scope_missing", "This key lacks the scope `track`.")
    if not grant.allows_origin(request.META.get("HTTP_ORIGIN")):
        raise Refusal(403, "origin_not_allowed", "This key may not be used from this site.", "Origin")


def source_of(call: Call, grant: Grant, door: Door) -> Source:
    """Return who sends this request and what their key allows."""
    address, meta = call.address, call.request.META
    return source_by(
        grant,
        door=door.name,
        received_at=call.received_at,
        idempotency_key=short_key(meta.get("HTTP_IDEMPOTENCY_KEY", "")),
        ip=kept_address(address, settings.ADDRESSES),
        user_agent=meta.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH],
        address=address,
        has_objected=has_objected(call.request),
        client=client_name(meta.get("HTTP_USER_AGENT", "")),
    )


def short_key(sent: str) -> str | None:
    """Return an Idempotency-Key; the hash of a long one, so that two of them are never taken for one."""
    return (sent if len(sent) <= 64 else hashlib.sha256(sent.encode("utf-8", "replace")).hexdigest()) or None


def client_name(user_agent: str) -> str:
    """Return a program's name and version as its user agent begins; `browser` for all browsers."""
    if user_agent.startswith(("Mozilla/", "Opera/")):
        return "browser"
    return user_agent.split(" ", 1)[0].replace("\x00", "")[:CLIENT_LENGTH]


def named_client(raws: list[RawEvent], source: Source) -> str:
    """Return the SDK and its version as the first event's context names it, else what the user agent says."""
    if not raws:
        return source.client
    try:
        reading = read_context(raws[0].context, {}, platform=None, user_agent=None)
    except Rejection:  # the event is refused with this reason where it is checked
        return source.client
    return reading.client or source.client


def summarise(receipt: Receipt) -> Summary:
    """Return the outcome of a request: received = accepted + duplicate + rejected + dropped, and why rejected."""
    outcome = receipt.outcome
    new, rows = receipt.new, rejections(receipt)
    rejected = len(rows)
    errors = [
        {"index": place, **error_body(code=row.reason, message=row.message, field=row.field)}
        for place, row in rows[:ERRORS_SHOWN]
    ]
    return {
        "received": receipt.received,
        "accepted": new,
        "duplicate": receipt.received - new - rejected - outcome.dropped,
        "rejected": rejected,
        "dropped": outcome.dropped,
        "errors": errors,
    }


def rejections(receipt: Receipt) -> list[tuple[int, RejectedRow]]:
    """Return the rejected events of a request with their places: those of the pipeline, then those of the store."""
    outcome = receipt.outcome
    places = receipt.places if receipt.refused else {}
    late = [(places[row.id], row) for row in receipt.refused]
    return [*zip(outcome.places, outcome.rejected, strict=True), *late]


def refusals(receipt: Receipt) -> dict[int, str]:
    """Return why each refused event was, by its place: for protocols that answer for every event."""
    return {place: row.message for place, row in rejections(receipt)}


def store_unreadable(refused: BodyRefused, source: Source) -> None:
    """Keep a body that could not be read: one received, one rejected."""
    row = reject_body(
        body=refused.body, source=source, reason=refused.reason, message=refused.message, stage="read_body"
    )
    # What its person said of consent, nobody could read.
    is_dropped = (source.has_objected or settings.CONSENT_REQUIRED) and not source.is_server
    process_writer().submit(Sorted(source, dropped=1) if is_dropped else Sorted(source, rejected=[row], places=[0]))


def read_events(door: Door, document: Any, call: Call, body: bytes) -> list[RawEvent]:
    """Return the raw events of a document. Raises BodyRefused."""
    try:
        return door.read(document, call)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        log.exception("door.failed", door=door.name)
        raise BodyRefused(400, Reason.MALFORMED, "The document could not be read.", body) from error


def number_events(raws: list[RawEvent], door: Door, body: bytes) -> None:
    """Tell each event its place. Raises BodyRefused when there are too many."""
    if len(raws) > settings.INGEST_MAX_EVENTS:
        most = settings.INGEST_MAX_EVENTS
        message = f"{len(raws)} events in one request; {most} is the most."
        raise BodyRefused(413, Reason.TOO_LARGE, message, body, code="too_many_events")
    for place, raw in enumerate(raws):
        raw.place = place
    if door.site_of and len(raws) > 1:
        keep_to_one_site(raws, door.site_of)


def keep_to_one_site(raws: list[RawEvent], site_of: Callable[[Any], str]) -> None:
    """Refuse items of a batch that belong to another site than the first, whose key the request has."""
    site = site_of(raws[0].original)
    for raw in raws[1:]:
        if isinstance(raw.original, dict) and site_of(raw.original) != site:
            raw.problem = "It names another site than the request's first event; send it by itself."


def as_reply(said: Mapping[str, Any] | Reply) -> Reply:
    """Return a door's answer as a reply."""
    return said if isinstance(said, Reply) else Reply(said)


def handle(request: HttpRequest, door: Door, kind: str) -> HttpResponse:
    """Answer one request to a door. 200 is sent after the commit, never before."""
    if request.method == "OPTIONS":
        return answer_preflight(request, door)
    call = Call(kind, request, clock.now())
    try:
        reply = door.early(call) if door.early else None
        if reply is None:
            if request.method not in door.methods:
                raise Refusal(405, "method_not_allowed", f"Send events with {' or '.join(door.methods)}.")
            receipt = receive(call, door)
            call.notes["refusals"] = refusals(receipt)
            reply = as_reply(door.answer(summarise(receipt), call))
    except Refusal as refusal:
        status = door.statuses.get(refusal.status, refusal.status)
        reply = Reply({**refusal.body, **door.refused}, status, headers=refusal.headers)
    except StoreUnavailable:
        body = error_body(code="unavailable", message="Events cannot be stored right now; send them again.")
        reply = Reply(body, 503)
    return answer(request, reply, door)


def place_for(body: bytes) -> AbstractContextManager[Any]:
    """Return a place to work on a body that has arrived. Large ones wait for the only one: 32 threads that decode at
    once spend their time on the interpreter's lock (500 events a request: 25,176 against 32,527 events/s), and two
    still change places (100 a request: 14.2 µs of web's processor time an event against 13.5).
    """
    return LARGE_PLACE if len(body) >= LARGE_BYTES else nullcontext()


def read_usual(door: Door, body: bytes, call: Call) -> list[RawEvent] | None:
    """Return the raw events of a usual document whose key is in the headers; None for any other."""
    if door.read_quickly is None or by_headers(None, call) is None:
        return None
    return door.read_quickly(body, call)


def receive(call: Call, door: Door) -> Receipt:
    """Read, check and store one request. Raises Refusal or StoreUnavailable."""
    body, refused = b"", None
    try:
        body = read_body(call.request)
    except BodyRefused as error:
        refused = error
    with place_for(body):
        outcome = sort_request(call, door, body, refused)
    return Receipt(outcome) if call.kind in door.dry else process_writer().submit(outcome)


def sort_request(call: Call, door: Door, body: bytes, refused: BodyRefused | None) -> Sorted:
    """Read and check one request's events. Raises Refusal; a body that cannot be read is kept if its key is known."""
    document: Any = None
    raws: list[RawEvent] | None = None
    try:
        if refused is None and (raws := read_usual(door, body, call)) is None:
            document = door.decode(body, call) if door.decode else decode_json(body)
    except BodyRefused as error:
        refused = error
    grant = key_of_refused(refused, call, door) if refused else find_key(document, call, door)
    check_key(call.request, grant)
    source = source_of(call, grant, door)
    try:
        if refused:
            raise refused
        events = read_events(door, document, call, body) if raws is None else raws
        number_events(events, door, body)
        limit_events(events, call, grant, door)
    except BodyRefused as error:
        store_unreadable(error, source)
        raise Refusal(error.status, error.code, error.message) from error
    return sort_events(events, msgspec.structs.replace(source, client=named_client(events, source)))
