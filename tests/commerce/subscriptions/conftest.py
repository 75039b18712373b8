from __future__ import annotations

import pytest

from tests.commerce.payments.conftest import providers

__all__ = ["providers"]


@pytest.fixture(autouse=True)
def _in_the_database(db: None) -> None:
    """All of these need it."""
