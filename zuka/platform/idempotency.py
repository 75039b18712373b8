"""Requests that make something and may be sent again: the same Idempotency-Key makes it once."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from zuka.platform.errors import Refused

KEY_LENGTH = 200


class KeyReused(Refused):
    """The idempotency key was used for something else."""

    code = "idempotency_key_reused"


def key_header(thing: str, does: str) -> OpenApiParameter:
    """Return the header with which a request that makes something can be sent again."""
    text = f"Any text up to {KEY_LENGTH} characters; the same key with the same {thing} {does} once."
    return OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description=text)


def read_key(request: Request) -> str | None:
    """Return the request's idempotency key, None without one; a key that cannot be stored is a 400."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > KEY_LENGTH or not key.isprintable():
        raise serializers.ValidationError({"Idempotency-Key": "At most 200 printable characters."})
    return key or None
