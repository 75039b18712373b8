"""The dialog that gives money back: of an order's payment, or of what renews."""

from __future__ import annotations

from decimal import Decimal
from uuid import uuid4

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from zuka.platform.money import format_money
from zuka.platform.staff.proving import ProvedForm


class MoneyBackForm(ProvedForm):
    """How much goes back, in the currency it came in, and why. One opened dialog is one refund, however often sent."""

    amount = forms.DecimalField(
        label="Amount", min_value=0, max_digits=14, decimal_places=2, widget=UnfoldAdminDecimalFieldWidget()
    )
    reason = forms.CharField(label="Reason", max_length=200, widget=UnfoldAdminTextInputWidget())
    request_key = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid4)

    def offer(self, left_kobo: int, currency: str, *, kept_by: str) -> None:
        """Propose all that is left, and say who keeps the reason."""
        self.fields["amount"].initial = f"{Decimal(left_kobo) / 100:.2f}"
        self.fields["amount"].help_text = f"At most {format_money(left_kobo, currency)}."
        self.fields["reason"].help_text = kept_by
