"""`manage.py restore BACKUP [--replace] [--skip-verify]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zuka.backup.places import find_backup
from zuka.backup.refusals import BackupRefused
from zuka.backup.restoring import restore_backup
from zuka.platform.clock import now


class Command(BaseCommand):
    """Put the shop back as it was when a backup was taken."""

    help = "Restore a backup: checked, filled into a fresh database, verified there, then put in the old one's place."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("backup", help="the backup's folder, or s3://bucket/folder/zuka-…")
        parser.add_argument("--replace", action="store_true", help="although the shop's database is not empty")
        parser.add_argument(
            "--skip-verify", action="store_true", help="do not count everything again: sooner open, verify afterwards"
        )

    def handle(self, *_args: Any, backup: str, replace: bool, skip_verify: bool, **_options: Any) -> None:
        try:
            place, name = find_backup(backup)
            restore_backup(
                place=place, name=name, at=now(), say=self.stdout.write, replaces=replace, verifies=not skip_verify
            )
        except (BackupRefused, OSError) as error:
            raise CommandError(str(error)) from error
