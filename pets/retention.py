"""What pets' conversations leave behind: nothing, after PET_RETENTION_MONTHS."""

from __future__ import annotations

from datetime import datetime, timedelta

from pets.models import ActionStatus, PetAction, PetConversation, PetSpend
from zuka.platform.clock import add_months, day_start, local_day, month_start
from zuka.platform.live_settings.reading import live
from zuka.platform.retention.declaring import Kept, add_kept, stays
from zuka.platform.retention.spans import days, months

AT_ONCE = 500
SPEND_KEPT = timedelta(days=90)
AREA, JOB = "Pets", "pets.tasks.forget_conversations"
KEPT = (
    Kept(
        AREA,
        ("pets.petconversation", "pets.petmessage", "pets.petaction"),
        "Talks with pets, since their last message, and what was done in them.",
        span=months("PET_RETENTION_MONTHS"),
        task=JOB,
        column="last_message_at",
        personal="Everything that somebody said to their pet.",
    ),
    Kept(
        AREA,
        ("pets.petspend",),
        "What thinking cost each customer, by day.",
        span=days(count=SPEND_KEPT.days),
        task=JOB,
        column="day",
        personal="The account.",
    ),
    stays(
        AREA,
        "Pets, and what they have learned.",
        *("pets.userpet", "pets.petpreference"),
        why="They go with their account, or when somebody lets their pet go.",
        personal="The account, sizes, budgets and tastes.",
    ),
)


def forget_old(*, at: datetime) -> int:
    """Delete conversations whose last message is too old, some at a time; return how many.

    Questions that nobody answered are marked as expired, so that lists tell them from those that wait.
    """
    PetAction.objects.filter(status=ActionStatus.WAITING, expires_at__lte=at).update(
        status=ActionStatus.EXPIRED, ended_at=at
    )
    PetSpend.objects.filter(day__lt=local_day(at - SPEND_KEPT)).delete()
    today = local_day(at)
    # The same day so many months ago, or the first day after a short month.
    first = add_months(month_start(today), -live.PET_RETENTION_MONTHS)
    limit = day_start(first + timedelta(days=today.day - 1))
    gone = 0
    while True:
        some = list(PetConversation.objects.filter(last_message_at__lt=limit).values_list("pk", flat=True)[:AT_ONCE])
        if not some:
            return gone
        PetConversation.objects.filter(pk__in=some).delete()
        gone += len(some)


add_kept(*KEPT)
