"""Being the only one at something for a while: a row, and no lock of a session, which a pooler gives to others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from django.db.models.functions import Now

from commerce.payments.models import Lease


@contextmanager
def leased(name: str, *, lasts: timedelta) -> Iterator[bool]:
    """Say whether we alone are at what this names, and keep others from it until the block ends, or `lasts` is over.

    Take it outside of any transaction, and longer than the work can take: who comes after it is over does not wait.
    Each step is one statement of its own, so it holds whichever connection each of them goes by.
    """
    holder = uuid4()
    over = Lease.objects.filter(name=name, until__lte=Now())
    is_ours = bool(over.update(holder=holder, until=Now() + lasts))
    if not is_ours:
        fresh = Lease(name=name, holder=holder, until=Now() + lasts)
        Lease.objects.bulk_create([fresh], ignore_conflicts=True)
        is_ours = Lease.objects.filter(name=name, holder=holder).exists()
    try:
        yield is_ours
    finally:
        if is_ours:
            Lease.objects.filter(name=name, holder=holder).delete()
