"""The settings of what is kept, and of the disk it is kept on: rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, limit, positive

GROUP = "What is kept"

RETENTION_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "RUN_RETENTION_DAYS",
        positive,
        "90",
        "Days that each refresh of a view is kept, with its time and outcome: there are hundreds a day.",
        GROUP,
    ),
    Setting(
        "HISTORY_RETENTION_DAYS",
        positive,
        "400",
        "Days that the outcomes of mailed reports and the sizes of tables are kept.",
        GROUP,
    ),
    Setting(
        "VALIDATION_RETENTION_MONTHS",
        positive,
        "36",
        "Months that the validations of each key are kept as counts by day.",
        GROUP,
    ),
    Setting(
        "CART_RETENTION_MONTHS",
        positive,
        "13",
        "Months after which a cart with nothing in it goes that was not ordered. Others stay: reports count them.",
        GROUP,
    ),
    Setting(
        "WEBHOOK_RETENTION_MONTHS",
        positive,
        "24",
        "Months that messages of payment providers are kept as they came. That they came, and what for, stays.",
        GROUP,
    ),
    Setting(
        "DATABASE_DISK_GB",
        limit,
        "",
        "Size of the disk that holds PostgreSQL's data, in billions of bytes, where Zuka cannot see it by "
        "DATABASE_DISK_PATH: what is free is then this less the database. Empty: not known.",
        GROUP,
    ),
    Setting(
        "DISK_WARNING_DAYS",
        positive,
        "30",
        "The back office warns when the disk lasts for fewer days than these.",
        GROUP,
    ),
)
