from __future__ import annotations

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _forget_limits() -> None:
    """Let each test sign in as often as it needs: limits are counted in the cache."""
    cache.clear()
