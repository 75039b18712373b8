"""What becomes of somebody's keys when their account is closed, told by who closes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from zuka.platform.keys.devices import UNBOUND
from zuka.platform.keys.finding import forget_keys
from zuka.platform.keys.models import RetiredToken
from zuka.platform.models import ApiKey


def revoke_keys_of(*, owner_id: UUID, at: datetime) -> int:
    """Revoke an owner's keys for good, in the caller's transaction; return how many worked or could have again.

    What their devices are called is forgotten, and so are the secrets of before. Processes notice within a second.
    """
    owned = ApiKey.objects.filter(owner_id=owner_id)
    RetiredToken.objects.filter(key__in=owned).delete()
    unbound: dict[str, Any] = dict(UNBOUND)
    owned.update(**unbound)
    said = {"status": ApiKey.Status.REVOKED, "revoked_at": at, "updated_at": at}
    revoked = owned.exclude(status=ApiKey.Status.REVOKED).update(**said)
    transaction.on_commit(forget_keys)
    return revoked
