"""Limits in the back office: those declared, and what staff put in their place. Processes notice within a second."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from unfold.admin import ModelAdmin

from zuka.platform.admin.rows import column
from zuka.platform.models import RateLimitRule
from zuka.platform.throttling.rules import DEFAULTS, Rule, read_rows


def described(rule: Rule, taken: set[tuple[str, str, str]]) -> dict[str, Any]:
    """Return a declared rule as its row is shown, with the address of the form that puts another in its place."""
    row = RateLimitRule(**{name: getattr(rule, name) for name in ("endpoint", "tier", "counted_by")})
    fields = {name: getattr(rule, name) or "" for name in ("per_hour", "per_day", "burst")}
    change = urlencode({"endpoint": rule.endpoint, "tier": rule.tier, "counted_by": rule.counted_by, **fields})
    return {
        "rule": rule,
        "tier": row.get_tier_display() if rule.tier else "Any",
        "counted_by": row.get_counted_by_display(),
        "is_replaced": rule.name in taken,
        "change": f"{reverse('admin:platform_ratelimitrule_add')}?{change}",
    }


@admin.register(RateLimitRule)
class RateLimitRuleAdmin(ModelAdmin):
    """What staff have put in the place of declared limits, or added."""

    list_display = ("endpoint", "show_tier", "counted_by", "per_hour", "per_day", "burst", "is_active")
    list_filter = ("counted_by", "tier", "is_active")
    search_fields = ("endpoint",)
    fields = (("endpoint", "tier", "counted_by"), ("per_hour", "per_day", "burst"), "is_active")
    list_before_template = "platform/declared_limits.html"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Show the declared rules above those of staff."""
        taken = {rule.name for rule, _ in read_rows()}
        shown = {
            "declared_limits": [described(rule, taken) for rule in DEFAULTS],
            "may_add": self.has_add_permission(request),
        }
        return super().changelist_view(request, {**(extra_context or {}), **shown})

    @column(description="Tier", ordering="tier")
    def show_tier(self, rule: RateLimitRule) -> str:
        """Return the keys it holds for."""
        return rule.get_tier_display() if rule.tier else "Any"
