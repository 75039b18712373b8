"""Customers' subscriptions: the timeline, what was charged, and what staff may do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from commerce.accounts.services import find_people
from commerce.subscriptions.models import (
    Subscription,
    SubscriptionEvent,
    SubscriptionInvoice,
    SubscriptionStatus,
)
from commerce.subscriptions.services import cancel_subscription, open_renewal, resume_subscription, retry_now
from zuka.platform.actor import actor_for
from zuka.platform.admin.rows import FrozenRows, column, dialog_button, read_number
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money
from zuka.platform.waking import wake_worker

COLOURS = {
    SubscriptionStatus.ACTIVE: "success",
    SubscriptionStatus.TRIALING: "info",
    SubscriptionStatus.PAST_DUE: "warning",
    SubscriptionStatus.UNPAID: "danger",
}
RENEW = "commerce.tasks.renew_subscriptions"


def subscriptions_of(words: str) -> QuerySet[Subscription]:
    """Return the subscriptions of people found by name, e-mail or phone, the newest first."""
    return Subscription.objects.filter(user__in=find_people(words).values("pk")).order_by("-id")


def subscriptions_charged(words: str) -> QuerySet[Subscription]:
    """Return the subscription that a charge with this reference was for."""
    return Subscription.objects.filter(invoices__charges__reference=words).order_by("-id")


class EndForm(BaseDialogForm):
    """Why staff end it."""

    reason = forms.CharField(
        label="Why", max_length=200, widget=UnfoldAdminTextInputWidget(), help_text="The timeline keeps it."
    )


END = ActionDialog(
    title="End this subscription?",
    description="It ends with the period that is paid, and nothing more is charged; one that is past due ends at once.",
    form_class=EndForm,
    form_submit_text="End it",
)
GO_ON = ActionDialog(
    title="Go on with it?",
    description="That it ends, or that its plan changes, is taken back.",
    form_class=None,
    form_submit_text="Go on",
)
RETRY = ActionDialog(
    title="Charge the card now?",
    description="The try counts as one of those on the declared days.",
    form_class=None,
    form_submit_text="Charge",
)


class TimelineInline(FrozenRows, TabularInline):
    """What happened."""

    model = SubscriptionEvent
    verbose_name_plural = "timeline"
    extra = 0
    hide_title = True
    fields = ("occurred_at", "kind", "to_status", "plan", "show_change", "actor", "note")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[SubscriptionEvent]:
        """Return the rows with what they name."""
        rows: QuerySet[SubscriptionEvent] = super().get_queryset(request).select_related("plan", "actor")
        return rows

    @column(description="Monthly revenue")
    def show_change(self, event: SubscriptionEvent) -> str:
        """Return by how much the monthly revenue changed."""
        kobo = event.mrr_change_kobo
        return f"{'+' if kobo > 0 else ''}{format_money(kobo, event.currency)}" if kobo else ""


class InvoiceInline(FrozenRows, TabularInline):
    """What was charged."""

    model = SubscriptionInvoice
    extra = 0
    hide_title = True
    fields = ("show_link", "kind", "status", "plan", "period_start", "period_end", "show_total", "attempts", "paid_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[SubscriptionInvoice]:
        """Return the rows with what they name."""
        rows: QuerySet[SubscriptionInvoice] = super().get_queryset(request).select_related("plan")
        return rows

    @column(description="Invoice")
    def show_link(self, invoice: SubscriptionInvoice) -> str:
        """Return its number, as a link to its page."""
        url = reverse("admin:commerce_subscriptioninvoice_change", args=[invoice.pk])
        return format_html('<a href="{}">{}</a>', url, invoice)

    @column(description="Total")
    def show_total(self, invoice: SubscriptionInvoice) -> str:
        """Return the total."""
        return format_money(invoice.total_kobo, invoice.currency)


@admin.register(Subscription)
class SubscriptionAdmin(FrozenRows, SearchedAdmin):
    """Subscriptions: read, and ended, gone on with or tried again by buttons."""

    list_display = (
        "id",
        "user",
        "plan",
        "show_status",
        "show_price",
        "current_period_end",
        "cancel_at_period_end",
        "provider",
    )
    list_filter = ("status", "plan", "provider", "cancel_at_period_end", "started_at")
    list_select_related = ("user", "plan")
    search_routes = (Route("name, e-mail or phone", subscriptions_of), Route("reference", subscriptions_charged))
    search_icon = "autorenew"
    ordering = ("-id",)
    inlines = (InvoiceInline, TimelineInline)
    actions_detail = ("end", "go_on", "retry")
    fields = (
        ("user", "status"),
        ("plan", "next_plan"),
        ("show_price", "show_monthly"),
        ("current_period_start", "current_period_end"),
        ("trial_end", "cancel_at_period_end"),
        ("provider", "card"),
        ("started_at", "ended_at"),
        "next_look_at",
    )
    readonly_fields = ("show_price", "show_monthly")

    def found_detail(self, thing: Subscription) -> str:
        """Return which plan, and where it stands."""
        return f"subscription · {thing.plan} · {thing.get_status_display()}"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons that make sense for this subscription."""
        found = self.get_object(request, str(object_id))
        if found is None:
            return []
        is_past_due = found.status == SubscriptionStatus.PAST_DUE
        open_ones = {
            "end": found.is_live and not found.cancel_at_period_end,
            "go_on": found.is_live and (found.cancel_at_period_end or found.next_plan_id is not None),
            "retry": is_past_due and open_renewal(found) is not None,
        }
        return [each for each in super().get_actions_detail(request, object_id) if open_ones[each.path]]

    def has_steer_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may end subscriptions and have them charged."""
        return request.user.has_perm("commerce.change_subscription")

    @dialog_button(description="End", name="end", permission="steer", dialog=END)
    def end(self, request: HttpRequest, form: EndForm, object_id: str) -> HttpResponse:
        """End it with its period."""
        return self.run(request, object_id, "end", reason=form.cleaned_data["reason"])

    @dialog_button(description="Go on", name="go_on", permission="steer", dialog=GO_ON)
    def go_on(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Take the end back."""
        return self.run(request, object_id, "go_on")

    @dialog_button(description="Charge now", name="retry", permission="steer", dialog=RETRY)
    def retry(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Have the job charge what is owed at once."""
        found = get_object_or_404(Subscription, pk=read_number(object_id))
        if retry_now(subscription_id=found.pk, at=now()):
            wake_worker(RENEW)
            self.log_change(request, found, "Charged now.")
            messages.success(request, "The card is charged within a moment. Load the page again to see more.")
        else:
            messages.error(request, "Nothing is owed, or a charge is under way.")
        return self.back_to(object_id)

    def run(self, request: HttpRequest, object_id: str, verb: str, *, reason: str = "") -> HttpResponse:
        """Do a verb of the customer for them, and say what came of it."""
        found = get_object_or_404(Subscription.objects.select_related("user"), pk=read_number(object_id))
        actor = actor_for(user_id=request.user.pk)
        if not found.is_live:
            messages.error(request, "This subscription is over.")
            return self.back_to(object_id)
        try:
            if verb == "end":
                cancel_subscription(user=found.user, at=now(), actor=actor, reason=reason)
            else:
                resume_subscription(user=found.user, at=now(), actor=actor)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            self.log_change(request, found, f"Ended: {reason}" if verb == "end" else "Goes on.")
            messages.success(request, "Done; the timeline says so, and the customer is written to.")
        return self.back_to(object_id)

    def back_to(self, object_id: str) -> HttpResponse:
        """Return the answer that makes the dialog's page load the subscription again."""
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_subscription_change", args=[object_id])})

    @column(description="Status", ordering="status", label=COLOURS)
    def show_status(self, subscription: Subscription) -> tuple[str, str]:
        """Return the status with its colour."""
        return subscription.status, subscription.get_status_display()

    @column(description="Price", ordering="price_kobo")
    def show_price(self, subscription: Subscription) -> str:
        """Return what a period costs."""
        return format_money(subscription.price_kobo, subscription.currency)

    @column(description="Monthly revenue")
    def show_monthly(self, subscription: Subscription) -> str:
        """Return what it brings a month."""
        return format_money(subscription.mrr_kobo, subscription.currency)
