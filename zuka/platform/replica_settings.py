"""The settings of a read replica, rows of the settings table."""

from __future__ import annotations

from zuka.platform.backup_settings import maybe_postgres_url
from zuka.platform.setting_kinds import Setting, positive_to

GROUP = "Reports"

REPLICA_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "REPLICA_DATABASE_URL",
        maybe_postgres_url,
        "",
        "A streaming replica of PostgreSQL that reports and exports read from while it is close behind. Empty: all is "
        "read from DATABASE_URL.",
        GROUP,
    ),
    Setting(
        "REPLICA_MAX_LAG_SECONDS",
        positive_to(3600),
        "30",
        "Seconds that the replica may be behind; further behind, reports are read from DATABASE_URL until it has "
        "caught up.",
        GROUP,
    ),
)
