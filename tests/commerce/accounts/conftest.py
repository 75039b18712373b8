from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers


@pytest.fixture(autouse=True)
def _forget_limits() -> None:
    """Let each test sign in as often as it needs: limits are counted in the cache."""
    cache.clear()


@pytest.fixture
def termii(settings: Any) -> Iterator[Providers]:
    """A provider of text messages, where the shop has an account."""
    with open_providers() as providers:
        settings.SMS_URL = providers.sms_url
        yield providers
