"""What the page on operations says of a read replica."""

from __future__ import annotations

from zuka.platform.replica.standing import AWAY_SECONDS, EVERY_SECONDS

MAKE = """```
# on the primary, in postgresql.conf: a replica that stays away may not fill the disk with what waits for it
max_slot_wal_keep_size = 20GB
# on the primary, in pg_hba.conf: host replication replicator REPLICA-ADDRESS/32 scram-sha-256
psql --command "CREATE ROLE replicator LOGIN REPLICATION PASSWORD '…'"
# on the replica, as postgres, into the empty data folder of a server of the same version (here Debian's 17)
pg_basebackup --dbname "host=primary user=replicator" --pgdata /var/lib/postgresql/17/main --wal-method stream \\
    --write-recovery-conf --create-slot --slot zuka_replica --checkpoint fast
# on the replica, in postgresql.conf
hot_standby_feedback = on
max_standby_streaming_delay = 60s
# once the replica is given up, on the primary
psql --command "SELECT pg_drop_replication_slot('zuka_replica')"
```"""
# Why a question went to the primary, as `zuka_report_reads_total` counts it.
REASONS = (
    ("behind", "The replica is further behind than `REPLICA_MAX_LAG_SECONDS`."),
    ("away", "It does not answer, or is no replica of this primary."),
    ("failed", "It lost the connection, or ended the statement: a conflict with what it replays, or time."),
    ("not there yet", "It has not the events or the people of a segment that the question is about."),
    ("transaction", "Who asks is in the middle of writing."),
    ("its own", "The report is about the primary itself: slow queries, sizes of tables."),
)


def replica_parts() -> list[str]:
    """Return the page's part on replicas."""
    reasons = "; ".join(f"`{name}`: {text[0].lower()}{text[1:].rstrip('.')}" for name, text in REASONS)
    what = (
        "With `REPLICA_DATABASE_URL`, the URL of a streaming replica, reports, dashboards, built reports, panels and "
        "exports are read there. Live pages, mailed reports, alerts of unusual days, months that come from the "
        "archive, and everything that writes stay on the primary, `DATABASE_URL`."
    )
    lag = (
        f"Each process looks at the replica when it has something to ask, once in {EVERY_SECONDS:g} second at most, by "
        "comparing places in the log, so a quiet night does not look like a lag. Beyond `REPLICA_MAX_LAG_SECONDS` the "
        f"primary is read until it has caught up. One that is away is tried every {AWAY_SECONDS:g} seconds aside; "
        "nobody waits for it. A statement that it ends is run on the primary, once. “As of” says until when the "
        "replica had everything, and what a table is kept for is what the replica had counted."
    )
    told = (
        "`/readyz` says how it is (`replica`), `zuka_replica_lag_seconds` how far behind, and "
        f"`zuka_report_reads_total` where tables were read from and why from the primary: {reasons}."
    )
    return ["## A replica for reports", what, lag, told, "Making one:", MAKE]
