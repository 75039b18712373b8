"""The menu's groups of dashboards and reports."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db
DASHBOARDS = ["Overview", "Sales", "Products", "Customers", "Acquisition", "Behaviour", "Engagement", "Platform"]

GROUPS = [
    ("Dashboards", ["Today", *DASHBOARDS, "Build a report"], False),
    ("Overview reports", ["Overview"], True),
    (
        "Sales reports",
        [
            "Revenue by day",
            "From goods to net",
            "Coupons",
            "Cash on delivery",
            "Sales by category or brand",
            "Carts left behind",
            "Products left in carts",
        ],
        True,
    ),
    (
        "Products reports",
        [
            *("Product performance", "Top products, 7 days", "Cart additions", "Reviews"),
            *("Bought together", "Viewed together", "Trending products", "Every review"),
        ],
        True,
    ),
    (
        "Customers reports",
        [
            "Customer segments",
            "Customers",
            "Lifetime value",
            "Customers who stay",
            "Customers who come back",
            "Whom to call",
            "Sign-ups by day",
            "Every sign-up",
        ],
        True,
    ),
    (
        "Acquisition reports",
        ["Attribution", "Campaigns", "Landing pages", "Referrers", "Sign-up sources"],
        True,
    ),
    (
        "Behaviour reports",
        [
            "Visits by day",
            "Visits by device",
            "Funnel",
            "Every visit",
            "Funnel builder",
            "Paths",
            "Searches",
            "Searches that find nothing",
            "Every search",
            "Retention",
            "Active people",
            "Before Zuka",
            "Experiments",
        ],
        True,
    ),
    (
        "Engagement reports",
        [
            *("Points", "Games", "Friends brought", "Rewards taken"),
            *("Pets", "What pets do", "Notices and mails", "Wishes"),
        ],
        True,
    ),
    (
        "Platform reports",
        [
            "Counting and refreshes",
            "Counts compared with raw",
            "Jobs and their last runs",
            "Slow queries",
            "Table sizes",
            "Disk",
            "Key validations",
            *("API performance", "API performance by hour", "API use by key", "Requests to the API"),
        ],
        True,
    ),
    ("Events reports", ["Tracked and actual", "Event counts", "Top events", "Event explorer"], True),
    ("Tracking", ["Ingest health", "SDKs and versions", "Rejections by cause"], False),
    ("Security", ["My sign-in"], False),
]


def test_the_menu_lists_dashboards_and_every_report(staff: Client) -> None:
    groups = staff.get(reverse("admin:report", args=["overview"])).context["sidebar_navigation"]

    shown = [(group["title"], [item["title"] for item in group["items"]], group["collapsible"]) for group in groups]
    assert shown == GROUPS
