from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def names(client: Any) -> Any:
    """Return a reader of the names in a list of products."""

    def read(**query: Any) -> list[str]:
        answer = client.get("/api/v1/products/", query)
        assert answer.status_code == 200, answer.content
        return [row["name"] for row in answer.json()["results"]]

    return read
