from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from analytics.rollup.fill import fill_dirty
from tests.commerce.factories import UserFactory
from tests.report.mailing.mails import MONDAY
from tests.rollup.story import FRIDAY, at, make_product, pay, place


@pytest.fixture
def shop(transactional_db: None, settings: Any) -> Iterator[None]:
    """An order of Friday; it is Monday, a quarter past seven."""
    settings.ZUKA_URL, settings.SHOP_NAME = "https://zuka.example", "Ada's Shop"
    with time_machine.travel(MONDAY, tick=False):
        make_product("gown", "=Ankara gown")
        pay(place("gown", at(FRIDAY, 12)), at(FRIDAY, 13))
        fill_dirty()
        yield


@pytest.fixture
def ada(shop: None) -> Any:
    """The owner."""
    return UserFactory.create(is_staff=True, is_superuser=True, name="Ada", email="ada@example.com")
