"""Imports of products: brought by staff, checked by a worker, looked at, and then done all at once."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import DatabaseError, transaction

from commerce.catalog.models import TAKEN_UP, ImportStatus, ProductImport
from commerce.catalog.services.sheets.applying import apply_plan
from commerce.catalog.services.sheets.planning import Plan, Planner
from commerce.catalog.services.sheets.reading import read_rows
from commerce.catalog.services.stock import StockRefused
from zuka.platform.actor import actor_for
from zuka.platform.audit.context import acting_as, job_for
from zuka.platform.errors import Refused
from zuka.platform.sheets import BadSheet
from zuka.platform.waking import wake_worker

log = structlog.get_logger(__name__)
IMPORT = "commerce.tasks.handle_product_imports"
LEASE = timedelta(minutes=30)
MOST_SHOWN = 300


class ImportRefused(Refused):
    """An import cannot take this step."""

    code = "import_refused"


@transaction.atomic
def bring_import(
    *, name: str, content: bytes, at: datetime, user_id: UUID | None, skips_bad_rows: bool, sets_stock: bool
) -> ProductImport:
    """Keep a sheet to be checked. Raises `BadSheet` for a file that is none."""
    read_rows(content)
    row = ProductImport.objects.create(
        name=name[:200],
        content=content,
        skips_bad_rows=skips_bad_rows,
        sets_stock=sets_stock,
        brought_by_id=user_id,
        created_at=at,
    )
    transaction.on_commit(lambda: wake_worker(IMPORT), robust=True)
    return row


@transaction.atomic
def confirm_import(*, row: ProductImport) -> None:
    """Let a checked import be done. Raises `ImportRefused` where it was not checked, or nothing can be imported."""
    row = ProductImport.objects.select_for_update().defer("content").get(pk=row.pk)
    if row.status != ImportStatus.READY:
        raise ImportRefused(f"This import is not ready: {row.get_status_display().lower()}.")
    if row.problems and not row.skips_bad_rows:
        raise ImportRefused("Some rows have mistakes. Mend the file and bring it again, or leave these rows out.")
    row.status = ImportStatus.CONFIRMED
    row.save(update_fields=["status", "updated_at"])
    transaction.on_commit(lambda: wake_worker(IMPORT), robust=True)


@transaction.atomic
def cancel_import(*, row: ProductImport, at: datetime) -> None:
    """Forget an import that nobody works at. Raises `ImportRefused`."""
    row = ProductImport.objects.select_for_update().defer("content").get(pk=row.pk)
    if row.status not in {ImportStatus.WAITING, ImportStatus.READY, ImportStatus.CONFIRMED}:
        raise ImportRefused(f"Too late: {row.get_status_display().lower()}.")
    end_import(row, ImportStatus.CANCELLED, at=at)


def handle_imports(*, at: datetime) -> int:
    """Check and do the imports that wait; return how many. Any number of workers may run this at once."""
    count = 0
    while row := take_up(at=at):
        handle_import(row, at=at)
        count += 1
    return count


@transaction.atomic
def take_up(*, at: datetime) -> ProductImport | None:
    """Return an import that is now this worker's; None when none waits. One whose worker died is given up."""
    free = ProductImport.objects.due(at).select_for_update(skip_locked=True)  # another worker has the locked ones
    row = free.order_by("id").first()
    if row is None:
        return None
    status = ImportStatus(row.status)
    if status not in TAKEN_UP:
        end_import(row, ImportStatus.FAILED, at=at, failure="The worker stopped over it. Bring the file again.")
        return row
    row.status, row.leased_until = TAKEN_UP[status], at + LEASE
    row.save(update_fields=["status", "leased_until", "updated_at"])
    return row


def handle_import(row: ProductImport, *, at: datetime) -> None:
    """Check or do an import that is this worker's, and write down what came of it: in the log, for who brought it."""
    if row.status not in TAKEN_UP.values():
        return
    with acting_as(job_for(task=IMPORT, user_id=row.brought_by_id)):
        work_at(row, at=at)


def work_at(row: ProductImport, *, at: datetime) -> None:
    """Check or do an import."""
    try:
        plan = Planner(read_rows(bytes(row.content or b"")), sets_stock=row.sets_stock).run()
        if row.status == ImportStatus.CHECKING:
            note_plan(row, plan)
            row.status = ImportStatus.READY
            row.save(update_fields=["status", "counts", "problems", "changes", "updated_at"])
        else:
            do_import(row, plan, at=at)
    except (BadSheet, StockRefused, ImportRefused) as refusal:
        end_import(row, ImportStatus.FAILED, at=at, failure=refusal.message)
    except DatabaseError as error:
        log.warning("import.refused_by_database", product_import=row.pk, error=str(error))
        words = "Somebody changed the same products meanwhile. Bring the file again."
        end_import(row, ImportStatus.FAILED, at=at, failure=words)


@transaction.atomic
def do_import(row: ProductImport, plan: Plan, *, at: datetime) -> None:
    """Write a plan, and that it was written, in one transaction. Raises `ImportRefused`, `StockRefused`."""
    note_plan(row, plan)
    if plan.problems and not row.skips_bad_rows:
        raise ImportRefused("The catalogue has changed since the check, and some rows have mistakes now.")
    apply_plan(plan, at=at, actor=actor_for(user_id=row.brought_by_id), note=row.name)
    end_import(row, ImportStatus.DONE, at=at)


def note_plan(row: ProductImport, plan: Plan) -> None:
    """Put what a plan says into the import's row."""
    row.counts = plan.counts()
    row.problems = [list(astuple(each)) for each in plan.problems[:MOST_SHOWN]]
    row.changes = [list(astuple(each)) for each in plan.changes[:MOST_SHOWN]]


def end_import(row: ProductImport, status: ImportStatus, *, at: datetime, failure: str = "") -> None:
    """Write how an import ended, and forget its file."""
    row.status, row.failure, row.ended_at, row.content = status, failure[:500], at, None
    columns = ["status", "failure", "ended_at", "content", "counts", "problems", "changes", "updated_at"]
    row.save(update_fields=columns)
