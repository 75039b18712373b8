"""What answers of the catalogue are kept, where, and for how long."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache

BRIEF_SECONDS = 60
LONGEST_SECONDS = 600
SECONDS_A_SECOND = 200  # for each second that an answer took it is kept so many: asking it again is dear
BRIEFLY = {"Cache-Control": f"public, max-age={BRIEF_SECONDS}"}


def keep_briefly(kind: str, question: object, *, make: Callable[[], Any]) -> Any:
    """Return the answer to a question, a minute old at most; ten, where making it takes seconds.

    A question's repr must say all that it asks.
    """
    digest = hashlib.sha256(repr(question).encode()).hexdigest()
    key = f"catalog:{kind}:{digest}"
    answer = cache.get(key)
    if answer is None:
        started = time.monotonic()
        answer = make()
        worth = SECONDS_A_SECOND * (time.monotonic() - started)
        cache.set(key, answer, round(min(max(worth, BRIEF_SECONDS), LONGEST_SECONDS)))
    return answer
