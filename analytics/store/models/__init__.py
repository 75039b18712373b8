"""Tables: events, rollups, bookkeeping."""

from __future__ import annotations

from analytics.store.models.access import ReportAccess
from analytics.store.models.alerts import Alert, AlertFiring
from analytics.store.models.annotations import Annotation
from analytics.store.models.api_hours import HourlyApiPerformance
from analytics.store.models.archive import AWAY_STATES, ArchivedMonth
from analytics.store.models.attribution import OrderAttribution, RollupAttribution, Touch
from analytics.store.models.bookkeeping import DirtyDay, DiskUse, FillState, RefreshRun, VerifyRun
from analytics.store.models.compaction import CompactedPeriod
from analytics.store.models.events import DisplacedEvent, Event, RejectedEvent
from analytics.store.models.exports import ExportJob, ExportStatus
from analytics.store.models.history import HistoryImport, HistoryStatus, ImportedDay
from analytics.store.models.ingest import IngestAlert, IngestHour, IngestTally
from analytics.store.models.leads import BehaviourProfile, LeadScore
from analytics.store.models.people import IdentityLink, VisitorSession
from analytics.store.models.rollups import (
    RollupCash,
    RollupClaim,
    RollupEvent,
    RollupGood,
    RollupJourney,
    RollupLanding,
    RollupOrder,
    RollupProduct,
    RollupRecency,
    RollupSearch,
    RollupSession,
    RollupSignup,
    RollupSource,
    RollupTraffic,
    RollupViewedPair,
    RollupVisitor,
)
from analytics.store.models.saved import DashboardPin, SavedReport
from analytics.store.models.segments import Segment, SegmentMember
from analytics.store.models.spend import CampaignSpend, SpendImport
from analytics.store.models.subscriptions import ReportDelivery, ReportRecipient, ReportSubscription
from analytics.store.models.warehouse import WarehouseDay

__all__ = [
    "AWAY_STATES",
    "Alert",
    "AlertFiring",
    "Annotation",
    "ArchivedMonth",
    "BehaviourProfile",
    "CampaignSpend",
    "CompactedPeriod",
    "DashboardPin",
    "DirtyDay",
    "DiskUse",
    "DisplacedEvent",
    "Event",
    "ExportJob",
    "ExportStatus",
    "FillState",
    "HistoryImport",
    "HistoryStatus",
    "HourlyApiPerformance",
    "IdentityLink",
    "ImportedDay",
    "IngestAlert",
    "IngestHour",
    "IngestTally",
    "LeadScore",
    "OrderAttribution",
    "RefreshRun",
    "RejectedEvent",
    "ReportAccess",
    "ReportDelivery",
    "ReportRecipient",
    "ReportSubscription",
    "RollupAttribution",
    "RollupCash",
    "RollupClaim",
    "RollupEvent",
    "RollupGood",
    "RollupJourney",
    "RollupLanding",
    "RollupOrder",
    "RollupProduct",
    "RollupRecency",
    "RollupSearch",
    "RollupSession",
    "RollupSignup",
    "RollupSource",
    "RollupTraffic",
    "RollupViewedPair",
    "RollupVisitor",
    "SavedReport",
    "Segment",
    "SegmentMember",
    "SpendImport",
    "Touch",
    "VerifyRun",
    "VisitorSession",
    "WarehouseDay",
]
