"""The shopper's story that every driver tells: what is sent, and where to."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

HOST = os.environ["SDK_HOST"]
KEY = os.environ["SDK_KEY"]
STORY: dict[str, Any] = json.loads((Path(__file__).parent / "story.json").read_text())
LINE = {**STORY["product"], "quantity": STORY["quantity"]}
CART = {"value": STORY["total"], "currency": "NGN", "products": [LINE]}
ORDER = {"order_id": STORY["order"], "total": STORY["total"], "currency": "NGN", "products": [LINE]}
# As Segment's e-commerce spec names them; RudderStack and PostHog took that spec over.
TRACKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("Products Searched", {"query": STORY["query"]}),
    ("Product Viewed", STORY["product"]),
    ("Product Added", LINE),
    ("Checkout Started", CART),
    ("Order Completed", ORDER),
)
