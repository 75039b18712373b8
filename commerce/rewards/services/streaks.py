"""Days in a row on which a customer came by."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.rewards.models import PointsEntry
from commerce.rewards.services.ledger import earn_points
from commerce.rewards.services.naming import profile_of
from commerce.rewards.services.rules import RULES, SEVENTH_DAY
from zuka.platform.clock import local_day


@transaction.atomic
def check_in(*, user: User, at: datetime) -> PointsEntry | None:
    """Note that a customer came by on this day of the shop, once a day, and return what that earned then.

    A day that was left out begins the row again; each seventh day earns more. Raises `AccountClosed`.
    """
    hold_account(user_id=user.pk)
    profile, today = profile_of(user.pk), local_day(at)
    if profile.streak_date != today:
        goes_on = profile.streak_date == today - timedelta(days=1)
        profile.streak_days = profile.streak_days + 1 if goes_on else 1
        profile.streak_date = today
        profile.save(update_fields=["streak_days", "streak_date"])
    points = SEVENTH_DAY if profile.streak_days % 7 == 0 else RULES["streak"].points
    source_id = f"{user.pk}:{today.isoformat()}"
    return earn_points(
        user_id=user.pk, source_type="streak", source_id=source_id, points=points, xp=RULES["streak"].xp, at=at
    )
