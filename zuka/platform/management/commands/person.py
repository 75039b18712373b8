"""`manage.py person export | erase --user | --email | --visitor`."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from zuka.platform.audit.actions import record_action
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.personal_data.erasing import ask_erasure, erase_people, plan_erasure, user_of
from zuka.platform.personal_data.exporting import write_zip
from zuka.platform.personal_data.models import AskedBy, RequestStatus
from zuka.platform.personal_data.people import Person, find_person, start_person


class Command(BaseCommand):
    """Write all that is kept of a person into a file, or erase them."""

    help = "Export or erase what is kept of a person: an account, somebody who ordered as a guest, or a visitor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["export", "erase"])
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--user", help="id of an account")
        who.add_argument("--email", help="e-mail of an account, else of guest orders")
        who.add_argument("--guest", help="e-mail of guest orders, where an account has it too, unconfirmed")
        who.add_argument("--visitor", help="id of a browser or app that nobody has signed in with")
        parser.add_argument("--to", type=Path, default=Path("person.zip"), help="the file to write; person.zip")
        parser.add_argument("--reason", default="", help="why, for the audit log")
        parser.add_argument("--dry-run", action="store_true", help="say what would be erased, and erase nothing")

    def handle(self, *_args: Any, action: str, **options: Any) -> None:
        try:
            start = start_person(**{name: options[name] for name in ("user", "email", "guest", "visitor")})
            if action == "export":
                self.export(start, options["to"], options["reason"])
            elif options["dry_run"]:
                self.plan(start)
            else:
                self.erase(start, options["reason"])
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal

    def export(self, start: Person, path: Path, reason: str) -> None:
        person = find_person(start)
        try:
            file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        except OSError as error:
            raise CommandError(f"{path} cannot be made: {error.strerror}.") from error
        try:
            with file:
                counts = write_zip(person, file, at=now())
            record_action("person.exported", person_id=user_of(person), reason=reason)
        except BaseException:
            path.unlink()
            raise
        self.stdout.write(f"{sum(counts.values())} rows of {len(counts)} places written to {path}.")

    def plan(self, start: Person) -> None:
        for title, becomes, count in plan_erasure(person=start):
            self.stdout.write(f"{count:>8}  {becomes:<10}  {title}")

    def erase(self, start: Person, reason: str) -> None:
        request = ask_erasure(person=start, asked_by=AskedBy.COMMAND, at=now(), reason=reason)
        erase_people(at=now())
        request.refresh_from_db()
        if request.status != RequestStatus.DONE:
            raise CommandError(
                f"Not done yet: {request.failure or request.get_status_display()} A job goes on with it."
            )
        rows = sum(request.progress.values())
        self.stdout.write(f"Erased: {rows} rows of {sum(map(bool, request.progress.values()))} places.")
