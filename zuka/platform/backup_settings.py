"""The settings of backups, rows of the settings table."""

from __future__ import annotations

from urllib.parse import urlsplit

from zuka.platform.setting_kinds import (
    InvalidValue,
    Setting,
    boolean,
    folder,
    positive,
    positive_to,
    postgres_url,
    whole_to,
)

GROUP = "Backups"


def maybe_postgres_url(raw: str) -> str:
    """A `postgres_url`; empty means none."""
    return raw and postgres_url(raw)


def backup_place(raw: str) -> str:
    """A folder's path from the root, or `s3://bucket/folder`; empty means none."""
    if raw.startswith("s3://"):
        if urlsplit(raw).netloc:
            return raw
        raise InvalidValue("expected s3://bucket/folder")
    try:
        return folder(raw)
    except InvalidValue:
        raise InvalidValue("expected a path from the root, for example /srv/backups, or s3://bucket/folder") from None


DIRECT_DATABASE = Setting(
    "DATABASE_DIRECT_URL",
    maybe_postgres_url,
    "",
    "PostgreSQL itself where DATABASE_URL leads to PgBouncer, for what needs a session of its own: backup and restore. "
    "Empty: DATABASE_URL.",
    "Services",
)

BACKUP_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "BACKUP_URL",
        backup_place,
        "",
        "Where backups go: a folder, better on another disk, or s3://bucket/folder?region=…&endpoint_override=… with "
        "keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Empty: none are made by themselves.",
        GROUP,
    ),
    Setting("BACKUP_HOURS", positive_to(744), "24", "Hours from one backup to the next.", GROUP),
    Setting(
        "BACKUP_LATE_HOURS",
        positive,
        "36",
        "Hours since the last good backup after which the job Watch backups fails, which alerts on jobs tell.",
        GROUP,
    ),
    Setting("BACKUP_KEEP_DAYS", positive_to(366), "7", "The last backup of each of so many days is kept.", GROUP),
    Setting("BACKUP_KEEP_WEEKS", whole_to(520), "4", "And the last of each of so many weeks.", GROUP),
    Setting("BACKUP_KEEP_MONTHS", whole_to(240), "6", "And the last of each of so many months.", GROUP),
    Setting(
        "BACKUP_MEDIA",
        boolean,
        "true",
        "Keep pictures in each backup. False where MEDIA_ROOT is backed up by other means.",
        GROUP,
    ),
    Setting(
        "POSTGRES_PROGRAMS",
        folder,
        "",
        "Folder of pg_dump and pg_restore. Empty: those of ./run.sh up, else the newest of this machine.",
        GROUP,
    ),
)
