from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline
from unfold.paginator import InfinitePaginator

from commerce.payments.models import Payment, PaymentStatus, Refund, RefundStatus
from zuka.platform.admin.rows import FrozenRows, column
from zuka.platform.money import format_money

PAYMENT_COLOURS = {
    PaymentStatus.PENDING: "warning",
    PaymentStatus.CAPTURED: "success",
    PaymentStatus.FAILED: "danger",
    PaymentStatus.CANCELLED: "danger",
    PaymentStatus.PARTIALLY_REFUNDED: "info",
    PaymentStatus.REFUNDED: "info",
}
REFUND_COLOURS = {RefundStatus.PENDING: "warning", RefundStatus.SUCCEEDED: "success", RefundStatus.FAILED: "danger"}


class RefundInline(FrozenRows, TabularInline):
    """A payment's refunds, on its page."""

    model = Refund
    extra = 0
    hide_title = True
    fields = ("show_amount", "status", "reason", "refunded_by", "refunded_at")
    readonly_fields = fields

    @column(description="Amount")
    def show_amount(self, refund: Refund) -> str:
        """Return the amount in naira."""
        return format_money(refund.amount_kobo, refund.currency)


@admin.register(Payment)
class PaymentAdmin(FrozenRows, ModelAdmin):
    """Payments of orders."""

    list_display = ("reference", "order", "provider", "show_amount", "show_fee", "show_status", "captured_at")
    list_filter = ("status", "provider", "is_test", "captured_at")
    search_fields = ("reference", "order__number")
    list_select_related = ("order",)
    ordering = ("-id",)
    show_full_result_count = False
    paginator = InfinitePaginator
    inlines = (RefundInline,)
    fields = (
        ("order", "user"),
        ("provider", "reference", "status"),
        ("show_amount", "show_fee", "show_refunded"),
        ("captured_at", "collected_by", "is_test"),
        "failure_reason",
        "raw_answer",
        ("created_at", "updated_at"),
    )
    readonly_fields = ("show_amount", "show_fee", "show_refunded", "created_at", "updated_at")

    @column(description="Amount", ordering="amount_kobo")
    def show_amount(self, payment: Payment) -> str:
        """Return the amount in naira."""
        return format_money(payment.amount_kobo, payment.currency)

    @column(description="Fee", ordering="fee_kobo")
    def show_fee(self, payment: Payment) -> str:
        """Return what the provider kept."""
        return format_money(payment.fee_kobo, payment.currency)

    @column(description="Refunded", ordering="refunded_kobo")
    def show_refunded(self, payment: Payment) -> str:
        """Return what went back."""
        return format_money(payment.refunded_kobo, payment.currency)

    @column(description="Status", ordering="status", label=PAYMENT_COLOURS)
    def show_status(self, payment: Payment) -> tuple[str, str]:
        """Return the status with its colour."""
        return payment.status, payment.get_status_display()


@admin.register(Refund)
class RefundAdmin(FrozenRows, ModelAdmin):
    """Money that went back."""

    list_display = ("id", "payment", "show_amount", "show_status", "reason", "refunded_at")
    list_filter = ("status", "refunded_at")
    search_fields = ("payment__reference", "payment__order__number")
    list_select_related = ("payment",)
    ordering = ("-id",)
    show_full_result_count = False
    paginator = InfinitePaginator
    exclude = ("amount_kobo", "currency")
    readonly_fields = ("show_amount",)

    @column(description="Amount", ordering="amount_kobo")
    def show_amount(self, refund: Refund) -> str:
        """Return the amount in naira."""
        return format_money(refund.amount_kobo, refund.currency)

    @column(description="Status", ordering="status", label=REFUND_COLOURS)
    def show_status(self, refund: Refund) -> tuple[str, str]:
        """Return the status with its colour."""
        return refund.status, refund.get_status_display()
