from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from commerce.catalog.admin.fields import NairaForms
from commerce.promotions.models import Coupon, CouponKind, CouponRedemption
from zuka.platform.admin.rows import FrozenRows, column
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.money import format_money

NEEDED = {CouponKind.PERCENTAGE: "percent", CouponKind.FIXED: "amount_kobo"}
REDEMPTIONS_SHOWN = 50


def coupons_like(words: str) -> QuerySet[Coupon]:
    """Return coupons whose code begins like this, or whose name has it; the newest first. A shop has few."""
    return Coupon.objects.filter(Q(code__istartswith=words) | Q(name__icontains=words)).order_by("-id")


class CouponForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A coupon with what its kind needs; its code in capitals."""

    def clean_code(self) -> str:
        """Return the code in capitals."""
        return str(self.cleaned_data["code"]).upper()

    def clean(self) -> dict[str, Any]:
        """Refuse a kind without its number, an end before the beginning, and goods that are not said or said twice."""
        said: dict[str, Any] = super().clean() or {}
        needed = NEEDED.get(said.get("kind", ""))
        if needed and not said.get(needed) and needed not in self.errors:
            self.add_error(needed, ValidationError("This kind of coupon needs it."))
        if (said.get("percent") or 0) > 100 or (said.get("percent") or 0) < 0:
            self.add_error("percent", ValidationError("Between 0 and 100."))
        start, end = said.get("valid_from"), said.get("valid_until")
        if start and end and end <= start:
            self.add_error("valid_until", ValidationError("It ends before it begins."))
        is_named = any(said.get(name) for name in ("categories", "products"))
        if said.get("for_all_goods") and is_named:
            self.add_error("for_all_goods", ValidationError("Untick it, or name no categories and products."))
        if not said.get("for_all_goods") and not is_named:
            self.add_error("for_all_goods", ValidationError("Tick it, or name categories or products."))
        return said


class RedemptionInline(FrozenRows, TabularInline):
    """Who used it, and for which orders."""

    model = CouponRedemption
    extra = 0
    hide_title = True
    max_num = REDEMPTIONS_SHOWN
    per_page = REDEMPTIONS_SHOWN
    ordering = ("-id",)
    fields = ("order", "user", "guest", "show_discount", "redeemed_at", "released_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[CouponRedemption]:
        """Return the uses with what their rows name."""
        rows: QuerySet[CouponRedemption] = super().get_queryset(request).select_related("order", "user", "coupon")
        return rows

    @column(description="Taken off")
    def show_discount(self, redemption: CouponRedemption) -> str:
        """Return what it took off."""
        return format_money(redemption.discount_kobo, redemption.coupon.currency)


@admin.register(Coupon)
class CouponAdmin(NairaForms, SearchedAdmin):
    """Codes that take something off an order. A code that was used is switched off, not deleted."""

    form = CouponForm
    list_display = ("code", "name", "kind", "show_value", "show_uses", "valid_until", "is_active")
    list_filter = ("is_active", "kind", "stackable", "valid_until")
    search_routes = (Route("code or name", coupons_like),)
    search_icon = "confirmation_number"
    ordering = ("-id",)
    autocomplete_fields = ("categories", "products")
    inlines = (RedemptionInline,)
    fieldsets = (
        (None, {"fields": (("code", "is_active"), "name", "description")}),
        (
            "What it takes off",
            {"fields": ("kind", ("percent", "amount_kobo"), ("max_discount_kobo", "min_spend_kobo"), "stackable")},
        ),
        ("For which goods", {"fields": (("for_all_goods", "for_reduced"), "categories", "products")}),
        (
            "How often and when",
            {"fields": (("usage_limit", "user_limit"), "valid_from", "valid_until", "usage_count", "suggested")},
        ),
    )
    readonly_fields = ("usage_count",)

    def save_model(self, request: HttpRequest, obj: Coupon, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Save all but the uses, which customers count meanwhile."""
        columns = [field.name for field in Coupon._meta.concrete_fields if field.name not in {"id", "usage_count"}]  # noqa: SLF001 - public by Django's documentation
        obj.save(update_fields=columns if change else None)

    @column(description="Takes off")
    def show_value(self, coupon: Coupon) -> str:
        """Return what it takes off, in words."""
        if coupon.kind == CouponKind.PERCENTAGE:
            return f"{(coupon.percent or Decimal(0)).normalize():f} %"
        return "the delivery" if coupon.kind == CouponKind.FREE_SHIPPING else format_money(coupon.amount_kobo or 0)

    @column(description="Used", ordering="usage_count")
    def show_uses(self, coupon: Coupon) -> str:
        """Return how often it was used, of how often it may be."""
        return f"{coupon.usage_count} of {coupon.usage_limit}" if coupon.usage_limit else str(coupon.usage_count)
