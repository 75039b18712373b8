"""What analytics keeps: events as they came, what was refused, what was counted, and what staff made of it."""

from __future__ import annotations

from zuka.platform.retention.declaring import SWEEP, Kept, Way, add_kept, for_ever, stays
from zuka.platform.retention.spans import days, months

AREA = "Analytics"
TASKS = "analytics.tasks"
REJECTED = f"{TASKS}.drop_old_rejected"
PERSON = "Visitor or account, by id."

RAW = (
    Kept(
        AREA,
        ("analytics.rejectedevent",),
        "Events that were refused, as they were sent.",
        span=days("REJECTED_RETENTION_DAYS"),
        task=REJECTED,
        column="received_at",
        personal="Whatever was sent; what looks like a secret is taken out before.",
    ),
    Kept(
        AREA,
        ("analytics.displacedevent",),
        "Ids of events whose time was corrected.",
        span=months("EVENT_RETENTION_MONTHS", more=1),
        task=REJECTED,
        column="stored_at",
    ),
    Kept(
        AREA,
        ("analytics.ingesthour",),
        "What came in, counted by hour and key.",
        span=months("EVENT_RETENTION_MONTHS", more=1),
        task=REJECTED,
        column="hour",
    ),
    Kept(
        AREA,
        ("analytics.ingestalert",),
        "Keys that were in trouble, once that is over.",
        span=months("EVENT_RETENTION_MONTHS", more=1),
        task=REJECTED,
        column="closed_at",
    ),
    stays(AREA, "What came in within the last minute.", "analytics.ingesttally", why="Added up each minute."),
)
WORK = (
    Kept(
        AREA,
        ("analytics.hourlyapiperformance",),
        "How fast the API answered, by hour and route.",
        span=months("API_HOURS_MONTHS"),
        task=f"{TASKS}.count_api_hours",
        column="hour",
    ),
    Kept(
        AREA,
        ("analytics.refreshrun",),
        "Refreshes of views.",
        span=days("RUN_RETENTION_DAYS"),
        task=SWEEP,
        column="started_at",
    ),
    Kept(
        AREA,
        ("analytics.verifyrun",),
        "Days that were counted again, to compare.",
        span=days(count=400),
        task=f"{TASKS}.verify_counts",
        column="started_at",
    ),
    Kept(
        AREA,
        ("analytics.alertfiring",),
        "What alerts told.",
        span=days(count=400),
        task=f"{TASKS}.check_alerts",
        column="fired_at",
    ),
    Kept(
        AREA,
        ("analytics.reportdelivery",),
        "Which mailed reports were sent.",
        span=days("HISTORY_RETENTION_DAYS"),
        task=SWEEP,
        column="due_at",
    ),
    Kept(
        AREA,
        ("analytics.exportjob",),
        "Exports of reports. Their files go after EXPORT_RETENTION_DAYS.",
        span=days(count=90),
        task=f"{TASKS}.forget_exports",
        column="created_at",
        personal="Who of staff asked for it; the file holds whatever the report does.",
    ),
    for_ever(AREA, "How large the database was.", "analytics.diskuse", why="One small row a day."),
    stays(AREA, "Days that are to be counted again.", "analytics.dirtyday", why="Each goes when its day is counted."),
    stays(
        AREA,
        "Whom to call, and what they like.",
        *("analytics.leadscore", "analytics.behaviourprofile"),
        why="Only people who were here within the last 7 days.",
        personal=f"{PERSON} What they looked at and searched for.",
    ),
)
COUNTED = (
    for_ever(
        AREA, "Which months of events are in the archive.", "analytics.archivedmonth", why="One small row a month."
    ),
    for_ever(
        AREA,
        "Which months and years are counted as a whole.",
        "analytics.compactedperiod",
        why="One small row a month, then a year.",
    ),
    for_ever(
        AREA,
        "Counts by day: what reports are made of.",
        *("analytics.rollupevent", "analytics.rollupproduct", "analytics.rollupviewedpair", "analytics.rollupsignup"),
        *("analytics.rollupsession", "analytics.rollupsource", "analytics.rolluplanding", "analytics.rollupclaim"),
        *("analytics.rolluporder", "analytics.rollupgood", "analytics.rollupcash", "analytics.rollupattribution"),
        *("analytics.rolluprecency", "analytics.rollupsearch", "analytics.rolluptraffic", "analytics.fillstate"),
        "analytics.warehouseday",
        why="They name nobody, and answer what the events no longer can.",
    ),
    for_ever(
        AREA,
        "Who was there on which day, what they did and what led to their orders.",
        *("analytics.rollupvisitor", "analytics.rollupjourney", "analytics.visitorsession"),
        *("analytics.touch", "analytics.orderattribution"),
        why="Different people of a period, first visits, funnels and attribution are counted from them.",
        personal=PERSON,
    ),
    for_ever(
        AREA,
        "Which visitors are which accounts.",
        "analytics.identitylink",
        why="Counting a day again needs to know whose its visits were.",
        personal=PERSON,
    ),
)
MADE = (
    stays(
        AREA,
        "What staff made: reports, segments, alerts, notes, subscriptions.",
        *("analytics.savedreport", "analytics.savedreport_roles", "analytics.dashboardpin"),
        *("analytics.segment", "analytics.segment_roles", "analytics.alert"),
        *("analytics.annotation", "analytics.annotation_roles"),
        *("analytics.reportsubscription", "analytics.reportrecipient"),
        why="As long as staff keep it.",
        personal="Who of staff made it, and addresses that reports are mailed to.",
    ),
    stays(
        AREA,
        "Who is in each segment now.",
        "analytics.segmentmember",
        why="Found anew every 15 minutes.",
        personal=PERSON,
    ),
    for_ever(
        AREA,
        "Imports of history, and what other products counted.",
        *("analytics.historyimport", "analytics.importedday"),
        why="Reports show it beside Zuka's own counts; the file itself goes when the import has ended.",
        personal="Who of staff brought the file.",
    ),
    for_ever(
        AREA,
        "What campaigns cost, and the sheets that said so.",
        *("analytics.spendimport", "analytics.campaignspend"),
        why="Campaigns are compared over years; a sheet is small.",
        personal="Who of staff brought the sheet.",
    ),
)
EVENTS = Kept(
    AREA,
    ("analytics.event",),
    "Events as they came, in partitions by month; then in the archive, where ARCHIVE_URL names one.",
    span=months("EVENT_RETENTION_MONTHS"),
    task=f"{TASKS}.archive_events",
    way=Way.MONTHS,
    column="occurred_at",
    personal=f"{PERSON} Pages, campaigns, country; network addresses as ADDRESSES says.",
)
KEPT = (EVENTS, *RAW, *COUNTED, *WORK, *MADE)

add_kept(*KEPT)
