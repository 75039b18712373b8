"""What the SELECTs of rollups bind beside their day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

from analytics.people.cutting import BOT_FLAGS, NOT_VISITS
from analytics.registry.attribution import WHOLE
from analytics.registry.channels import channel_params
from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import Flag, Said

CLAIM_TYPES = sorted(name for name, each in EVENT_TYPES.items() if each.said is Said.CLAIM)


def counting_params() -> dict[str, Any]:
    """Return the bits of flags, the shop's currency, and what visits and channels are told by."""
    return {
        "bot_flags": BOT_FLAGS,
        "claimed": int(Flag.CLAIMED),
        "currency": settings.SHOP_CURRENCY,
        "not_visits": NOT_VISITS,
        "claim_types": CLAIM_TYPES,
        "look_back": timedelta(days=settings.ATTRIBUTION_DAYS),
        "parts": WHOLE,
        **channel_params(),
    }
