"""Whose history it is: a key of its own for each source, by which its events are known, and which nobody can use."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from analytics.history.formats import FORMATS
from analytics.history.forms import Format
from analytics.ingest.received import Source
from analytics.ingest.rights import source_by
from analytics.store.models import HistoryImport
from zuka.platform.keys.finding import grant_of
from zuka.platform.keys.issuing import issue_key
from zuka.platform.models import ApiKey

OURS = UUID("6f0b7f1e-6a3d-4f5e-9a52-6c1d9e1f3a70")
DOOR = "history"


def key_of(*, format_: Format, source: str) -> UUID:
    """Return the key of a source: the same for each of its files, so that an event in two of them is one."""
    return uuid5(OURS, f"{format_.id}\n{source.strip().lower()}")


def ensure_key(*, format_: Format, source: str, at: datetime) -> UUID:
    """Return the key of a source, made where there is none. It is revoked from the first: no request may come by it,
    and nobody waits for more. What it may is known for replaying rejected events.
    """
    key_id = key_of(format_=format_, source=source)
    if not ApiKey.objects.filter(pk=key_id).exists():
        name = f"History: {format_.title}, {source}"[:100]
        stopped = {"status": ApiKey.Status.REVOKED, "revoked_at": at}
        issue_key(id=key_id, name=name, kind=ApiKey.Kind.SECRET, scopes=["track", "import"], **stopped)
    return key_id


def source_of(job: HistoryImport) -> Source:
    """Return an import's source of events: of any age, all of them received at the import's own moment."""
    ensure_key(format_=FORMATS[job.format], source=job.source, at=job.received_at)  # staff may have deleted it since
    grant = grant_of(ApiKey.objects.get(pk=job.source_key))
    return source_by(grant, door=DOOR, received_at=job.received_at, client=job.format)
