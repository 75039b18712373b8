"""Campaigns that cost something and bring nobody: mostly a word is written in another way than in the link."""

from __future__ import annotations

from difflib import get_close_matches

from django.db.models import Sum

from analytics.spend.planning import SpendPlan
from analytics.store.models import RollupSource

Words = tuple[str, str, str]
# To look for what is written alike takes 20 µs a pair.
MOST_NAMED, MOST_COMPARED = 50, 500


def unseen_campaigns(plan: SpendPlan) -> list[tuple[str, str]]:
    """Return the campaigns of a plan that nobody came by in its days, each with the nearest that somebody did; ''
    where none is near, and beyond the first fifty. A word that is empty in the plan fits any.
    """
    if not plan.spend:
        return []
    days = [key[0] for key in plan.spend]
    rows = RollupSource.objects.filter(day__range=(min(days), max(days)), sessions__gt=0)
    words = ("utm_source", "utm_medium", "utm_campaign")
    came = [(each[0], each[1], each[2]) for each in rows.values_list(*words).annotate(n=Sum("sessions")).order_by("-n")]
    known = set(came)
    asked = sorted({key[1:4] for key in plan.spend})
    unseen = [each for each in asked if each not in known and not ("" in each and any(fits(each, one) for one in came))]
    told = sorted(filter(None, map(text_of, came[:MOST_COMPARED])))
    return [(text_of(each), nearest(each, told) if place < MOST_NAMED else "") for place, each in enumerate(unseen)]


def fits(words: Words, visit: Words) -> bool:
    """Say whether a visit came by a campaign."""
    return all(word in ("", other) for word, other in zip(words, visit, strict=True))


def nearest(words: Words, told: list[str]) -> str:
    """Return the campaign that people came by which is written most alike."""
    return next(iter(get_close_matches(text_of(words), told, n=1)), "")


def text_of(words: Words) -> str:
    """Return a campaign in words: source, medium and campaign, as far as it has them."""
    return " / ".join(word for word in words if word)
