"""Reading JSON as clients write it: NaN and Infinity become null, NUL and lone surrogates U+FFFD."""

from __future__ import annotations

import json
from typing import Any

import msgspec

from analytics.ingest.received import Rejection
from analytics.registry.types import Reason

_decode = msgspec.json.Decoder().decode


def is_plain_json(text: bytes) -> bool:
    """Say whether the strings of a JSON text are UTF-8 without NUL, which is not checked in what reading skips."""
    if b"\\" in text and b"\\u0000" in text:  # most hold neither, and a byte is found sooner
        return False
    try:
        return text.isascii() or bool(text.decode())
    except UnicodeDecodeError:  # that is the answer
        return False


def decode_leniently(text: bytes) -> Any:
    """Return the value of a JSON text. Raises ValueError for what is no JSON, RecursionError for what is too deep."""
    try:
        return without_nul(_decode(text)) if b"\\u0000" in text else _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Python's own reader: some SDKs write NaN, and one event must not lose its batch.
        return without_nul(json.loads(text.decode("utf-8", "replace"), parse_constant=lambda _name: None))


def read_value(text: bytes, field: str) -> Any:
    """Return the value of a part of a document that is known to be JSON. Raises Rejection when it is too much."""
    try:
        return decode_leniently(text)
    except RecursionError as error:
        raise Rejection(Reason.TOO_DEEP, f"`{field}` is nested too deeply.", field) from error
    except ValueError as error:  # a whole number of more than 4,300 digits, which Python does not read
        raise Rejection(Reason.MALFORMED, f"`{field}` cannot be read: {error}"[:200], field) from error


def plain_value(value: Any, field: str) -> Any:
    """Return a value as it is, or read, when it is still the text that the client sent. Raises Rejection."""
    return read_value(bytes(value), field) if type(value) is msgspec.Raw else value


def without_nul(value: Any) -> Any:
    """Return a JSON value that PostgreSQL can hold: no NUL, no lone surrogate, no infinite number (1e999)."""
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, float) and value in {float("inf"), float("-inf")}:
        return None
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    if isinstance(value, dict):
        return {without_nul(key): without_nul(item) for key, item in value.items()}
    return value
