"""Reading a request: its body, whatever the content type; gzip by header or by its first bytes; lenient JSON."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec
import zstandard
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError

from analytics.ingest.lenient import decode_leniently, is_plain_json
from analytics.ingest.received import BatchText, RawEvent, UsualEvent
from analytics.registry.types import Reason

URL_ALPHABET = bytes.maketrans(b"-_", b"+/")
GZIP = b"\x1f\x8b"
FORM = "application/x-www-form-urlencoded"
BROKE_OFF = "The body broke off before its end; send it again."
Item = TypeVar("Item")
WINDOW_BITS = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


class BodyRefused(Exception):  # noqa: N818 - an answer to the client
    """A body that cannot be taken: the HTTP status, the reason, the sentence, and as much of it as was read."""

    def __init__(
        self, status: int, reason: Reason, message: str, body: bytes = b"", *, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code or reason.value
        self.reason = reason
        self.message = message
        self.body = body


def too_large() -> BodyRefused:
    """Return the refusal of a body over the limit."""
    most = settings.INGEST_MAX_BODY_BYTES
    return BodyRefused(413, Reason.TOO_LARGE, f"The body is larger than {most} bytes; send smaller batches.")


def read_body(request: HttpRequest) -> bytes:
    """Return the body, decompressed, within the limit before and after. Raises BodyRefused."""
    try:
        body = read_chunks(request) if is_chunked(request) else request.body
    except RequestDataTooBig as error:
        raise too_large() from error
    except (UnreadablePostError, OSError) as error:
        raise BodyRefused(400, Reason.MALFORMED, BROKE_OFF) from error
    # The server hands over what came before a client went, as if it were all: half a form would read as a whole one.
    if len(body) < announced_length(request):
        raise BodyRefused(400, Reason.MALFORMED, BROKE_OFF, body)
    if len(body) > settings.INGEST_MAX_BODY_BYTES:
        raise too_large()
    encoding = "gzip" if body[:2] == GZIP else request.META.get("HTTP_CONTENT_ENCODING", "").strip().lower()
    if encoding in {"", "identity", "gzip"} and body[:2] != GZIP:
        return body
    return decompress_zstd(body) if encoding == "zstd" else decompress(body, encoding)


def decompress_zstd(body: bytes) -> bytes:
    """Return a Zstandard body's content, reading no further than the limit."""
    most = settings.INGEST_MAX_BODY_BYTES
    try:
        with zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(body) as reader:
            content = reader.read(most + 1)
    except zstandard.ZstdError as error:
        raise BodyRefused(400, Reason.MALFORMED, f"The body is not valid zstd: {error}.", body) from error
    if len(content) > most:
        raise too_large()
    return content


def is_chunked(request: HttpRequest) -> bool:
    """Say whether the body comes without a length: Django would take it as empty."""
    return (
        not request.META.get("CONTENT_LENGTH") and "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower()
    )


def announced_length(request: HttpRequest) -> int:
    """Return how long a request says its body is; 0 where it does not say."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0


def read_chunks(request: HttpRequest) -> bytes:
    """Return a body of unknown length, read no further than the limit. Raises BodyRefused for a form: nothing tells
    half of one from all of it, as JSON and compressed bodies (which RudderStack calls forms) do by themselves.
    """
    body = bytes(request.META["wsgi.input"].read(settings.INGEST_MAX_BODY_BYTES + 1))
    tells_its_end = body[:1] in {b"{", b"["} or body[:2] == GZIP or request.META.get("HTTP_CONTENT_ENCODING")
    if request.content_type == FORM and not tells_its_end:
        raise BodyRefused(411, Reason.MALFORMED, "A form needs a Content-Length; send it with one.")
    return body


def decompress(body: bytes, encoding: str) -> bytes:
    """Return a gzip or zlib body's content, reading no further than the limit (zip bombs)."""
    if encoding not in WINDOW_BITS:
        message = f"Content-Encoding {encoding[:20]!r} is not known; send gzip, deflate, zstd or none."
        raise BodyRefused(415, Reason.MALFORMED, message, body)
    # What some call deflate is a zlib stream (RFC 9110) and some send raw: the first byte tells.
    bits = WINDOW_BITS[encoding]
    reader = zlib.decompressobj(-zlib.MAX_WBITS if bits == zlib.MAX_WBITS and body[:1] != b"\x78" else bits)
    try:
        content = reader.decompress(body, settings.INGEST_MAX_BODY_BYTES + 1)
    except zlib.error as error:
        raise BodyRefused(400, Reason.MALFORMED, f"The body is not valid {encoding}: {error}.", body) from error
    if len(content) > settings.INGEST_MAX_BODY_BYTES:
        raise too_large()
    if not reader.eof:
        raise BodyRefused(400, Reason.MALFORMED, f"The {encoding} body is truncated.", body)
    return content


def decode_json(body: bytes) -> Any:
    """Return a JSON body's value, read leniently. Raises BodyRefused."""
    try:
        return decode_leniently(body)
    except RecursionError as error:
        raise BodyRefused(400, Reason.TOO_DEEP, "The JSON is nested too deeply.", body) from error
    except ValueError as error:
        raise BodyRefused(400, Reason.MALFORMED, f"The body is not JSON: {error}.", body) from error


def decode_base64(text: str | bytes) -> bytes:
    """Return what base64 stands for, in its plain or its URL alphabet, padded or not. Raises BodyRefused."""
    data = text.encode("ascii", "replace") if isinstance(text, str) else text
    data = data.replace(b" ", b"+").translate(URL_ALPHABET).rstrip(b"=")
    try:
        return base64.b64decode(data + b"=" * (-len(data) % 4), validate=True)
    except binascii.Error as error:
        raise BodyRefused(400, Reason.MALFORMED, f"The data is not base64: {error}.", data) from error


def finish_usual(event: UsualEvent, original: msgspec.Raw | BatchText, sent_at: str | None) -> UsualEvent:
    """Return an event of a batch with what its own text cannot say."""
    event.original = original
    if not event.sent_at:
        event.sent_at = sent_at
    return event


class UsualBatch(Protocol[Item]):
    """A batch of items."""

    items: list[Item]
    sent_at: str | None


Finish = Callable[[Item, msgspec.Raw | BatchText, str | None], UsualEvent]
ReadWhole = Callable[[msgspec.Raw, str | None], RawEvent]


class UsualReader(NamedTuple, Generic[Item]):
    """How a protocol's usual batches are read: all items at once, or each by itself where one is unusual.

    `finish` raises ValidationError for an item that is unusual after all.
    """

    decode: Callable[[bytes], UsualBatch[Item]]
    split: Callable[[bytes], UsualBatch[msgspec.Raw]]
    decode_item: Callable[[msgspec.Raw], Item]
    finish: Finish[Item]
    read_whole: ReadWhole


def make_reader(
    batch: type[UsualBatch[Item]],
    split: type[UsualBatch[msgspec.Raw]],
    item: type[Item],
    *,
    finish: Finish[Item],
    read_whole: ReadWhole,
) -> UsualReader[Item]:
    """Return the reader of a protocol's batches: of all items, of none, and of one."""
    return UsualReader(
        msgspec.json.Decoder(batch).decode,
        msgspec.json.Decoder(split).decode,
        msgspec.json.Decoder(item).decode,
        finish,
        read_whole,
    )


def read_usual_batch(body: bytes, reader: UsualReader[Item]) -> list[RawEvent] | None:
    """Return the raw events of a usual batch; None for a document that must be read with more patience."""
    if not is_plain_json(body):
        return None
    try:
        return read_all(body, reader)
    except (msgspec.ValidationError, ValueError):  # one of them is unusual: each is read alone
        return read_each(body, reader)
    except (msgspec.MsgspecError, RecursionError):
        return None  # no JSON, or nested too deeply: patient reading says which


def read_each(body: bytes, reader: UsualReader[Item]) -> list[RawEvent] | None:
    """Return the raw events of a batch of which some are unusual; None where the batch itself is."""
    try:
        batch = reader.split(body)
        return [read_one(text, batch.sent_at, reader) for text in batch.items]
    except (msgspec.MsgspecError, RecursionError, ValueError):
        return None  # patient reading takes it


def read_all(body: bytes, reader: UsualReader[Item]) -> list[RawEvent]:
    """Return the events of a batch of usual ones. Raises ValidationError where one is not."""
    batch = reader.decode(body)
    original = BatchText(body, lambda text: reader.split(text).items)
    return [reader.finish(item, original, batch.sent_at) for item in batch.items]


def read_one(text: msgspec.Raw, sent_at: str | None, reader: UsualReader[Item]) -> RawEvent:
    """Return an event of a batch; one that is unusual is read as a whole, and one that cannot be harms no other."""
    try:
        try:
            return reader.finish(reader.decode_item(text), text, sent_at)
        except msgspec.ValidationError:  # unusual, so it is read with more patience
            return reader.read_whole(text, sent_at)
    except ValueError as error:  # a whole number of more than 4,300 digits, which Python does not read
        return RawEvent(original=text, problem=f"It cannot be read: {error}"[:200])
