from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from commerce.orders.admin.inlines import link_to, words_of_lines
from commerce.orders.admin.parcels import add_piece_fields, position_field, read_pieces
from commerce.orders.admin.parting import SendBackForm
from commerce.orders.admin.refunds import tell_if_asked, words_of
from commerce.orders.models import BACK, Order, Return, ReturnLine, ReturnReason, ReturnStatus
from commerce.orders.services import (
    ReturnItem,
    approve_return,
    close_return,
    proposed_kobo,
    receive_return,
    refund_return,
    refuse_return,
    returnable_pieces,
)
from commerce.orders.states import RETURN_MOVES
from zuka.platform.actor import actor_for
from zuka.platform.admin.rows import FrozenRows, column, dialog_button, read_number
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

RETURN_COLOURS = {
    ReturnStatus.REQUESTED: "warning",
    ReturnStatus.APPROVED: "info",
    ReturnStatus.REFUSED: "danger",
    ReturnStatus.RECEIVED: "info",
    ReturnStatus.CLOSED: "success",
}


class BeginForm(BaseDialogForm):
    """Which pieces come back and why. A field a line that has pieces to return, named by its id."""

    reason = forms.ChoiceField(choices=ReturnReason.choices, widget=UnfoldAdminSelectWidget())
    note = forms.CharField(max_length=1000, required=False, widget=UnfoldAdminTextInputWidget())
    position = position_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        order = Order.objects.with_parts().filter(pk=read_number(self.object_id)).first()
        left = returnable_pieces(order) if order else {}
        self.fields["position"].initial = len(order.returns.all()) + 1 if order else None
        lines = order.lines.all() if order else ()
        add_piece_fields(self, {line.pk: (line.full_name, 0, left[line.pk]) for line in lines if line.pk in left})

    def items(self) -> list[ReturnItem]:
        """Return what staff filled in."""
        reason = ReturnReason(self.cleaned_data["reason"])
        return [ReturnItem(pk, quantity, reason) for pk, quantity in read_pieces(self).items()]


class RefuseForm(BaseDialogForm):
    """Why the shop does not take something back."""

    answer = forms.CharField(
        max_length=500, widget=UnfoldAdminTextInputWidget(), help_text="The customer is written this."
    )


class ReceiveForm(BaseDialogForm):
    """How many pieces of each line can be sold again."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        lines = ReturnLine.objects.filter(goods_return=read_number(self.object_id)).select_related("line")
        add_piece_fields(
            self, {each.line_id: (f"{each.line.full_name}: sellable", each.quantity, each.quantity) for each in lines}
        )


class GiveBackForm(SendBackForm):
    """How much goes back for a return."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        goods_return = Return.objects.select_related("order").filter(pk=read_number(self.object_id)).first()
        if goods_return:
            most, currency = proposed_kobo(goods_return), goods_return.order.currency
            self.propose(most, currency, because="what was paid for these pieces")


BEGIN_RETURN = ActionDialog(
    title="Begin a return",
    description="For pieces that were delivered. It is approved at once, and the customer is written to.",
    form_class=BeginForm,
    form_submit_text="Begin",
)
APPROVE = ActionDialog(
    title="Let them send it back?",
    description="The customer is written to that they can send these pieces back.",
    form_class=None,
    form_submit_text="Approve",
)
REFUSE = ActionDialog(
    title="Refuse the return",
    description="Nothing comes back. The customer is written why.",
    form_class=RefuseForm,
    form_submit_text="Refuse",
)
RECEIVE = ActionDialog(
    title="Is it here?",
    description="Pieces that can be sold again go back on the shelf. Then their money can go back.",
    form_class=ReceiveForm,
    form_submit_text="It is here",
)
GIVE_BACK = ActionDialog(
    title="Refund this return",
    description="Money goes back the way it came. This cannot be undone.",
    form_class=GiveBackForm,
    form_submit_text="Refund",
)
CLOSE = ActionDialog(
    title="Is it dealt with?",
    description="The return is closed as it is, for example after an exchange.",
    form_class=None,
    form_submit_text="Close",
)
# Each button that moves a return, and where to.
BUTTONS = {
    "approve": ReturnStatus.APPROVED,
    "receive": ReturnStatus.RECEIVED,
    "refuse": ReturnStatus.REFUSED,
    "close": ReturnStatus.CLOSED,
}


class ReturnInline(FrozenRows, TabularInline):
    """The order's returns; each has a page with its buttons."""

    model = Return
    extra = 0
    hide_title = True
    fields = ("show_link", "show_pieces", "status", "requested_at", "received_at", "closed_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Return]:
        """Return the returns with what is in them."""
        rows: QuerySet[Return] = super().get_queryset(request).prefetch_related("lines__line")
        return rows

    @column(description="Return")
    def show_link(self, goods_return: Return) -> str:
        """Return the return, as a link to its page."""
        return link_to(goods_return)

    @column(description="What")
    def show_pieces(self, goods_return: Return) -> str:
        """Return what comes back."""
        return words_of_lines(goods_return.lines.all())


class ReturnLineInline(FrozenRows, TabularInline):
    """What comes back."""

    model = ReturnLine
    extra = 0
    hide_title = True
    fields = ("show_name", "quantity", "reason", "sellable", "show_worth")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReturnLine]:
        """Return the lines with those of the order."""
        rows: QuerySet[ReturnLine] = super().get_queryset(request).select_related("line__order")
        return rows

    @column(description="Product")
    def show_name(self, each: ReturnLine) -> str:
        """Return the product as it was bought."""
        return each.line.full_name

    @column(description="Worth")
    def show_worth(self, each: ReturnLine) -> str:
        """Return what was paid for these pieces."""
        return format_money(each.worth_kobo, each.line.order.currency)


@admin.register(Return)
class ReturnAdmin(FrozenRows, ModelAdmin):
    """Returns. Those asked for wait for an answer, those received for their money."""

    list_display = ("order", "position", "show_status", "requested_at", "decided_at", "received_at", "closed_at")
    list_filter = ("status", "lines__reason", "requested_at")
    search_fields = ("order__number",)
    list_select_related = ("order",)
    ordering = ("-id",)
    show_full_result_count = False
    paginator = InfinitePaginator
    inlines = (ReturnLineInline,)
    actions_detail = ("approve", "receive", "give_back", "refuse", "close")
    fields = (
        ("order", "status"),
        ("show_worth", "show_proposed"),
        ("note", "answer"),
        ("requested_by", "requested_at"),
        ("decided_at", "received_at"),
        "closed_at",
    )
    readonly_fields = ("show_worth", "show_proposed")

    def has_handle_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may answer and receive returns."""
        return request.user.has_perm("commerce.change_return")

    def has_refund_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may send money back."""
        return request.user.has_perm("commerce.add_refund")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons that make sense for this return."""
        goods_return = self.get_object(request, str(object_id))
        if goods_return is None:
            return []
        moves = RETURN_MOVES[goods_return.status]
        open_ones = {name for name, to_state in BUTTONS.items() if to_state in moves}
        if goods_return.status in BACK and proposed_kobo(goods_return) > 0:
            open_ones.add("give_back")
        return [button for button in super().get_actions_detail(request, object_id) if button.path in open_ones]

    @dialog_button(description="Approve", name="approve", permission="handle", dialog=APPROVE)
    def approve(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Let the customer send it back."""
        return self.run(request, object_id, approve_return)

    @dialog_button(description="Refuse", name="refuse", permission="handle", dialog=REFUSE)
    def refuse(self, request: HttpRequest, form: RefuseForm, object_id: str) -> HttpResponse:
        """Say no."""
        return self.run(request, object_id, refuse_return, answer=form.cleaned_data["answer"])

    @dialog_button(description="Received", name="receive", permission="handle", dialog=RECEIVE)
    def receive(self, request: HttpRequest, form: ReceiveForm, object_id: str) -> HttpResponse:
        """Take the pieces back."""
        return self.run(request, object_id, receive_return, sellable=read_pieces(form))

    @dialog_button(description="Close return", name="close", permission="handle", dialog=CLOSE)
    def close(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """End the return."""
        return self.run(request, object_id, close_return)

    @dialog_button(description="Refund", name="give_back", permission="refund", dialog=GIVE_BACK)
    def give_back(self, request: HttpRequest, form: GiveBackForm, object_id: str) -> HttpResponse:
        """Send the pieces' money back."""
        return self.run(request, object_id, refund_return, **form.facts())

    def run(self, request: HttpRequest, object_id: str, verb: Callable[..., Any], **facts: Any) -> HttpResponse:
        """Run a verb for the staff member who asked, say what came of it, and load the return again."""
        goods_return = get_object_or_404(Return.objects.select_related("order"), pk=read_number(object_id))
        try:
            done = verb(goods_return=goods_return, at=now(), actor=actor_for(user_id=request.user.pk), **facts)
        except Refused as refusal:
            messages.error(request, words_of(refusal))
        else:
            goods_return.refresh_from_db()
            messages.success(request, f"{goods_return}: {goods_return.get_status_display()}.")
            tell_if_asked(request, done)
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_return_change", args=[object_id])})

    @column(description="Status", ordering="status", label=RETURN_COLOURS)
    def show_status(self, goods_return: Return) -> tuple[str, str]:
        """Return the status with its colour."""
        return goods_return.status, goods_return.get_status_display()

    @column(description="Worth")
    def show_worth(self, goods_return: Return) -> str:
        """Return what was paid for the pieces; nothing before they are received."""
        return format_money(goods_return.worth_kobo, goods_return.order.currency)

    @column(description="To refund")
    def show_proposed(self, goods_return: Return) -> str:
        """Return what of it has not gone back."""
        return format_money(proposed_kobo(goods_return), goods_return.order.currency)
