"""The doors in the OpenAPI schema, made from their table: they are no DRF views, for speed."""

from __future__ import annotations

import re
from typing import Any

from analytics.ingest.doors.door import Door
from analytics.ingest.doors.table import DOORS

NOT_WORD = re.compile(r"\W+")
SUMMARY = {
    "type": "object",
    "description": "received = accepted + duplicate + rejected + dropped (for privacy)",
    "properties": {
        **{name: {"type": "integer"} for name in ("received", "accepted", "duplicate", "rejected", "dropped")},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}
ANSWERS = {
    "200": {"description": "Stored.", "content": {"application/json": {"schema": SUMMARY}}},
    **{
        status: {"description": text}
        for status, text in (
            ("400", "The body cannot be read: `{code, message}`. It is kept as one rejected event."),
            ("401", "No key, or one that is unknown, revoked or expired."),
            ("403", "The key lacks the scope `track`, or may not be used from this site."),
            ("413", "The body or the number of events is over the limit."),
            ("503", "Nothing was stored; send it again after `Retry-After` seconds."),
        )
    },
}


def add_doors(result: dict[str, Any], **_arguments: Any) -> dict[str, Any]:
    """drf-spectacular's hook: add the calls of each path of each door."""
    for door in DOORS:
        for path, kind in door.paths.items():
            result["paths"][path] = {method.lower(): operation(door, path, kind, method) for method in door.methods}
    return result


def operation(door: Door, path: str, kind: str, method: str) -> dict[str, Any]:
    """Return how one path of a door is called."""
    name = NOT_WORD.sub("_", path.strip("/"))
    suffix = "" if method == "POST" else f"_{method.lower()}"
    body = {"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}
    return {
        "operationId": f"{door.name}_{name}{suffix}",
        "tags": ["tracking"],
        "summary": f"{door.name}: {kind}",
        "description": door.text,
        **(body if method == "POST" else {}),
        "responses": ANSWERS,
    }
