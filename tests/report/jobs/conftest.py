from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine

from analytics.report import reading
from tests.commerce.factories import UserFactory
from tests.report.jobs.asking import NOW
from tests.rollup.story import SATURDAY, at, event


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where exports are kept."""
    settings.EXPORTS_ROOT = str(tmp_path / "exports")
    return tmp_path / "exports"


@pytest.fixture
def views(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Seven views of products, read two at a time; it is Saturday evening."""
    monkeypatch.setattr(reading, "BATCH_ROWS", 2)
    with time_machine.travel(NOW, tick=False):
        for number in range(7):
            event("product.viewed", at(SATURDAY, 12, number // 2), visitor_id="v", product_ref=f"p{number}")
        yield


@pytest.fixture
def boss(views: None) -> Any:
    """Who may see everything."""
    return UserFactory.create(is_staff=True, is_superuser=True)
