"""Rewards that points are given for, and who has taken them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from commerce.catalog.admin.fields import NairaForms
from commerce.promotions.models import CouponKind
from commerce.rewards.models import Reward, UserReward
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.money import format_money

NEEDED = {CouponKind.PERCENTAGE: "percent", CouponKind.FIXED: "amount_kobo"}


class RewardForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A reward with what its kind needs."""

    def clean(self) -> dict[str, Any]:
        """Refuse a kind without its number, an end before the beginning, and fewer than were taken already."""
        said: dict[str, Any] = super().clean() or {}
        needed = NEEDED.get(said.get("kind", ""))
        if needed and not said.get(needed) and needed not in self.errors:
            self.add_error(needed, "This kind of reward needs it.")
        for name in ("points", "valid_days"):
            if said.get(name) == 0:
                self.add_error(name, "One or more.")
        if (said.get("percent") or 0) > 100 or (said.get("percent") or 0) < 0:
            self.add_error("percent", "Between 0 and 100.")
        start, end = said.get("starts_at"), said.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", "It ends before it begins.")
        stock = said.get("stock")
        if stock is not None and stock < self.instance.redeemed_count:
            self.add_error("stock", f"{self.instance.redeemed_count} are taken already.")
        return said


@admin.register(Reward)
class RewardAdmin(NairaForms, ModelAdmin):
    """What points are given for. One that was taken is switched off, not deleted."""

    form = RewardForm
    list_display = ("name", "points", "show_value", "show_taken", "ends_at", "is_active")
    list_filter = ("is_active", "kind")
    ordering = ("points", "id")
    readonly_fields = ("redeemed_count",)
    fieldsets = (
        (None, {"fields": (("name", "is_active"), "description", "points")}),
        (
            "What its code takes off",
            {"fields": ("kind", ("percent", "amount_kobo"), ("max_discount_kobo", "min_spend_kobo"), "valid_days")},
        ),
        (
            "How many and when",
            {"fields": (("stock", "user_limit"), ("starts_at", "ends_at"), "redeemed_count")},
        ),
    )

    def save_model(self, request: HttpRequest, obj: Reward, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Save all but the count, which customers raise meanwhile."""
        kept = {"id", "redeemed_count"}
        columns = [field.name for field in Reward._meta.concrete_fields if field.name not in kept]  # noqa: SLF001 - public by Django's documentation
        obj.save(update_fields=columns if change else None)

    def has_delete_permission(self, request: HttpRequest, obj: Reward | None = None) -> bool:
        """Only one that nobody has taken can go."""
        return super().has_delete_permission(request, obj) and (obj is None or not obj.redeemed_count)

    @column(description="Takes off")
    def show_value(self, reward: Reward) -> str:
        """Return what its code takes off, in words."""
        if reward.kind == CouponKind.PERCENTAGE:
            return f"{(reward.percent or 0):.2f} %"
        return "the delivery" if reward.kind == CouponKind.FREE_SHIPPING else format_money(reward.amount_kobo or 0)

    @column(description="Taken", ordering="redeemed_count")
    def show_taken(self, reward: Reward) -> str:
        """Return how many were taken, of how many there are."""
        return str(reward.redeemed_count) if reward.stock is None else f"{reward.redeemed_count} of {reward.stock}"


@admin.register(UserReward)
class UserRewardAdmin(RecordAdmin):
    """Who has taken what, and whether the code was used."""

    list_display = ("redeemed_at", "user", "reward", "points", "coupon", "show_used", "expires_at")
    list_filter = ("reward", "redeemed_at")
    list_select_related = ("user", "reward", "coupon")
    ordering = ("-id",)
    fields = (("user", "reward"), ("points", "coupon"), ("redeemed_at", "expires_at"))

    @column(description="Used")
    def show_used(self, taken: UserReward) -> str:
        """Say whether the code was used."""
        return "Yes" if taken.coupon.is_used_up else "No"
