"""Keys of the API, and how their validations end. Nobody visits as they happen."""

from __future__ import annotations

from typing import Literal

from analytics.registry.types import EventType, Payload, Said, Text


class Validation(Payload):
    """Which key, never its token (none where it is nobody's), and how it ended."""

    result: Literal["success", "invalid_key", "expired", "device_mismatch", "rate_limited"]
    key_id: Text | None = None


TYPES = (
    EventType(
        name="key.validated",
        text="An app or a partner asked whether a key is valid.",
        payload=Validation,
        example={"key_id": "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f", "result": "success"},
        broken={"key_id": "0197f3a0-5b7c-7d3e-8f21-6a4b5c6d7e8f", "result": "perhaps"},
        said=Said.SERVER,
        is_visit=False,
    ),
)
