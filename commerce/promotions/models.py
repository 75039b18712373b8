from __future__ import annotations

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils import timezone

from commerce.catalog.models import Category, Product
from commerce.columns import (
    Timestamped,
    choice_check,
    currency_check,
    currency_field,
    not_negative_check,
    positive_check,
)

is_code = RegexValidator(r"^[A-Za-z0-9_-]{3,40}$", "3 to 40 letters, digits, - or _.")


class CouponKind(models.TextChoices):
    """What a coupon takes off."""

    PERCENTAGE = "percentage", "A share of the goods"
    FIXED = "fixed", "An amount"
    FREE_SHIPPING = "free_shipping", "The delivery"


class Coupon(Timestamped):
    """A code that takes something off an order. `usage_count` caches its redemptions that were not given back.

    Limits that are empty do not apply. Unless it is `for_all_goods`, categories (with what is below them) and products
    say what it is for: any of them; when all of those are deleted, nothing. Amounts in kobo of `currency`. One that is
    not `stackable` is an order's only one.
    """

    code = models.CharField(max_length=40, validators=[is_code], help_text="Customers may type it in small letters.")
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True, default="")
    kind = models.CharField(max_length=20, choices=CouponKind)
    percent = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    currency = currency_field()
    amount_kobo = models.BigIntegerField(null=True, blank=True)
    min_spend_kobo = models.BigIntegerField(null=True, blank=True)
    max_discount_kobo = models.BigIntegerField(null=True, blank=True)
    usage_limit = models.PositiveIntegerField("uses in all", null=True, blank=True)
    user_limit = models.PositiveIntegerField("uses a customer", null=True, blank=True)
    usage_count = models.PositiveIntegerField("used", default=0, editable=False)
    valid_from = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    for_all_goods = models.BooleanField(default=True)
    stackable = models.BooleanField(
        "with other codes",
        default=False,
        db_default=False,
        help_text="Customers may use it together with others that allow it. Percentages come off first, then amounts.",
    )
    for_reduced = models.BooleanField("also for reduced products", default=True)
    is_active = models.BooleanField("active", default=True)
    suggested = models.BooleanField(
        "suggested by pets",
        default=False,
        db_default=False,
        help_text="Pets tell customers of it where it takes something off their cart. Others they only take.",
    )
    categories = models.ManyToManyField(Category, blank=True, related_name="coupons")
    products = models.ManyToManyField(Product, blank=True, related_name="coupons")

    class Meta:
        db_table = "commerce_coupon"
        constraints = [
            models.UniqueConstraint(Upper("code"), name="coupon_code_unique"),
            choice_check("coupon", "kind", CouponKind),
            currency_check("coupon"),
            models.CheckConstraint(
                condition=~Q(kind="percentage") | Q(percent__isnull=False, percent__gt=0, percent__lte=100),
                name="coupon_percentage_has_percent",
            ),
            models.CheckConstraint(
                condition=~Q(kind="fixed") | Q(amount_kobo__isnull=False, amount_kobo__gt=0),
                name="coupon_fixed_has_amount",
            ),
            not_negative_check("coupon", "min_spend_kobo"),
            positive_check("coupon", "max_discount_kobo"),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_from=None) | Q(valid_until__gt=F("valid_from")),
                name="coupon_window",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_used_up(self) -> bool:
        """Say whether it was used as often as it may be, when it was read."""
        return self.usage_limit is not None and self.usage_count >= self.usage_limit


class CouponRedemption(models.Model):
    """One use of a coupon, and what it took off. `released_at`: the order has ended unsold, the use is given back."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="redemptions")
    order = models.ForeignKey("commerce.Order", on_delete=models.PROTECT, related_name="redemptions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="redemptions"
    )
    guest = models.CharField(max_length=254, blank=True, default="", help_text="A guest's e-mail, else their phone.")
    discount_kobo = models.BigIntegerField()
    redeemed_at = models.DateTimeField(default=timezone.now)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "commerce_coupon_redemption"
        constraints = [
            models.UniqueConstraint(fields=["coupon", "order"], name="coupon_redemption_once_an_order"),
            not_negative_check("coupon_redemption", "discount_kobo"),
        ]

    def __str__(self) -> str:
        return f"{self.coupon_id} for order {self.order_id}"
