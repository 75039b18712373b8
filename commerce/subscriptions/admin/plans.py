"""What customers can subscribe to."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from commerce.catalog.admin.fields import NairaForms
from commerce.subscriptions.models import LIVE, Plan
from zuka.platform.admin.rows import column
from zuka.platform.money import format_money


@admin.register(Plan)
class PlanAdmin(NairaForms, ModelAdmin):
    """Plans. Who has one keeps its price; one that was taken is no more offered rather than deleted."""

    list_display = (
        "name",
        "level",
        "interval",
        "show_price",
        "trial_days",
        "key_tier",
        "free_shipping",
        "points_percent",
        "show_live",
        "is_active",
    )
    list_filter = ("is_active", "level", "interval")
    ordering = ("price_kobo", "id")
    fieldsets = (
        (None, {"fields": (("name", "is_active"), "description", ("level", "interval"))}),
        (
            "What it costs",
            {
                "fields": (("price_kobo", "trial_days"),),
                "description": "A new price is that of who subscribes or changes from now on. A trial needs no card.",
            },
        ),
        ("What it gives", {"fields": (("free_shipping", "points_percent"), "key_tier")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Plan]:
        """Return the plans with how many customers have each."""
        rows: QuerySet[Plan] = super().get_queryset(request)
        return rows.annotate(live_count=Count("subscriptions", filter=Q(subscriptions__status__in=LIVE)))

    def has_delete_permission(self, request: HttpRequest, obj: Plan | None = None) -> bool:
        """Only one that nobody has taken can go."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.subscriptions.exists())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Keep how long a period of a plan is that somebody has."""
        return ("level", "interval") if obj is not None and obj.subscriptions.exists() else ()

    @column(description="Price", ordering="price_kobo")
    def show_price(self, plan: Plan) -> str:
        """Return the price of a period."""
        return format_money(plan.price_kobo, plan.currency)

    @column(description="Customers", ordering="live_count")
    def show_live(self, plan: Any) -> int:
        """Return how many customers have it."""
        return int(plan.live_count)
