"""Refunds in the back office, and what their pages share with those of payments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from commerce.orders.services import (
    AS_STAFF_SAW,
    apply_refund,
    approve_refund,
    decline_refund,
    payments_of_order,
    payments_with_reference,
    refunds_of,
)
from commerce.payments.gateways import GatewayRefused, RefundAnswer, RefundState
from commerce.payments.models import PaymentQuerySet, Refund, RefundStatus
from zuka.platform.actor import actor_for
from zuka.platform.admin.rows import FrozenRows, column, dialog_button, read_number
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import local_day, now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money
from zuka.platform.staff.proving import ProvedForm

REFUND_COLOURS = {
    RefundStatus.ASKED: "warning",
    RefundStatus.DECLINED: "danger",
    RefundStatus.PENDING: "warning",
    RefundStatus.SUCCEEDED: "success",
    RefundStatus.FAILED: "danger",
}


def payments_numbered(words: str) -> PaymentQuerySet:
    """Return the payments of orders with this number."""
    return payments_of_order(words, year=local_day(now()).year)


def words_of(refusal: Refused) -> str:
    """Return a refusal for staff: with the provider's own words, which customers are not shown."""
    return f"{refusal.message} {refusal.words}".strip() if isinstance(refusal, GatewayRefused) else refusal.message


WENT_BACK = ActionDialog(
    title="Did the money go back?",
    description="Look it up on the provider's page first. The refund is recorded as done today.",
    form_class=None,
    form_submit_text="It went back",
)
DID_NOT = ActionDialog(
    title="Did the refund fail?",
    description="Look it up on the provider's page first. Its amount can then be refunded again.",
    form_class=None,
    form_submit_text="It did not go back",
)


def tell_if_asked(request: HttpRequest, made: object) -> None:
    """Say so where a refund among what a verb has made waits for a second member of staff."""
    if isinstance(made, list) and any(isinstance(each, Refund) and each.status == RefundStatus.ASKED for each in made):
        messages.info(request, "A colleague has to approve the refund; it is asked for.")


class DecisionForm(ProvedForm):
    """Why a refund goes, or does not."""

    note = forms.CharField(
        label="Why",
        max_length=500,
        widget=UnfoldAdminTextInputWidget(),
        help_text="The order's timeline keeps it; the customer is not shown it.",
    )


APPROVE = ActionDialog(
    title="Approve this refund?",
    description="A colleague has asked for it. Money goes back to the customer the way it came; this cannot be undone.",
    form_class=DecisionForm,
    form_submit_text="Approve",
)
DECLINE = ActionDialog(
    title="Decline this refund?",
    description="No money goes back, and its amount can be refunded again. Your own you withdraw like this.",
    form_class=DecisionForm,
    form_submit_text="Decline",
)


class RefundRights:
    """Pages whose buttons send money back."""

    def has_refund_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may send money back."""
        return request.user.has_perm("commerce.add_refund")


@admin.register(Refund)
class RefundAdmin(RefundRights, FrozenRows, SearchedAdmin):
    """Money that went back. Of one that no provider speaks of any more, staff say what its own page says."""

    actions_detail = ("approve", "decline", "went_back", "did_not")

    list_display = ("id", "payment", "show_amount", "show_status", "reason", "refunded_at")
    list_filter = ("status", "refunded_at")
    search_routes = (
        Route("the payment's reference", lambda words: refunds_of(payments_with_reference(words))),
        Route("order number", lambda words: refunds_of(payments_numbered(words))),
    )
    search_icon = "currency_exchange"
    list_select_related = ("payment",)
    ordering = ("-id",)
    fields = (
        ("show_amount", "status"),
        ("payment", "goods_return"),
        ("reason", "failure_reason"),
        ("refunded_by", "created_at"),
        ("decided_by", "decided_at"),
        "decision_note",
        ("refunded_at", "provider_reference"),
        "listed_id",
    )
    readonly_fields = ("show_amount", "created_at")

    @column(description="Amount", ordering="amount_kobo")
    def show_amount(self, refund: Refund) -> str:
        """Return the amount in naira."""
        return format_money(refund.amount_kobo, refund.currency)

    def found_detail(self, thing: Refund) -> str:
        """Return how much it is, and where it stands."""
        return f"refund · {self.show_amount(thing)} · {thing.get_status_display()}"

    @column(description="Status", ordering="status", label=REFUND_COLOURS)
    def show_status(self, refund: Refund) -> tuple[str, str]:
        """Return the status with its colour."""
        return refund.status, refund.get_status_display()

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of a refund that waits, or is under way; nobody approves their own."""
        refund = self.get_object(request, str(object_id))
        if refund is None:
            return []
        asked, pending = refund.status == RefundStatus.ASKED, refund.status == RefundStatus.PENDING
        is_own = refund.refunded_by_id == request.user.pk
        open_ones = {"approve": asked and not is_own, "decline": asked, "went_back": pending, "did_not": pending}
        return [each for each in super().get_actions_detail(request, object_id) if open_ones[each.path]]

    @dialog_button(description="Approve", name="approve", permission="refund", dialog=APPROVE)
    def approve(self, request: HttpRequest, form: DecisionForm, object_id: str) -> HttpResponse:
        """Let the refund go."""
        return self.run(request, object_id, approve_refund, form.cleaned_data["note"])

    @dialog_button(description="Decline", name="decline", permission="refund", dialog=DECLINE)
    def decline(self, request: HttpRequest, form: DecisionForm, object_id: str) -> HttpResponse:
        """Let it not go."""
        return self.run(request, object_id, decline_refund, form.cleaned_data["note"])

    def run(self, request: HttpRequest, object_id: str, verb: Callable[..., Refund], note: str) -> HttpResponse:
        """Decide on a refund and say what came of it."""
        refund = get_object_or_404(Refund.objects.select_related("payment"), pk=read_number(object_id))
        try:
            refund = verb(refund=refund, note=note, at=now(), actor=actor_for(user_id=request.user.pk))
        except Refused as refusal:
            messages.error(request, words_of(refusal))
        else:
            messages.success(request, f"The refund is {refund.get_status_display()}. {refund.failure_reason}".strip())
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_refund_change", args=[object_id])})

    @dialog_button(description="It went back", name="went_back", permission="refund", dialog=WENT_BACK)
    def went_back(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Record that the money is back."""
        return self.decide(request, object_id, RefundState.DONE)

    @dialog_button(description="It did not", name="did_not", permission="refund", dialog=DID_NOT)
    def did_not(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Record that the refund failed."""
        return self.decide(request, object_id, RefundState.FAILED)

    def decide(self, request: HttpRequest, object_id: str, state: RefundState) -> HttpResponse:
        """Apply what staff saw on the provider's page."""
        refund = get_object_or_404(Refund, pk=read_number(object_id), status=RefundStatus.PENDING)
        answer = RefundAnswer(state, "", AS_STAFF_SAW)
        refund = apply_refund(refund=refund, answer=answer, at=now(), actor=actor_for(user_id=request.user.pk))
        messages.success(request, f"The refund is {refund.get_status_display()}.")
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_refund_change", args=[object_id])})
