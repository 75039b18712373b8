"""Invoices of subscriptions, with each try to take their money, and refunds."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.admin import TabularInline
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm

from commerce.accounts.services import find_people
from commerce.money import naira_to_kobo
from commerce.orders.admin.money_back import MoneyBackForm
from commerce.payments.gateways import GatewayRefused
from commerce.subscriptions.models import (
    ChargeStatus,
    InvoiceStatus,
    SubscriptionCharge,
    SubscriptionInvoice,
    SubscriptionRefund,
    SubscriptionRefundStatus,
)
from commerce.subscriptions.services import give_up_refund, refund_charge, room_kobo
from zuka.platform.actor import actor_for
from zuka.platform.admin.rows import FrozenRows, column, dialog_button, read_number
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

COLOURS = {
    InvoiceStatus.OPEN: "warning",
    InvoiceStatus.PAID: "success",
    InvoiceStatus.UNCOLLECTIBLE: "danger",
}


def charge_to_refund(invoice_id: int) -> SubscriptionCharge | None:
    """Return the charge of an invoice of which something can go back: one that nothing was owed for comes first."""
    paid = SubscriptionCharge.objects.filter(invoice_id=invoice_id, status=ChargeStatus.PAID)
    return next((each for each in paid.order_by("-attention", "id") if room_kobo(each)), None)


class RefundForm(MoneyBackForm):
    """How much of a charge goes back, and why."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        charge = charge_to_refund(read_number(self.object_id))
        left, currency = (room_kobo(charge), charge.currency) if charge else (0, "NGN")
        kept_by = "The provider and the timeline keep it. The subscription goes on: end it on its own page."
        self.offer(left, currency, kept_by=kept_by)


REFUND = ActionDialog(
    title="Refund this invoice",
    description="Money goes back to the customer the way it came. This cannot be undone.",
    form_class=RefundForm,
    form_submit_text="Refund",
)


NEVER_MADE = ActionDialog(
    title="Was this refund never made?",
    description="Look at the provider's page first. What it holds can be refunded again then.",
    form_class=None,
    form_submit_text="It was never made",
)


def invoices_of(words: str) -> QuerySet[SubscriptionInvoice]:
    """Return the invoices of people found by name, e-mail or phone, the newest first."""
    return SubscriptionInvoice.objects.filter(subscription__user__in=find_people(words).values("pk")).order_by("-id")


def invoices_charged(words: str) -> QuerySet[SubscriptionInvoice]:
    """Return the invoice that a charge with this reference was for."""
    return SubscriptionInvoice.objects.filter(charges__reference=words).order_by("-id")


class ChargeInline(FrozenRows, TabularInline):
    """The tries to take the money."""

    model = SubscriptionCharge
    extra = 0
    hide_title = True
    fields = (
        "reference",
        "provider",
        "status",
        "show_amount",
        "show_fee",
        "attention",
        "failure_reason",
        "captured_at",
        "checked_at",
    )
    readonly_fields = fields

    @column(description="Amount")
    def show_amount(self, charge: SubscriptionCharge) -> str:
        """Return the amount."""
        return format_money(charge.amount_kobo, charge.currency)

    @column(description="Fee")
    def show_fee(self, charge: SubscriptionCharge) -> str:
        """Return what the provider kept."""
        return format_money(charge.fee_kobo, charge.currency)


class AttentionFilter(admin.SimpleListFilter):
    """Whether money came in that nothing was owed for."""

    title = "attention"
    parameter_name = "attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the one choice."""
        return [("yes", "Needs attention")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the invoices with such a charge."""
        if self.value() != "yes":
            return queryset
        return queryset.filter(charges__in=SubscriptionCharge.objects.exclude(attention=""))


@admin.register(SubscriptionInvoice)
class SubscriptionInvoiceAdmin(FrozenRows, SearchedAdmin):
    """What was owed for periods, and what came of it."""

    list_display = (
        "__str__",
        "show_user",
        "kind",
        "show_status",
        "plan",
        "period_start",
        "show_total",
        "show_refunded",
        "paid_at",
    )
    list_filter = ("status", "kind", AttentionFilter, "plan", "paid_at")
    list_select_related = ("subscription__user", "plan")
    search_routes = (Route("reference", invoices_charged), Route("name, e-mail or phone", invoices_of))
    search_icon = "receipt"
    ordering = ("-id",)
    inlines = (ChargeInline,)
    actions_detail = ("refund",)
    fields = (
        ("subscription", "status"),
        ("kind", "plan"),
        ("period_start", "period_end"),
        ("show_price", "show_credit", "show_tax"),
        ("show_total", "show_refunded"),
        ("attempts", "failed_at", "paid_at"),
    )
    readonly_fields = ("show_price", "show_credit", "show_tax", "show_total", "show_refunded")

    def found_detail(self, thing: SubscriptionInvoice) -> str:
        """Return how much it is, and where it stands."""
        return f"subscription · {self.show_total(thing)} · {thing.get_status_display()}"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the button where something can go back."""
        found = charge_to_refund(read_number(str(object_id)))
        return super().get_actions_detail(request, object_id) if found else []

    def has_refund_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may send money back."""
        return request.user.has_perm("commerce.add_refund")

    @dialog_button(description="Refund", name="refund", permission="refund", dialog=REFUND)
    def refund(self, request: HttpRequest, form: RefundForm, object_id: str) -> HttpResponse:
        """Send money back and say what came of it."""
        invoice = get_object_or_404(SubscriptionInvoice, pk=read_number(object_id))
        charge = charge_to_refund(invoice.pk)
        page = reverse("admin:commerce_subscriptioninvoice_change", args=[object_id])
        back = HttpResponse(headers={"HX-Redirect": page})
        if charge is None:
            messages.error(request, "Nothing of this invoice can go back.")
            return back
        try:
            refund = refund_charge(
                charge_id=charge.pk,
                amount_kobo=naira_to_kobo(form.cleaned_data["amount"]),
                reason=form.cleaned_data["reason"],
                at=now(),
                actor=actor_for(user_id=request.user.pk),
                request_key=form.cleaned_data["request_key"],
            )
        except Refused as refusal:
            words = f"{refusal.message} {refusal.words}" if isinstance(refusal, GatewayRefused) else refusal.message
            messages.error(request, words)
        else:
            amount = format_money(refund.amount_kobo, refund.currency)
            self.log_change(request, invoice, f"Refunded {amount}.")
            messages.success(request, f"Refund of {amount}: {refund.get_status_display()}. {refund.failure_reason}")
        return back

    @column(description="Customer")
    def show_user(self, invoice: SubscriptionInvoice) -> str:
        """Return whose it is."""
        return str(invoice.subscription.user)

    @column(description="Status", ordering="status", label=COLOURS)
    def show_status(self, invoice: SubscriptionInvoice) -> tuple[str, str]:
        """Return the status with its colour."""
        return invoice.status, invoice.get_status_display()

    @column(description="Price")
    def show_price(self, invoice: SubscriptionInvoice) -> str:
        """Return the price."""
        return format_money(invoice.price_kobo, invoice.currency)

    @column(description="Credit for unused time")
    def show_credit(self, invoice: SubscriptionInvoice) -> str:
        """Return what unused time took off."""
        return format_money(invoice.credit_kobo, invoice.currency)

    @column(description="Tax")
    def show_tax(self, invoice: SubscriptionInvoice) -> str:
        """Return the tax, and whether it is in the price."""
        where = "in the price" if invoice.tax_is_included else "on top"
        return f"{format_money(invoice.tax_kobo, invoice.currency)} {where}" if invoice.tax_kobo else "None"

    @column(description="Total", ordering="total_kobo")
    def show_total(self, invoice: SubscriptionInvoice) -> str:
        """Return the total."""
        return format_money(invoice.total_kobo, invoice.currency)

    @column(description="Refunded", ordering="refunded_kobo")
    def show_refunded(self, invoice: SubscriptionInvoice) -> str:
        """Return what went back."""
        return format_money(invoice.refunded_kobo, invoice.currency) if invoice.refunded_kobo else ""


@admin.register(SubscriptionRefund)
class SubscriptionRefundAdmin(FrozenRows, SearchedAdmin):
    """Money of subscriptions that went back."""

    list_display = ("id", "charge", "show_amount", "status", "reason", "refunded_by", "refunded_at")
    list_filter = ("status", "refunded_at")
    list_select_related = ("charge", "refunded_by")
    search_routes = (
        Route("reference", lambda words: SubscriptionRefund.objects.filter(charge__reference=words).order_by("-id")),
    )
    search_icon = "currency_exchange"
    ordering = ("-id",)
    actions_detail = ("give_up",)
    fields = (
        ("charge", "status"),
        ("show_amount", "reason"),
        ("refunded_by", "created_at"),
        ("refunded_at", "failure_reason"),
        ("provider_reference", "listed_id"),
    )
    readonly_fields = ("show_amount", "created_at")

    def found_detail(self, thing: SubscriptionRefund) -> str:
        """Return how much it is, and where it stands."""
        return f"refund · {self.show_amount(thing)} · {thing.get_status_display()}"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the button while the refund waits for its provider's answer."""
        waits = SubscriptionRefund.objects.filter(
            pk=read_number(str(object_id)), status=SubscriptionRefundStatus.PENDING
        )
        return super().get_actions_detail(request, object_id) if waits.exists() else []

    def has_refund_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may send money back."""
        return request.user.has_perm("commerce.add_refund")

    @dialog_button(description="Never made", name="give_up", permission="refund", dialog=NEVER_MADE)
    def give_up(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Note that the provider never made it."""
        refund = get_object_or_404(SubscriptionRefund, pk=read_number(object_id))
        if give_up_refund(refund_id=refund.pk, at=now(), actor=actor_for(user_id=request.user.pk)):
            self.log_change(request, refund, "Never made.")
            messages.success(request, f"{self.show_amount(refund)} can be refunded again.")
        else:
            messages.error(request, "It does not wait any more.")
        page = reverse("admin:commerce_subscriptionrefund_change", args=[object_id])
        return HttpResponse(headers={"HX-Redirect": page})

    @column(description="Amount", ordering="amount_kobo")
    def show_amount(self, refund: SubscriptionRefund) -> str:
        """Return the amount."""
        return format_money(refund.amount_kobo, refund.currency)
