"""Months and years that are counted as a whole, in the back office."""

from __future__ import annotations

from django.contrib import admin

from analytics.store.models import CompactedPeriod
from zuka.platform.admin.rows import RecordAdmin, column


@admin.register(CompactedPeriod)
class CompactedPeriodAdmin(RecordAdmin):
    """Months and years of which counts of products and pages are kept as a whole, no longer by day."""

    nothing_yet = "Counts are added up by month once they are older than ROLLUP_DAY_MONTHS."

    list_display = ("show_period", "grain", "show_before", "show_after", "compacted_at")
    list_filter = ("grain",)
    ordering = ("-first_day",)
    fields = (("show_period", "grain"), ("first_day", "last_day"), ("show_before", "show_after"), "compacted_at")
    readonly_fields = ("show_period", "show_before", "show_after")

    @column(description="Period", ordering="first_day")
    def show_period(self, period: CompactedPeriod) -> str:
        """Return the period in words."""
        return str(period)

    @column(description="Rows by day", ordering="rows_before")
    def show_before(self, period: CompactedPeriod) -> str:
        """Return how many rows there were once."""
        return f"{period.rows_before:,}"

    @column(description="Rows in their place", ordering="rows_after")
    def show_after(self, period: CompactedPeriod) -> str:
        """Return how many rows are in their place."""
        return f"{period.rows_after:,}"
