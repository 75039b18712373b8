"""Sheets of campaign spend: checked when they are brought, imported when staff say so, all of it or nothing."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from analytics.spend.matching import unseen_campaigns
from analytics.spend.planning import COLUMNS, NEEDED, SpendPlan, plan_spend
from analytics.store.models import CampaignSpend, SpendImport
from zuka.platform.clock import local_day
from zuka.platform.errors import Refused
from zuka.platform.sheets import Row, read_sheet

MOST_SHOWN = 300
BATCH = 500
KEY = ("day", "source", "medium", "campaign", "currency")


class SpendRefused(Refused):
    """An import that cannot be done as it stands."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "spend_refused"


def read_rows(content: bytes) -> list[Row]:
    """Return the rows of a file that are not empty. Raises `BadSheet`, which says what to mend."""
    return read_sheet(content, known=COLUMNS, needed=NEEDED)


def bring_spend(*, name: str, content: bytes, user_id: UUID | None, at: datetime) -> SpendImport:
    """Check a sheet and keep it with what was found; nothing of it is written. Raises `BadSheet`."""
    plan = plan_spend(read_rows(content), today=local_day(at))
    row = SpendImport(name=name[:200], content=content, brought_by_id=user_id)
    note_plan(row, plan)
    row.save()
    return row


def note_plan(row: SpendImport, plan: SpendPlan) -> None:
    """Note what a check found."""
    row.counts = plan.counts()
    row.problems = [list(each) for each in plan.problems[:MOST_SHOWN]]
    row.changes = [list(each) for each in plan.changes[:MOST_SHOWN]]
    row.unseen = [list(each) for each in unseen_campaigns(plan)[:MOST_SHOWN]]


@transaction.atomic
def import_spend(*, pk: int, at: datetime) -> SpendImport:
    """Write what a checked sheet says: a campaign's day that is there already is replaced. Raises `SpendRefused`."""
    row = open_import(pk)
    plan = plan_spend(read_rows(bytes(row.content or b"")), today=local_day(at))
    if plan.problems:
        raise SpendRefused("Some rows have mistakes. Mend them in the sheet and bring it again.", field="file")
    save_spend(plan, row=row, at=at)
    note_plan(row, plan)
    row.status, row.ended_at, row.content = SpendImport.Status.DONE, at, None
    row.save()
    return row


def save_spend(plan: SpendPlan, *, row: SpendImport, at: datetime) -> None:
    """Write the amounts of a plan, in the order of their keys so that two at once do not wait for each other."""
    spend = [
        CampaignSpend(**dict(zip(KEY, key, strict=True)), spend_kobo=kobo, spend_import=row, updated_at=at)
        for key, kobo in sorted(plan.spend.items())
    ]
    said = ["spend_kobo", "spend_import", "updated_at"]
    CampaignSpend.objects.bulk_create(
        spend, batch_size=BATCH, update_conflicts=True, update_fields=said, unique_fields=KEY
    )


@transaction.atomic
def cancel_spend(*, pk: int, at: datetime) -> SpendImport:
    """Forget a sheet that was not imported. Raises `SpendRefused`."""
    row = open_import(pk)
    row.status, row.ended_at, row.content = SpendImport.Status.CANCELLED, at, None
    row.save()
    return row


def open_import(pk: int) -> SpendImport:
    """Return an import that waits for a word, locked. Raises `SpendRefused`."""
    row = SpendImport.objects.select_for_update().filter(pk=pk).first()
    if row is None or row.status != SpendImport.Status.READY:
        raise SpendRefused("This import has ended already. Bring the sheet again.", field="file")
    return row
