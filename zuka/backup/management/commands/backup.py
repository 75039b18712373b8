"""`manage.py backup [--to PLACE] [--list | --verify NAME]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from zuka.backup.places import Place, open_place
from zuka.backup.refusals import BackupRefused
from zuka.backup.running import remove_by_rules, run_backup
from zuka.backup.verifying import verify_backup
from zuka.platform.clock import now


class Command(BaseCommand):
    """Take a backup and read it back, list those there are, or read one back."""

    help = "Back up the whole shop: database, pictures and waiting events, in one moment; read back before it counts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default="", help="a folder or s3://bucket/folder; without it BACKUP_URL")
        parser.add_argument("--list", action="store_true", dest="lists", help="list the backups there are")
        parser.add_argument("--verify", default="", metavar="NAME", help="read a backup back and compare all of it")
        parser.add_argument("--prune", action="store_true", help="then remove those that BACKUP_KEEP_… keep no longer")

    def handle(self, *_args: Any, to: str, lists: bool, verify: str, prune: bool, **_options: Any) -> None:
        address = to or settings.BACKUP_URL
        if not address:
            raise CommandError("Say where to: --to /srv/backups, or set BACKUP_URL.")
        try:
            place = open_place(address)
            if lists:
                self.show(place)
            elif verify:
                manifest = verify_backup(place=place, name=verify)
                self.stdout.write(f"{verify} is whole: {manifest.bytes:,} bytes, {manifest.rows:,} rows.")
            else:
                self.take(place, prunes=prune)
        except (BackupRefused, OSError) as error:
            raise CommandError(str(error)) from error

    def take(self, place: Place, *, prunes: bool) -> None:
        manifest = run_backup(place=place, at=now())
        for part in manifest.parts:
            files = "" if part.files is None else f"  {part.files:,} files"
            self.stdout.write(f"  {part.name:<14} {part.bytes:>15,} bytes  sha256 {part.sha256[:16]}…{files}")
        self.stdout.write(f"{manifest.rows:,} rows of {len(manifest.tables)} tables, read back and whole:")
        self.stdout.write(place.path(manifest.name) if place.is_local else f"{place.text()}/{manifest.name}")
        for name in remove_by_rules(place=place, at=now()) if prunes else []:
            self.stdout.write(f"removed {name}")

    def show(self, place: Place) -> None:
        for name in place.folders():
            if not place.is_whole(name):
                self.stdout.write(f"{name}  not finished: no backup")
                continue
            manifest = place.manifest_or_damage(name)
            if isinstance(manifest, str):
                self.stdout.write(f"{name}  damaged: {manifest}")
                continue
            sizes = f"{manifest.bytes:>15,} bytes  {manifest.rows:>12,} rows"
            self.stdout.write(f"{name}  {sizes}  Zuka {manifest.version}")
