"""`manage.py document [--check]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zuka.platform.documents import stale_documents


class Command(BaseCommand):
    """Write the pages that are made from declarations, or check that they are up to date."""

    help = "Write docs/ and .env.example from the declarations; with --check, only say what is out of date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when a page is out of date")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        stale = stale_documents(write=not check)
        if check and stale:
            raise CommandError(f"Out of date: {', '.join(stale)}. Run ./run.sh manage document.")
        self.stdout.write(f"Written: {', '.join(stale)}." if stale else "Every page is up to date.")
