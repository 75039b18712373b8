"""Dialogs of an order that goes on with a part: cancelling pieces, and sending back what was paid too much."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from commerce.money import naira_to_kobo
from commerce.orders.admin.parcels import add_piece_fields, position_field, read_pieces
from commerce.orders.models import Order
from commerce.orders.services import count_pieces, excess_kobo
from zuka.platform.admin.rows import read_number
from zuka.platform.money import format_money
from zuka.platform.staff.proving import ProvedForm


class CancelForm(BaseDialogForm):
    """Which pieces do not leave any more, and why. A field a line that has pieces left, named by its id."""

    reason = forms.CharField(
        max_length=200, required=False, widget=UnfoldAdminTextInputWidget(), help_text="For the timeline of the order."
    )
    left = position_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        order = Order.objects.filter(pk=read_number(self.object_id)).first()
        tallies = count_pieces(order) if order else {}
        left = {line: tally.left for line, tally in tallies.items() if tally.left}
        self.fields["left"].initial = sum(left.values())
        add_piece_fields(self, {line.pk: (line.full_name, left[line], left[line]) for line in left})

    def facts(self) -> dict[str, Any]:
        """Return what staff filled in."""
        said = self.cleaned_data
        reason = said["reason"] or "Cancelled by staff"
        return {"pieces": read_pieces(self), "reason": reason, "left": said["left"]}


class SendBackForm(ProvedForm):
    """How much goes back, in naira: a key keeps it from being sent twice."""

    amount = forms.DecimalField(min_value=0, max_digits=14, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget())
    request_key = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4)

    def propose(self, kobo: int, currency: str, *, because: str) -> None:
        """Fill in the most that can go back, and say why it is that."""
        self.fields["amount"].initial = f"{Decimal(kobo) / 100:.2f}"
        self.fields["amount"].help_text = f"At most {format_money(kobo, currency)}: {because}."

    def facts(self) -> dict[str, Any]:
        """Return what staff filled in, the amount in kobo."""
        said = self.cleaned_data
        return {"amount_kobo": naira_to_kobo(said["amount"]), "request_key": said["request_key"]}


class ExcessForm(SendBackForm):
    """How much of what was paid too much goes back."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if order := Order.objects.filter(pk=read_number(self.object_id)).first():
            self.propose(excess_kobo(order), order.currency, because="what was paid above what the order comes to now")


CANCEL_PART = ActionDialog(
    title="Cancel what has not left",
    description="These pieces can be sold again, and the order costs less. The customer is written to.",
    form_class=CancelForm,
    form_submit_text="Cancel these pieces",
)
REFUND_EXCESS = ActionDialog(
    title="Refund what was paid too much",
    description="Money goes back the way it came. This cannot be undone.",
    form_class=ExcessForm,
    form_submit_text="Refund",
)
