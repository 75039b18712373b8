"""A report as a download, made while its reader waits."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, Any, ClassVar

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from analytics.registry.reports.forms import Report
from analytics.report.export import Extract, Format, extract_query
from analytics.report.query import Query
from analytics.report.reading import Batch, ReplicaLost
from analytics.report.scope import Scope
from analytics.report.table import Table
from zuka.platform.audit.actions import record_action
from zuka.platform.audit.context import Acting
from zuka.platform.db.databases import PRIMARY
from zuka.platform.errors import Refused
from zuka.platform.replica.reading import reading_from

# A workbook of 30,000 events took 45 seconds on two busy cores; what is longer is left to a worker.
WAITED_ROWS = 50_000
SPOOLED_BYTES = 1_000_000  # smaller files never touch the disk


class TooManyRows(Refused):
    """A file would have more rows than it may."""

    status: ClassVar[int] = 413
    code: ClassVar[str] = "too_many_rows"


def send_report(query: Query, kind: Format, *, now: datetime, by: Acting | None = None) -> HttpResponseBase:
    """Return a query's answer as a download; `by` is who asks, where that is no member of staff. Raises TooManyRows.

    A long list leaves while it is read. Anything else is on disk before the first byte leaves: a reader with a slow
    line would keep a transaction open otherwise.
    """
    note_export(query.report, query.scope, kind.id, by=by)
    if query.report.pages and kind.streams:
        extract = extract_query(query, now=now)
        answer: Any = StreamingHttpResponse(stream_file(extract, kind), content_type=kind.media_type)
    else:
        # One more than there may be, to see whether there are more.
        most = min(query.limit, WAITED_ROWS + 1)
        extract, spooled = spool_query(replace(query, limit=most), kind, now=now)
        answer = FileResponse(spooled, content_type=kind.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{extract.file_stem}.{kind.id}"'
    return answer  # type: ignore[no-any-return]


def spool_query(query: Query, kind: Format, *, now: datetime) -> tuple[Extract, IO[bytes]]:
    """Return a query's answer and its file on disk; of the primary, where a replica is lost in the middle of it."""
    try:
        extract = extract_query(query, now=now)
        return extract, spool_file(extract, kind)
    except ReplicaLost:
        with reading_from(PRIMARY):
            extract = extract_query(query, now=now)
            return extract, spool_file(extract, kind)


def send_table(query: Query, table: Table, kind: Format, *, now: datetime) -> HttpResponseBase:
    """Return an answer that is there already as a download."""
    note_export(query.report, query.scope, kind.id)
    extract = extract_query(query, now=now, batches=[Batch(table.rows)])
    answer: Any = FileResponse(spool_file(extract, kind), content_type=kind.media_type)
    answer["Content-Disposition"] = f'attachment; filename="{extract.file_stem}.{kind.id}"'
    return answer  # type: ignore[no-any-return]


def note_export(report: Report, scope: Scope, kind: str, *, by: Acting | None = None) -> None:
    """Write into the audit log that people's data is taken away, and by whom."""
    if scope.names_people(report):
        record_action("export.downloaded", by=by, after={"report": report.id, "format": kind})


def stream_file(extract: Extract, kind: Format) -> Iterator[bytes]:
    """Yield a file while it is written."""
    buffer = io.BytesIO()
    for _rows in kind.write(extract, buffer):
        yield take_out(buffer)
    yield take_out(buffer)


def take_out(buffer: io.BytesIO) -> bytes:
    """Return what was written since, and empty the buffer."""
    content = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return content


def spool_file(extract: Extract, kind: Format) -> IO[bytes]:
    """Return a whole file, open at its beginning and gone when it is closed. Raises TooManyRows."""
    file = SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 - the answer closes it when it has been sent
    try:
        for rows in kind.write(extract, file):
            if rows > WAITED_ROWS:
                raise TooManyRows(f"This has more than {WAITED_ROWS:,} rows. Start an export, or choose a limit.")
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
