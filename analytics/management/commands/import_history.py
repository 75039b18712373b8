"""`manage.py import_history`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from analytics.history.formats import FORMATS
from analytics.history.importing import Lost
from analytics.history.preview import preview_file
from analytics.history.starting import bring_file
from analytics.history.working import run_here
from analytics.store.models import HistoryImport, HistoryStatus
from zuka.platform import clock
from zuka.platform.errors import Refused

UNFINISHED = (HistoryStatus.READY, HistoryStatus.RUNNING, HistoryStatus.PAUSED, HistoryStatus.FAILED)


class Command(BaseCommand):
    """Import history from a file of this machine, or go on where that was interrupted."""

    help = "Import events of Umami, Matomo, Google Analytics 4 or Zuka, or Plausible's days; again, to go on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, JSON, JSON lines or Parquet, also in .gz and .zip.")
        parser.add_argument("--format", choices=list(FORMATS), default="", help="Without it the file is recognised.")
        parser.add_argument(
            "--source", default="", help="Whose history it is, for example shop.example: the same for all its files."
        )
        parser.add_argument("--dry-run", action="store_true", help="Show what the first rows become; store nothing.")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["dry_run"]:
                self.try_file(options)
                return
            job = self.find_job(options)
            run_here(job, options["file"], tell=self.tell)
        except Lost as lost:
            raise CommandError("Somebody else imports this file right now.") from lost
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror or error}.") from error
        self.tell(job)
        if job.failure:
            raise CommandError(f"{job.failure} Run the same again to go on.")

    def find_job(self, options: dict[str, Any]) -> HistoryImport:
        """Return the import that was begun with this very file, or a new one."""
        path: Path = options["file"]
        with transaction.atomic():
            facts = {"format_id": options["format"], "source": options["source"], "at": clock.now()}
            job = bring_file(path=path, name=path.name, is_kept=False, **facts)
            alike = HistoryImport.objects.filter(sha256=job.sha256, source_key=job.source_key, file_name="")
            begun = alike.filter(status__in=UNFINISHED).exclude(pk=job.pk).order_by("id").first()
            if begun is not None:
                job.delete()
        return begun or job

    def try_file(self, options: dict[str, Any]) -> None:
        """Show what the first rows become, and leave nothing of it."""
        with transaction.atomic():
            self.show(options["file"], self.find_job(options))
            transaction.set_rollback(True)

    def tell(self, job: HistoryImport) -> None:
        """Say how far an import is."""
        part = 100 * job.bytes_read // max(job.size, 1)
        self.stdout.write(
            f"{part:>3} %  {job.records:,} rows: {job.accepted:,} stored, {job.duplicate:,} there before, "
            f"{job.rejected:,} refused, {job.dropped:,} left out"
        )

    def show(self, path: Path, job: HistoryImport) -> None:
        """Show what the first rows become."""
        found = preview_file(path, job)
        lines = [found.heads, *found.rows]
        widths = [max(len(line[place]) for line in lines) for place in range(len(found.heads))]
        self.stdout.write(f"{FORMATS[job.format].title}, the first {found.records:,} rows:")
        for line in lines:
            self.stdout.write("  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip())
        self.stdout.write(f"{found.accepted:,} of {found.received:,} would be stored.")
        for message, count in found.problems:
            self.stdout.write(f"{count:,} refused: {message}")
        if found.failure:
            raise CommandError(found.failure)
