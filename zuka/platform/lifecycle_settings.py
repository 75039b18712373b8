"""The settings of what leaves, and when: rows of the settings table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from zuka.platform.setting_kinds import InvalidValue, Setting, between, boolean, positive, positive_to

GROUP = "Lifecycle"


def archive_url(raw: str) -> str:
    """A folder's path from the root, or `s3://…`; empty means no archive."""
    if not raw or Path(raw).is_absolute() or (raw.startswith("s3://") and len(raw) > len("s3://")):
        return raw
    raise InvalidValue("expected a path from the root, like /srv/archive, or s3://key:secret@bucket/folder?region=…")


def off_or(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of a whole number within these, or 0 for never."""
    read = between(least, most)

    def read_or_zero(raw: str) -> int:
        try:
            return 0 if raw == "0" else read(raw)
        except InvalidValue as error:
            raise InvalidValue(f"{error}, or 0 for never") from error

    return read_or_zero


LIFECYCLE_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "EVENT_RETENTION_MONTHS",
        between(1, 24),
        "13",
        "Months back for which there is room for raw events, for imports too; older ones are kept as rejected. Months "
        "past it go to the archive.",
        GROUP,
    ),
    Setting(
        "EVENT_HOT_MONTHS",
        off_or(1, 24),
        "2",
        "Whole months beside the current one whose raw events stay as they came; the indexes of older ones are packed, "
        "which takes a third of their room away and slows nothing down. 0: never.",
        GROUP,
    ),
    Setting(
        "ARCHIVE_EVENTS",
        boolean,
        "true",
        "Write months of raw events past EVENT_RETENTION_MONTHS to ARCHIVE_URL, and take them out of PostgreSQL once "
        "they were read back. false: they stay in PostgreSQL.",
        GROUP,
    ),
    Setting(
        "ARCHIVE_URL",
        archive_url,
        "",
        "Where archived months are kept, the same for web and worker, and open to no web server: a folder, or "
        "s3://key:secret@bucket/folder with ?region=… or ?endpoint_override=host:port&scheme=https after it (percent-"
        "encode what is no letter in the secret). `up` has a folder in ZUKA_HOME. Empty: nothing leaves PostgreSQL.",
        GROUP,
    ),
    Setting(
        "ARCHIVE_RESTORED_DAYS",
        positive_to(365),
        "30",
        "Days that a month which was restored stays in PostgreSQL before it is archived again.",
        GROUP,
    ),
    Setting(
        "ARCHIVE_QUERY_ROWS",
        positive,
        "2000000",
        "Most events that a report reads from the archive; beyond them it asks for a shorter period, or to restore the "
        "month.",
        GROUP,
    ),
    Setting(
        "ROLLUP_DAY_MONTHS",
        off_or(25, 600),
        "36",
        "Months that counts of products, of products seen together and of first pages are kept by day; older ones are "
        "added up by month, for good. All other counts stay by day. 0: these too.",
        GROUP,
    ),
    Setting(
        "ROLLUP_MONTH_YEARS",
        off_or(3, 100),
        "0",
        "Whole years that such counts are kept by month; older ones are added up by year, for good. 0: by month for "
        "ever.",
        GROUP,
    ),
)
