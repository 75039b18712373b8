"""Taking a person out of the audit log: what names them goes, that something was done stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import CharField, Q
from django.db.models.functions import Cast

from zuka.platform.audit.actions import record_action
from zuka.platform.audit.models import AuditEntry, AuditOrigin, AuditPersonal
from zuka.platform.audit.rules import audited_tables

SHORTEST = 6  # a word that is shorter would be found in what others said
EMPTY: dict[str, Any] = {"words": "", "reason": "", "before": {}, "after": {}}


def entries_below(user_id: UUID | str) -> list[int]:
    """Return the entries of rows that do not name an account, and belong to what is somebody's: notes on their orders.

    A row that is gone is found by what its page was about, as an entry names that.
    """
    theirs = AuditEntry.objects.filter(person_id=user_id).exclude(model="").values("model", "subject_id")
    found: set[int] = set()
    for label, audited in audited_tables().items():
        if not audited.rule.person_path:
            continue
        keys = audited.model._base_manager.filter(**{audited.rule.person_path: user_id})  # noqa: SLF001 - Django's name for all rows
        ids = [str(key) for key in keys.values_list("pk", flat=True)]
        of_rows = Q(subject_id__in=ids)
        if audited.parent is not None:
            owned = theirs.filter(model=audited.parent[0]).values("subject_id")
            of_rows |= Q(parent_model=audited.parent[0], parent_id__in=owned)
        found.update(AuditEntry.objects.filter(of_rows, model=label).values_list("pk", flat=True))
    return sorted(found)


@transaction.atomic
def scrub_person(*, user_id: UUID | str, at: datetime, words: Iterable[str] = ()) -> int:
    """Empty what the log says of an account, and from where it acted; return how many rows of it were emptied.

    `words` are the person's e-mail addresses and phones: entries about guests name no account, and are found by them.
    Entries stay as they are: an id, the columns that differed, and when. Run it twice and nothing more happens.
    """
    rows = AuditPersonal.objects.filter(scrubbed_at=None)
    count = rows.filter(person_id=user_id).update(scrubbed_at=at, **EMPTY)
    count += rows.filter(entry_id__in=entries_below(user_id)).update(scrubbed_at=at, **EMPTY)
    if sought := [word for word in words if len(word) >= SHORTEST]:
        guests = rows.filter(person_id=None).annotate(
            said_before=Cast("before", CharField()), said_after=Cast("after", CharField())
        )
        said = [
            Q(**{f"{name}__icontains": word})
            for word in sought
            for name in ("words", "reason", "said_before", "said_after")
        ]
        count += guests.filter(reduce(or_, said)).update(scrubbed_at=at, **EMPTY)
    count += AuditOrigin.objects.filter(person_id=user_id, scrubbed_at=None).update(
        scrubbed_at=at, ip="", user_agent=""
    )
    record_action("person.erased", person_id=user_id, after={"rows": count})
    return count
