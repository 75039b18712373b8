"""Outside of any transaction, as web and worker are: each step commits, and a report leaves nothing behind."""

import pytest
import time_machine

from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.restoring import restore_month
from tests.lifecycle.months import MARCH, NOW, events, read, tell
from tests.lifecycle.test_archived_reports import FILTERED, ask

LENT = "SELECT count(*) FROM pg_class WHERE relname = 'archived_events' OR relpersistence = 't'"
ASKED: tuple[tuple[str, dict[str, str]], ...] = (
    ("event_funnel", FILTERED),
    ("pets", {}),
    ("recent_events", {"type": "product.viewed"}),
)


@pytest.mark.django_db(transaction=True)
def test_a_month_leaves_is_read_and_comes_back(settings, tmp_path):
    settings.ARCHIVE_URL = str(tmp_path)
    with time_machine.travel(NOW, tick=False):
        tell()
        before = events(), [ask(name, **params)[1].rows for name, params in ASKED]
        archive_month(month=MARCH, at=NOW)
        tables = [ask(name, **params)[1] for name, params in ASKED]
        assert [table.rows for table in tables] == before[1]
        assert [table.archived for table in tables] == [("2025-03",)] * 3
        assert read(LENT) == [(0,)]
        restore_month(month=MARCH, at=NOW)
        assert events() == before[0]
