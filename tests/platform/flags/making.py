"""Flags as tests want them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from zuka.platform.flags.models import FeatureFlag

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAIR = [["control", 50], ["promise", 50]]


def make_flag(name: str = "promise", **told: Any) -> FeatureFlag:
    """Return a stored flag that runs, of two variants, drawn by visitor, for everybody and for clients."""
    usual: dict[str, Any] = {"text": "More orders", "salt": "f00d", "variants": PAIR, "is_public": True}
    return FeatureFlag.objects.create(name=name, **{**usual, "started_at": NOW, **told})
