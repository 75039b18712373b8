"""The same archive in an S3, over a server that speaks its protocol."""

import pytest

from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.places import ArchiveUnavailable
from analytics.lifecycle.archive.restoring import restore_month
from analytics.lifecycle.archive.rewriting import rewrite_month
from analytics.lifecycle.archive.running import verify_month
from analytics.store.models import ArchivedMonth
from tests.lifecycle.months import MARCH, NOW, events, tell
from tests.s3 import serving

NAMES = [*(f"2025-03-{day}.parquet" for day in ("01", "14", "31")), "manifest.json"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings):
    with serving() as found:
        settings.ARCHIVE_URL = found.url
        yield found


def files(bucket):
    return [name for name in sorted(bucket.objects) if "." in name]


def test_a_month_is_archived_verified_rewritten_and_restored(bucket):
    tell()
    before = events()
    stored = archive_month(month=MARCH, at=NOW)
    names = [f"2025-03-{day}.parquet" for day in ("01", "14", "31")] + ["manifest.json"]
    assert [name for name in sorted(bucket.objects) if "." in name] == [
        f"archive/events/2025-03/1/{name}" for name in names
    ]
    assert (stored.location, verify_month(stored)) == ("s3://shop/archive", "")
    assert rewrite_month(month=MARCH, change=lambda table: table.slice(1), at=NOW) == 3
    assert [name for name in sorted(bucket.objects) if "." in name] == [
        f"archive/events/2025-03/2/{name}" for name in names
    ]
    restore_month(month=MARCH, at=NOW)
    assert (len(events()), files(bucket)) == (len(before) - 3, [])


def test_a_file_that_went_bad_is_named(bucket):
    tell()
    stored = archive_month(month=MARCH, at=NOW)
    name = "archive/events/2025-03/1/2025-03-14.parquet"
    bucket.objects[name] = bucket.objects[name][:-1] + b"!"
    assert "2025-03-14.parquet at s3://shop/archive is not the file that was written" in verify_month(stored)


def test_a_bucket_out_of_reach_is_named_without_its_secrets(settings):
    with serving() as bucket:
        settings.ARCHIVE_URL = bucket.url
    tell()
    before = events()
    with pytest.raises(ArchiveUnavailable, match=r"The archive at s3://shop/archive failed") as refusal:
        archive_month(month=MARCH, at=NOW)
    assert "secret" not in refusal.value.message
    assert (events(), ArchivedMonth.objects.get().state) == (before, "exporting")
