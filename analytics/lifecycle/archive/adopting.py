"""After a database older than the archive was restored: letting the newer files of a month count."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from analytics.lifecycle.archive.alone import alone
from analytics.lifecycle.archive.editions import finished_editions, forget_others
from analytics.lifecycle.archive.exporting import keep
from analytics.lifecycle.archive.files import check_day, day_files, read_manifest, sums
from analytics.lifecycle.archive.months import DAY, NotArchived, days_of_month, find_away
from analytics.lifecycle.archive.places import ArchiveUnavailable, open_place
from analytics.store.models import ArchivedMonth
from zuka.platform.db.turns import take_turns


def adopt_edition(*, month: date, at: datetime) -> ArchivedMonth:
    """Let the newest finished edition of an archived month (its first day) count, once all of it was read back.

    Its days are counted again when it is restored: what is counted is of an older time. Raises NotArchived, and
    ArchiveUnavailable where there is no newer one, or it cannot be read; then nothing changes.
    """
    with alone(waits=True):
        stored, place = find_away(month), open_place()
        if stored.state == ArchivedMonth.State.DETACHED:
            raise NotArchived(f"The events of {month:%Y-%m} are in PostgreSQL still: restore it.", field="month")
        newest = max(finished_editions(place, month), default=0)
        if newest <= stored.edition:
            raise ArchiveUnavailable(f"{place.name} has no newer edition of {month:%Y-%m} than {stored.edition}.")
        files = day_files(read_manifest(place=place, month=month, edition=newest)["files"])
        for file in files:
            check_day(place=place, month=month, edition=newest, file=file)
        days = days_of_month(month)
        with transaction.atomic():
            take_turns("zuka:fill")
            changed = set(ArchivedMonth.objects.select_for_update().get(pk=stored.pk).changed_days)
            changed |= {days[0] - DAY, *days, days[-1] + DAY}
            keep(stored, edition=newest, location=place.name, changed_days=sorted(changed), error="", **sums(files))
        forget_others(place, stored, at=at)
    return stored
