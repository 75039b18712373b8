"""What is kept around events: the spool, rejected ones, files of reports, views, the cache."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from redis.exceptions import RedisError

from analytics.ingest.writer import process_spool, process_writer
from analytics.registry.rollups import MATERIALIZED_VIEWS
from analytics.report.jobs.starting import exports_folder
from analytics.rollup.fill import ERASURE
from analytics.rollup.refresh import refresh_view
from analytics.store.models import (
    DirtyDay,
    ExportJob,
    ExportStatus,
    HistoryImport,
    HistoryStatus,
    IdentityLink,
    RejectedEvent,
    SavedReport,
    VerifyRun,
)
from zuka.platform.errors import Refused
from zuka.platform.personal_data.erasing import Postponed
from zuka.platform.personal_data.people import Person, whole

ERASED = "Erased with its person."
KEPT_KEYS = ("*:report:*", "*:live*")
# What clients call a browser's id, under whichever key: "visitor_id", "anonymousId", "client_id", "distinct_id".
NAMED_ID = r'"[$\w]*(?:visitor|anon|client|instance|distinct|device)[$\w]*"\s*:\s*"(?:{ids})"'


class OfAnAccount(Refused):
    """A browser that is an account's."""

    code = "visitor_of_account"


def refuse_known_browser(person: Person) -> None:
    """Raise `OfAnAccount` for a browser whose person has an account: that is what is to be erased."""
    links = IdentityLink.objects.filter(visitor_id__in=person.visitors)
    if not person.users and (link := links.first()):
        raise OfAnAccount(
            f"The browser {link.visitor_id} is that of account {link.user_id}. Erase the account.", field="visitor"
        )


class HistoryComing(Refused):
    """A file of history waits, which may hold the person."""

    code = "not_erasable_yet"


def refuse_coming_history(_person: Person) -> None:
    """Raise `HistoryComing` while a file of history is kept to be imported: it would bring the person back."""
    over = (HistoryStatus.DONE, HistoryStatus.CANCELLED, HistoryStatus.UNDOING, HistoryStatus.UNDONE)
    if coming := HistoryImport.objects.exclude(status__in=over).order_by("pk").first():
        raise HistoryComing(
            f"The import of history {coming.name} is not over, and may bring this person back. Let it end, or cancel "
            "it, then ask again.",
            field="person",
        )


def drain(_person: Person, _at: datetime) -> int:
    """Store what waits on disk, so that it is erased among the events. Raises `Postponed` while some of it waits."""
    spool = process_spool()
    if spool is None or not spool.files():
        return 0
    stored = process_writer().drain()
    if spool.files():
        raise Postponed("Events wait on disk to be stored; this goes on once they are.")
    return stored


def erase_damaged(person: Person, _at: datetime) -> int:
    """Delete files of the spool that could not be stored and name them."""
    spool, count = process_spool(), 0
    named = [re.compile(each.encode(), re.IGNORECASE) for each in naming(person)]
    for path in sorted(spool.folder.glob("*.damaged")) if spool is not None and spool.folder.is_dir() else ():
        held = path.read_bytes()
        if any(each.search(held) for each in named):
            path.unlink()
            count += 1
    return count


def naming(person: Person) -> list[str]:
    """Return regular expressions of what names a person in what a client has sent: no word that others may use."""
    ids = "|".join(re.escape(json.dumps(each)[1:-1]) for each in person.visitors)
    return [*([whole(person.marks)] if person.marks else []), *([NAMED_ID.format(ids=ids)] if ids else [])]


def rejected_rows(person: Person) -> Any:
    """Return the rejected events that name a person."""
    said = [Q(**{f"{name}__iregex": each}) for each in naming(person) for name in ("payload", "reading", "message")]
    return RejectedEvent.objects.filter(reduce(or_, said)) if said else RejectedEvent.objects.none()


def erase_rejected(person: Person, _at: datetime) -> int:
    """Empty rejected events that name a person; that they were refused, and why, stays."""
    return int(rejected_rows(person).update(payload="{}", reading=None, message=ERASED, message_id=None))


def count_rejected(person: Person) -> int:
    """Return how many rejected events name a person."""
    return int(rejected_rows(person).count())


def read_rejected(person: Person) -> Iterator[dict[str, Any]]:
    """Yield the rejected events that name a person by what is theirs alone."""
    alone = replace(person, visitors=tuple(person.own_visitors))
    yield from rejected_rows(alone).values("received_at", "source_name", "reason", "payload")


def drop_exports(person: Person, at: datetime) -> int:
    """Delete the files of reports that were made until now: any may list the person. Their makers start them anew."""
    folder, count = exports_folder(), 0
    for job in ExportJob.objects.filter(status=ExportStatus.DONE, created_at__lte=at):
        if folder is not None:
            (folder / job.file_name).unlink(missing_ok=True)
        count += ExportJob.objects.filter(pk=job.pk).update(status=ExportStatus.EXPIRED)
    for job in ExportJob.objects.exclude(params={}):
        if person.is_among(job.params):
            ExportJob.objects.filter(pk=job.pk).update(params={})
    return count


def drop_named_reports(person: Person, _at: datetime) -> int:
    """Delete saved reports that ask about the person: there is nobody to ask about any more."""
    named = [each.pk for each in SavedReport.objects.exclude(params={}) if person.is_among(each.params)]
    return SavedReport.objects.filter(pk__in=named).delete()[0]


def empty_verify_runs(person: Person, _at: datetime) -> int:
    """Take away those cells that differed which are theirs, or hold a word of theirs; that they differed stays."""
    count = 0
    for run in VerifyRun.objects.exclude(differences=[]):
        said = [f"{each['key']} {each['stored']} {each['counted']}" for each in run.differences]
        left = [each for each, text in zip(run.differences, said, strict=True) if not person.is_named(text)]
        if len(left) < len(said):
            count += VerifyRun.objects.filter(pk=run.pk).update(differences=left)
    return count


def wait_for_counts(_person: Person, _at: datetime) -> int:
    """Raise `Postponed` until the days that an erasure has marked are counted again, and hold no text of theirs."""
    if DirtyDay.objects.filter(cause=ERASURE).exists():
        raise Postponed("Days of theirs are being counted again; this goes on once they are.")
    return 0


def refresh_people(_person: Person, at: datetime) -> int:
    """Make anew the view that lists customers."""
    return refresh_view(view=MATERIALIZED_VIEWS["user_analytics"], at=at).rows or 0


def forget_answers(_person: Person, _at: datetime) -> int:
    """Delete answers of reports that the cache keeps for some minutes."""
    if not settings.REDIS_URL:
        return 0
    count = 0
    with suppress(RedisError, OSError):  # away, it keeps nothing; and what it has lapses within minutes
        client = cache._cache.get_client()  # type: ignore[attr-defined]  # noqa: SLF001 - Django's cache has no door to a scan
        for pattern in KEPT_KEYS:
            for key in client.scan_iter(match=pattern, count=1000):
                count += client.delete(key)
    return count
