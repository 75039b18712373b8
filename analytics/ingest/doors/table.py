"""Every door. To add a protocol: one file beside this one, one name here."""

from __future__ import annotations

from analytics.ingest.doors import native, segment
from analytics.ingest.doors.handling import Door

DOORS: tuple[Door, ...] = (native.DOOR, segment.DOOR)
ROUTES: dict[str, tuple[Door, str]] = {path: (door, kind) for door in DOORS for path, kind in door.paths.items()}
