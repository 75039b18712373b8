"""The menu's groups of reports."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.report.test_pages import staff  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db


def test_the_menu_lists_every_report(staff: Client) -> None:  # noqa: F811 - a fixture
    groups = staff.get(reverse("admin:report", args=["overview"])).context["sidebar_navigation"]

    assert [(group["title"], [item["title"] for item in group["items"]]) for group in groups] == [
        ("Overview", ["Today", "Overview"]),
        (
            "Sales",
            [
                "Revenue by day",
                "From goods to net",
                "Coupons",
                "Cash on delivery",
                "Sales by category or brand",
                "Carts left behind",
                "Products left in carts",
                "Customers who come back",
            ],
        ),
        ("Products", ["Product performance", "Top products, 7 days", "Cart additions", "Reviews"]),
        (
            "Visits",
            [
                "Visits by day",
                "Visits by device",
                "Landing pages",
                "Referrers",
                "Campaigns",
                "Funnel",
                "Every visit",
            ],
        ),
        ("Audience", ["Sign-ups by day", "Sign-up sources"]),
        ("Events", ["Tracked and actual", "Event counts", "Top events", "Event explorer"]),
        ("Tracking", ["Ingest health", "SDKs and versions", "Rejections by cause"]),
        (
            "Platform",
            [
                "Counting and refreshes",
                "Counts compared with raw",
                "Jobs and their last runs",
                "Slow queries",
                "Table sizes",
                "Disk",
            ],
        ),
    ]
