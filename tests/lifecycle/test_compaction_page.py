"""Staff see which counts are kept by day, by month and by year."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from analytics.lifecycle.compaction.tiers import count_tiers
from analytics.store.models import CompactedPeriod
from tests.lifecycle.ages import NOW, compact, tell, today
from zuka.platform.retention.sizes import measure_tables

pytestmark = pytest.mark.django_db


def test_the_page_of_what_is_kept_and_the_list(admin_client: Client) -> None:
    with today():
        tell()
        compact()
        page = admin_client.get(reverse("admin:kept")).content.decode()
        shown = ("Counts by day", "Counts by month", "November 2023 from 1 Dec 2026")
        assert [text in page for text in shown] == [True] * 3
        rows = admin_client.get(reverse("admin:analytics_compactedperiod_changelist")).content.decode()
        assert [text in rows for text in ("December 2022", "January 2023", "By month")] == [True] * 3
        one = reverse("admin:analytics_compactedperiod_change", args=["2023-01-01"])
        assert admin_client.get(one).status_code == 200


def test_tiers_before_and_after(settings: Any) -> None:
    def told() -> list[tuple[str, int, str]]:
        return [(each.name, each.months, each.next) for each in count_tiers()]

    with today():
        assert told() == []
        tell()
        measure_tables(at=NOW)
        assert told() == [("Counts by day", 12, "December 2022 with the job's next run")]
        compact()
        by_month = ("Counts by month", 3, "")
        assert told() == [("Counts by day", 1, "November 2023 from 1 Dec 2026"), by_month]
        settings.ROLLUP_MONTH_YEARS = 3
        compact()
        by_month, by_year = ("Counts by month", 2, ""), ("Counts by year", 12, "")
        assert told() == [("Counts by day", 1, "November 2023 from 1 Dec 2026"), by_month, by_year]
        CompactedPeriod.objects.all().delete()
        settings.ROLLUP_DAY_MONTHS = 0
        assert told() == []
