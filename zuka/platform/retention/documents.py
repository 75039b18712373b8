"""The page of docs on what is kept, made from what is declared."""

from __future__ import annotations

from itertools import groupby

from zuka.platform.documents import add_document, markdown_table, page
from zuka.platform.retention.declaring import Kept, kept_entries


def table_names(entry: Kept) -> str:
    """Return an entry's tables in the database."""
    return ", ".join(f"`{name}`" for name in entry.db_tables)


def gone_row(entry: Kept) -> tuple[str, ...]:
    """Return the row of something that goes."""
    assert entry.span is not None
    at_once = "when it is over" if not entry.span.setting and not entry.span.count else entry.span.declared
    return entry.text, table_names(entry), at_once, str(entry.way), f"`{entry.task}`", entry.personal or "none"


def kept_row(entry: Kept) -> tuple[str, ...]:
    """Return the row of something that stays."""
    return entry.text, table_names(entry), entry.why, "yes" if entry.grows else "no", entry.personal or "none"


def retention_page() -> str:
    """Return the page."""
    parts = []
    for area, found in groupby(kept_entries(), key=lambda each: each.area):
        entries = list(found)
        gone, kept = ([each for each in entries if bool(each.span) is goes] for goes in (True, False))
        titles = ("What", "Tables", "Kept for", "Then", "By the job", "Personal data")
        parts += [f"## {area}", markdown_table(titles, map(gone_row, gone))]
        parts += [markdown_table(("What", "Tables", "Stays, because", "Grows", "Personal data"), map(kept_row, kept))]
    return page(
        "What is kept, and for how long",
        "Every table of Zuka, those of the libraries it stands on included; a test fails while one is missing here. "
        "The back office shows the same under Platform, What is kept: how large each is, how fast it grows, what goes "
        "next, and for how many days the disk lasts.",
        "Rows are deleted by jobs, some at a time in short transactions, so that nobody waits for them; months of "
        "partitioned tables are dropped whole. What was deleted leaves room for new rows in its table; the disk itself "
        "gets back what was dropped as a month.",
        "The database is measured once a day. What is free is measured too where `DATABASE_DISK_PATH` names a folder "
        "on its disk; else it is `DATABASE_DISK_GB` less the database. For an alert by mail or webhook choose the "
        "figure “Disk: Days left”, below as many days as you need to get a larger disk; for Prometheus, "
        "`zuka_disk_days_left`.",
        *parts,
    )


add_document("docs/retention.md", retention_page)
