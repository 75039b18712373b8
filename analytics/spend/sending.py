"""Campaign spend that a program sends: by the rules of sheets, all of it or nothing, the same again without effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction

from analytics.spend.importing import note_plan, save_spend
from analytics.spend.matching import unseen_campaigns
from analytics.spend.planning import SpendPlan, plan_spend
from analytics.store.models import SpendImport
from zuka.platform.clock import local_day
from zuka.platform.errors import Refused
from zuka.platform.sheets import Row

MOST_ROWS = 5_000


class BadSpend(Refused):
    """A row that cannot be read; the field names it, counted from 0."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "invalid_spend"


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of spend that was sent: how many rows of each, and the campaigns that nobody came by."""

    is_dry_run: bool
    new: int
    changed: int
    unchanged: int
    unseen: list[tuple[str, str]]


@transaction.atomic
def send_spend(
    rows: Sequence[Mapping[str, Any]], *, said_by: str, user_id: UUID | None, is_dry_run: bool, at: datetime
) -> Sent:
    """Write what campaigns cost, by day, source, medium, campaign and currency; with a dry run say only what would be.

    What is there already is replaced. Raises BadSpend, before anything is written.
    """
    plan = plan_spend((Row(place, cells_of(row)) for place, row in enumerate(rows)), today=local_day(at))
    if plan.problems:
        place, name, message = plan.problems[0]
        others = len({row for row, *_ in plan.problems}) - 1
        more = f" {others} more rows have mistakes." if others > 1 else " 1 more row has a mistake." if others else ""
        raise BadSpend(message + more, field=f"rows.{place}.{FIELDS.get(name, name)}")
    if plan.changes and not is_dry_run:
        write_plan(plan, said_by=said_by, user_id=user_id, at=at)
    return Sent(
        is_dry_run=is_dry_run,
        new=plan.new,
        changed=len(plan.changes) - plan.new,
        unchanged=plan.unchanged,
        unseen=unseen_campaigns(plan),
    )


FIELDS = {"spend": "spend_kobo"}


def cells_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as a sheet has it: its amount in naira."""
    naira, kobo = divmod(row["spend_kobo"], 100)
    return {**{name: value for name, value in row.items() if name != "spend_kobo"}, "spend": f"{naira}.{kobo:02}"}


def write_plan(plan: SpendPlan, *, said_by: str, user_id: UUID | None, at: datetime) -> None:
    """Write a plan, and note who said so."""
    row = SpendImport(name=said_by[:200], brought_by_id=user_id, status=SpendImport.Status.DONE, ended_at=at)
    note_plan(row, plan)
    row.save()
    save_spend(plan, row=row, at=at)
