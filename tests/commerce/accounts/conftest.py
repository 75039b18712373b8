from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from commerce.accounts.gateways.tokens import keys_at
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers


@pytest.fixture
def vouchers(settings: Any) -> Iterator[Providers]:
    """A Google and an Apple, where the shop has client ids."""
    with open_providers() as providers:
        for name, value in providers.sign_in_settings.items():
            setattr(settings, name, [value] if name.endswith("_IDS") else value)
        keys_at.cache_clear()  # an earlier provider may have been at the same port
        yield providers


@pytest.fixture
def termii(settings: Any) -> Iterator[Providers]:
    """A provider of text messages, where the shop has an account."""
    with open_providers() as providers:
        settings.SMS_URL = providers.sms_url
        yield providers
