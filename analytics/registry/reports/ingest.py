"""What comes in: how the tracking doors and each key are doing."""

from __future__ import annotations

from analytics.registry.reports.forms import Basis, Chart, Column, Report, Unit

OUTCOMES = (
    Column("received", "Received", Unit.COUNT, "Accepted + duplicate + rejected + dropped.", sums=True),
    Column("accepted", "Accepted", Unit.COUNT, "Stored, each once.", sums=True),
    Column("duplicate", "Duplicate", Unit.COUNT, "Stored before: clients repeat what was not answered.", sums=True),
    Column("rejected", "Rejected", Unit.COUNT, "Kept with the reason, not counted.", sums=True, lower_is_better=True),
    Column("dropped", "Dropped", Unit.COUNT, "Left out for privacy: nothing of them is kept.", sums=True),
)
CLOCKS = (
    Column("late", "Arrives after", Unit.DURATION, "How long after it happened an event arrives, on average."),
    Column("clock", "Clock behind by", Unit.DURATION, "How far the clients' clocks are behind ours, on average."),
)

REPORTS = (
    Report(
        id="ingest_health",
        title="Ingest health",
        question="Does every key deliver, and what becomes of its events?",
        group="Tracking",
        icon="monitor_heart",
        basis=Basis.RECORDS,
        no_rows="Counted as it came in. The event explorer has what was stored, Rejected events the rest.",
        columns=(
            Column("name", "Key", Unit.TEXT),
            *OUTCOMES,
            Column("rejected_share", "Rejected, share", Unit.PERCENT, "Rejected ÷ received.", lower_is_better=True),
            Column("bots", "By robots", Unit.COUNT, "Accepted, marked and left out of reports.", sums=True),
            *CLOCKS,
            Column("last_at", "Last received", Unit.MOMENT),
            Column("last_error", "Last rejection", Unit.TEXT, "Of the chosen days."),
        ),
        chart=Chart("stacked", "bucket", ("accepted", "duplicate", "rejected", "dropped")),
        has_series=True,
        empty="No events came in on these days. The tracking guide shows how to send the first one.",
    ),
    Report(
        id="ingest_clients",
        title="SDKs and versions",
        question="Which SDKs and versions send, through which door?",
        group="Tracking",
        icon="deployed_code",
        basis=Basis.RECORDS,
        no_rows="Counted as it came in. The event explorer has what was stored, Rejected events the rest.",
        columns=(
            Column("client", "SDK or program", Unit.TEXT),
            Column("door", "Door", Unit.TEXT),
            Column("keys", "Keys", Unit.COUNT),
            *OUTCOMES,
            *CLOCKS,
            Column("last_at", "Last received", Unit.MOMENT),
        ),
        empty="No events came in on these days.",
    ),
    Report(
        id="rejections",
        title="Rejections by cause",
        question="What is refused, why, and who sends it?",
        group="Tracking",
        icon="rule",
        basis=Basis.RECORDS,
        no_rows="Counted as it came in. The event explorer has what was stored, Rejected events the rest.",
        columns=(
            Column("reason", "Reason", Unit.TEXT),
            Column("source_name", "Event, as sent", Unit.TEXT),
            Column("key", "Key", Unit.TEXT),
            Column("door", "Door", Unit.TEXT),
            Column("rejected", "Rejected", Unit.COUNT, "Kept as they were sent.", sums=True),
            Column("replayed", "Replayed since", Unit.COUNT, "Mended, and stored after all.", sums=True),
            Column("message", "For example", Unit.TEXT),
            Column("last_at", "Last", Unit.MOMENT),
        ),
        empty="Nothing was refused on these days.",
    ),
)
