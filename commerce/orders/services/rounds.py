"""One run of the job that asks providers: it ends in time, and does not go on asking one that is away."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime

from commerce.payments.gateways import GATEWAYS

BUDGET_SECONDS = 120.0
IN_VAIN = 3


class Round:
    """What one run has learnt of the providers. `at` is its moment; it may take two minutes of real time."""

    def __init__(self, *, at: datetime, seconds: float = BUDGET_SECONDS) -> None:
        self.at = at
        self.ends = time.monotonic() + seconds
        self.in_vain: Counter[str] = Counter()

    @property
    def is_over(self) -> bool:
        """Say whether the run's time is up."""
        return time.monotonic() >= self.ends

    def may_ask(self, provider: str) -> bool:
        """Say whether a provider is worth asking: the shop has keys for it, and it answered one of the last three."""
        return GATEWAYS[provider].is_configured() and self.in_vain[provider] < IN_VAIN and not self.is_over

    def note(self, provider: str, *, answered: bool) -> None:
        """Remember whether a provider answered."""
        self.in_vain[provider] = 0 if answered else self.in_vain[provider] + 1
