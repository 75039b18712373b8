"""A question about a key as apps usually send it, read at once; what is unusual or wrong is for the serializer, which
says what is wrong with it.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from django.http import HttpRequest

from zuka.platform.keys.finding import LONGEST_NAME


class AskedDevice(msgspec.Struct):
    """Where an app runs: as `KeyDeviceSerializer` says."""

    fingerprint: Annotated[str, msgspec.Meta(max_length=300)]
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    os: Annotated[str, msgspec.Meta(max_length=100)] = ""
    app_version: Annotated[str, msgspec.Meta(max_length=50)] = ""


class Asked(msgspec.Struct):
    """Which key, and on which device: as `ValidateKeySerializer` says."""

    key: Annotated[str, msgspec.Meta(max_length=LONGEST_NAME)]
    device: AskedDevice | None = None


_decode = msgspec.json.Decoder(Asked).decode


def read_quickly(request: HttpRequest) -> dict[str, Any] | None:
    """Return the key and the device of a usual question; None for any other."""
    if request.content_type != "application/json":
        return None
    try:
        asked = _decode(request.body)
    except (msgspec.MsgspecError, RecursionError):  # the serializer says what is wrong
        return None
    said = msgspec.structs.asdict(asked.device) if asked.device else None
    texts = [asked.key, *(said.values() if said else ())]
    if not asked.key or (said and not said["fingerprint"]) or not all(map(is_plain, texts)):
        return None
    return {"key": asked.key, "device": said}


def is_plain(text: str) -> bool:
    """Say whether a text needs neither trimming nor a look at odd characters; an empty one does not."""
    return text.isprintable() and text == text.strip()
