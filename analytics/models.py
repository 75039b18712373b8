"""Analytics' tables, for Django: the records themselves live in `store/`."""

from __future__ import annotations

from analytics.store.models import (
    DirtyDay,
    DisplacedEvent,
    Event,
    FillState,
    RefreshRun,
    RejectedEvent,
    ReportAccess,
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
