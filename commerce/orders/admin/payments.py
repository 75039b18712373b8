from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.admin import TabularInline
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm

from commerce.money import naira_to_kobo
from commerce.orders.admin.comparing import DifferenceInline
from commerce.orders.admin.money_back import MoneyBackForm
from commerce.orders.admin.refunds import RefundRights, payments_numbered, words_of
from commerce.orders.services import (
    NotYet,
    handle_delivery,
    payments_with_reference,
    refund_payment,
    settle_payment,
)
from commerce.orders.services.comparing import resolve_differences_of
from commerce.payments.gateways import GATEWAYS, GatewayRefused, GatewayUnavailable
from commerce.payments.models import (
    Attention,
    Payment,
    PaymentStatus,
    Refund,
    WebhookDelivery,
)
from commerce.payments.services import note_dealt_with, refundable_kobo
from zuka.platform.actor import actor_for
from zuka.platform.admin.rows import FrozenRows, RecordAdmin, column, dialog_button, read_number
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

PAYMENT_COLOURS = {
    PaymentStatus.PENDING: "warning",
    PaymentStatus.CAPTURED: "success",
    PaymentStatus.FAILED: "danger",
    PaymentStatus.CANCELLED: "danger",
    PaymentStatus.PARTIALLY_REFUNDED: "info",
    PaymentStatus.REFUNDED: "info",
}


ATTENTION_COLOURS = dict.fromkeys(Attention, "danger")


class RefundForm(MoneyBackForm):
    """How much goes back, in the payment's currency, and why."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        payment = Payment.objects.filter(pk=read_number(self.object_id)).first()
        left = refundable_kobo(payment) if payment else 0
        self.offer(
            left, payment.currency if payment else "NGN", kept_by="The provider and the order's timeline keep it."
        )
        if settings.REFUND_FOUR_EYES:
            limit = format_money(settings.REFUND_FOUR_EYES * 100, settings.SHOP_CURRENCY)
            self.fields["amount"].help_text += f" With more than {limit} of one order, a colleague has to approve it."


REFUND = ActionDialog(
    title="Refund this payment",
    description="Money goes back to the customer the way it came. This cannot be undone.",
    form_class=RefundForm,
    form_submit_text="Refund",
)
ASK = ActionDialog(
    title="Ask the provider",
    description="The provider is asked what became of this payment, and the order follows its answer.",
    form_class=None,
    form_submit_text="Ask",
)
DEALT_WITH = ActionDialog(
    title="Is it dealt with?",
    description="The payment leaves the list of those that need attention. Refund what is too much first.",
    form_class=None,
    form_submit_text="Dealt with",
)


class RefundInline(FrozenRows, TabularInline):
    """A payment's refunds, on its page."""

    model = Refund
    extra = 0
    hide_title = True
    fields = ("show_amount", "status", "reason", "failure_reason", "refunded_by", "refunded_at")
    readonly_fields = fields

    @column(description="Amount")
    def show_amount(self, refund: Refund) -> str:
        """Return the amount in naira."""
        return format_money(refund.amount_kobo, refund.currency)


@admin.register(Payment)
class PaymentAdmin(RefundRights, FrozenRows, SearchedAdmin):
    """Payments of orders."""

    list_display = (
        "reference",
        "order",
        "provider",
        "show_amount",
        "show_fee",
        "show_status",
        "show_attention",
        "captured_at",
    )
    list_filter = ("attention", "status", "provider", "is_test", "captured_at")
    search_routes = (Route("reference", payments_with_reference), Route("order number", payments_numbered))
    search_icon = "payments"
    list_select_related = ("order",)
    ordering = ("-id",)
    inlines = (RefundInline, DifferenceInline)
    actions_detail = ("ask_provider", "refund", "deal_with")
    fields = (
        ("order", "user"),
        ("provider", "status"),
        ("reference", "attention"),
        ("show_amount", "show_fee", "show_refunded"),
        ("captured_at", "is_test"),
        "collected_by",
        ("provider_id", "checked_at"),
        "failure_reason",
        "raw_answer",
        ("created_at", "updated_at"),
    )
    readonly_fields = ("show_amount", "show_fee", "show_refunded", "created_at", "updated_at")

    def found_detail(self, thing: Payment) -> str:
        """Return how much it is, and where it stands."""
        return f"payment · {self.show_amount(thing)} · {thing.get_status_display()}"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons that make sense for this payment, for staff who may press them."""
        payment = self.get_object(request, str(object_id))
        if payment is None:
            return []
        open_ones = {
            "ask_provider": payment.provider in GATEWAYS and not payment.is_received,
            "refund": refundable_kobo(payment) > 0,
            "deal_with": bool(payment.attention),
        }
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if open_ones[button.path]]

    def has_handle_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may ask a provider and settle what needs attention."""
        return request.user.has_perm("commerce.change_payment")

    @dialog_button(description="Ask the provider", name="ask_provider", permission="handle", dialog=ASK)
    def ask_provider(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Ask what became of the payment and apply it."""
        payment = get_object_or_404(Payment, pk=read_number(object_id))
        try:
            payment = settle_payment(payment=payment, at=now(), actor=actor_for(user_id=request.user.pk))
        except Refused as refusal:
            messages.error(request, words_of(refusal))
        else:
            messages.success(request, f"The provider has answered. The payment is {payment.get_status_display()}.")
        return self.back_to(object_id)

    @dialog_button(description="Refund", name="refund", permission="refund", dialog=REFUND)
    def refund(self, request: HttpRequest, form: RefundForm, object_id: str) -> HttpResponse:
        """Send money back and say what came of it."""
        payment = get_object_or_404(Payment, pk=read_number(object_id))
        try:
            refund = refund_payment(
                payment=payment,
                amount_kobo=naira_to_kobo(form.cleaned_data["amount"]),
                reason=form.cleaned_data["reason"],
                at=now(),
                actor=actor_for(user_id=request.user.pk),
                request_key=form.cleaned_data["request_key"],
            )
        except Refused as refusal:
            messages.error(request, words_of(refusal))
        else:
            amount = format_money(refund.amount_kobo, refund.currency)
            messages.success(request, f"Refund of {amount}: {refund.get_status_display()}. {refund.failure_reason}")
        return self.back_to(object_id)

    @dialog_button(description="Dealt with", name="deal_with", permission="handle", dialog=DEALT_WITH)
    def deal_with(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Take the payment off the list of those that need attention."""
        payment = get_object_or_404(Payment, pk=read_number(object_id))
        note_dealt_with(payment=payment, at=now())
        resolve_differences_of(payment=payment, at=now(), by_id=request.user.pk)
        self.log_change(request, payment, "Dealt with.")
        messages.success(request, "The payment needs no more attention.")
        return self.back_to(object_id)

    def back_to(self, object_id: str) -> HttpResponse:
        """Return the answer that makes the dialog's page load the payment again."""
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_payment_change", args=[object_id])})

    @column(description="Attention", ordering="attention", label=ATTENTION_COLOURS)
    def show_attention(self, payment: Payment) -> tuple[str, str] | None:
        """Return why staff must look at it."""
        return (payment.attention, payment.get_attention_display()) if payment.attention else None

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


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(RecordAdmin):
    """What providers sent. One that is not handled waits for its provider to answer when it is asked."""

    list_display = ("received_at", "provider", "event", "outcome", "handled_at", "attempts")
    list_filter = (("handled_at", admin.EmptyFieldListFilter), "provider", "event", "received_at")
    actions = ("handle_again",)
    search_fields = ("dedupe_key",)
    ordering = ("-id",)
    fields = (("provider", "event"), ("received_at", "handled_at", "attempts"), "outcome", "dedupe_key", "body")

    def has_handle_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may have a message handled."""
        return request.user.has_perm("commerce.change_payment")

    @admin.action(description="Handle again", permissions=["handle"])
    def handle_again(self, request: HttpRequest, deliveries: QuerySet[WebhookDelivery]) -> None:
        """Handle the chosen messages now; what was done before stays done."""
        for delivery in deliveries.order_by("id"):
            if not delivery.body:
                messages.error(request, f"{delivery}: what it said is no longer kept.")
                continue
            try:
                outcome = handle_delivery(delivery=delivery, at=now())
            except (GatewayUnavailable, GatewayRefused) as refusal:
                messages.error(request, f"{delivery}: {words_of(refusal)}")
            except NotYet:
                messages.error(request, f"{delivery}: the provider does not know of it yet.")
            else:
                messages.success(request, f"{delivery}: {outcome}.")
