"""`manage.py bootstrap`: a staff login and a pair of keys for a fresh shop, as JSON for `./run.sh up`."""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from django.db import transaction

from zuka.platform.audit.context import Acting, acting_as
from zuka.platform.audit.models import ActorKind
from zuka.platform.keys.issuing import hash_token, issue_key
from zuka.platform.keys.scopes import PUBLIC_SCOPES, SCOPE_NAMES
from zuka.platform.models import ApiKey

STAFF_EMAIL = "staff@zuka.example"


def read_known(path: Path | None) -> dict[str, Any]:
    """Return what an earlier run wrote; nothing when there is none or it cannot be read."""
    try:
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path else {}
    except (OSError, ValueError):  # then all of it is made anew
        return {}


def ensure_staff(known: dict[str, Any]) -> dict[str, str]:
    """Return the staff login; the person is made, or given the known password's successor when it is lost."""
    users = get_user_model()._default_manager  # noqa: SLF001 - Django's name for it
    email = known.get("email") or STAFF_EMAIL
    password = known.get("password") or secrets.token_urlsafe(9)
    person = users.filter(email=email).first()
    if person is None:
        users.create_superuser(email=email, password=password, name="Shop Staff")
    elif not person.check_password(password):
        person.set_password(password)
        person.save()
    return {"email": email, "password": password}


def ensure_key(kind: str, known: str | None) -> str:
    """Return a working token of a kind: the known one while it is active, else that of a new key."""
    active = ApiKey.objects.filter(kind=kind, status=ApiKey.Status.ACTIVE)
    if known and active.filter(token_hash=hash_token(known)).exists():
        return known
    public = kind == ApiKey.Kind.PUBLISHABLE
    name = "Storefront" if public else "Server"
    scopes = sorted(PUBLIC_SCOPES if public else SCOPE_NAMES)
    return issue_key(name=name, kind=kind, scopes=scopes, is_limited=public)[1]


class Command(BaseCommand):
    """Make the first staff person and keys, or return those of an earlier run that still work."""

    help = "Make a staff login and API keys for a fresh shop, and print them as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--known", type=Path, help="run.json of an earlier start, whose credentials are kept")

    @transaction.atomic
    def handle(self, *_args: Any, known: Path | None, **_options: Any) -> None:
        earlier = read_known(known)
        keys = earlier.get("keys") or {}
        with acting_as(Acting(ActorKind.COMMAND.value, "bootstrap")):
            answer = {
                "staff": ensure_staff(earlier.get("staff") or {}),
                "keys": {kind: ensure_key(kind, keys.get(kind)) for kind in ApiKey.Kind.values},
            }
        self.stdout.write(json.dumps(answer))
