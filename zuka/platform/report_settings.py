"""The settings of reports, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, folder, positive, positive_to, text

GROUP = "Reports"

REPORT_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "REPORT_SECONDS",
        positive,
        "30",
        "Seconds that a statement of a report may take before the page asks for a shorter period.",
        GROUP,
    ),
    Setting(
        "DATABASE_DISK_PATH",
        text,
        "",
        "A folder, as Zuka sees it, on the disk that holds PostgreSQL's data, to say for how many days that disk "
        "lasts. Empty: only growth is shown.",
        GROUP,
    ),
    Setting(
        "EXPORTS_ROOT",
        folder,
        "",
        "Folder where exports of reports are kept, the same for web and worker, and open to no web server. Empty: the "
        "folder exports in MEDIA_ROOT; without that too, reports can only be downloaded while one waits.",
        GROUP,
    ),
    Setting(
        "EXPORT_RETENTION_DAYS",
        positive_to(365),
        "7",
        "Days that exports of reports can be downloaded.",
        GROUP,
        live=True,
    ),
    Setting(
        "ATTRIBUTION_DAYS",
        positive,
        "30",
        "Days before an order in which visits can have led to it. After a change: `manage.py rollup rebuild`.",
        GROUP,
    ),
)
