"""Every door. To add a protocol: one file beside this one, one name here."""

from __future__ import annotations

from analytics.ingest.doors import ga4, matomo, native, plausible, posthog, segment, snowplow, umami
from analytics.ingest.doors.door import Door

DOORS: tuple[Door, ...] = (
    native.DOOR,
    segment.DOOR,
    posthog.DOOR,
    umami.DOOR,
    plausible.DOOR,
    ga4.DOOR,
    snowplow.DOOR,
    matomo.DOOR,
)
Route = tuple[Door, str]
ROUTES: dict[str, Route] = {path: (door, kind) for door in DOORS for path, kind in door.paths.items()}
