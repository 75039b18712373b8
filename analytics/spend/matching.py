"""Campaigns that cost something and bring nobody: mostly a word is written in another way than in the link."""

from __future__ import annotations

from difflib import get_close_matches

from analytics.spend.planning import SpendPlan
from analytics.store.models import RollupSource

Words = tuple[str, str, str]


def unseen_campaigns(plan: SpendPlan) -> list[tuple[str, str]]:
    """Return the campaigns of a plan that nobody came by in its days, each with the nearest that somebody did; ''
    where none is near. A word that is empty in the plan fits any.
    """
    if not plan.spend:
        return []
    days = [key[0] for key in plan.spend]
    rows = RollupSource.objects.filter(day__range=(min(days), max(days)), sessions__gt=0).order_by()
    came: set[Words] = set(rows.values_list("utm_source", "utm_medium", "utm_campaign").distinct())
    told = {text_of(words): words for words in came}
    asked = sorted({key[1:4] for key in plan.spend})
    return [(text_of(words), nearest(words, told)) for words in asked if not any(fits(words, each) for each in came)]


def fits(words: Words, visit: Words) -> bool:
    """Say whether a visit came by a campaign."""
    return all(word in ("", other) for word, other in zip(words, visit, strict=True))


def nearest(words: Words, told: dict[str, Words]) -> str:
    """Return the campaign that people came by which is written most alike."""
    return next(iter(get_close_matches(text_of(words), sorted(each for each in told if each), n=1)), "")


def text_of(words: Words) -> str:
    """Return a campaign in words: source, medium and campaign, as far as it has them."""
    return " / ".join(word for word in words if word)
