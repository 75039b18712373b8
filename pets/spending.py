"""What thinking costs: tokens of a language model, counted for each person and day of the shop."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import F, Value

from pets.models import PetSpend
from zuka.platform.clock import local_day
from zuka.platform.live_settings.reading import live


def has_budget(*, user_id: UUID, at: datetime) -> bool:
    """Say whether a person's talk may still cost something today."""
    spent = PetSpend.objects.filter(user_id=user_id, day=local_day(at)).values_list("tokens", flat=True).first()
    return (spent or 0) < live.PET_DAILY_TOKENS


def count_spend(*, user_id: UUID, tokens: int, at: datetime) -> None:
    """Count what a request has cost. However many do so at once, it adds up."""
    row, _ = PetSpend.objects.get_or_create(user_id=user_id, day=local_day(at))
    PetSpend.objects.filter(pk=row.pk).update(tokens=F("tokens") + Value(tokens), requests=F("requests") + 1)
