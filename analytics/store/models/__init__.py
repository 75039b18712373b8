"""Tables: events, rollups, bookkeeping."""

from __future__ import annotations

from analytics.store.models.access import ReportAccess
from analytics.store.models.bookkeeping import DirtyDay, FillState, RefreshRun
from analytics.store.models.events import DisplacedEvent, Event, RejectedEvent
from analytics.store.models.rollups import (
    RollupEvent,
    RollupOrder,
    RollupProduct,
    RollupSignup,
    RollupTraffic,
    RollupVisitor,
)

__all__ = [
    "DirtyDay",
    "DisplacedEvent",
    "Event",
    "FillState",
    "RefreshRun",
    "RejectedEvent",
    "ReportAccess",
    "RollupEvent",
    "RollupOrder",
    "RollupProduct",
    "RollupSignup",
    "RollupTraffic",
    "RollupVisitor",
]
