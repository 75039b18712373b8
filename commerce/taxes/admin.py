from __future__ import annotations

from django import forms
from django.contrib import admin
from unfold.admin import ModelAdmin

from commerce.delivery.services import read_state
from commerce.taxes.models import TaxRate
from zuka.platform.admin.rows import column


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A rate whose state no other rate has, however it is written: an address must lead to one."""

    def clean_state(self) -> str:
        """Return the state without blanks; refuse one that another rate of the country names, while both are active."""
        state = str(self.cleaned_data["state"]).strip()
        country = self.data.get(self.add_prefix("country"), "NG")
        others = TaxRate.objects.filter(is_active=True, country=country).exclude(pk=self.instance.pk)
        if self.cleaned_data.get("is_active") and read_state(state) in {read_state(each.state) for each in others}:
            raise forms.ValidationError(f"{state or 'The rest of the country'} has a rate already.")
        return state


@admin.register(TaxRate)
class TaxRateAdmin(ModelAdmin):
    """Taxes on what is sold. Orders keep the tax of the day they were placed; without any rate there is none."""

    list_display = ("show_title", "country", "show_state", "is_included", "for_delivery", "is_active")
    list_filter = ("is_active", "country")
    search_fields = ("name", "state")
    form = TaxRateForm
    fields = (
        ("name", "is_active"),
        ("country", "state"),
        ("basis_points", "is_included", "for_delivery"),
        "exempt",
    )
    autocomplete_fields = ("exempt",)

    @column(description="Tax", ordering="basis_points")
    def show_title(self, rate: TaxRate) -> str:
        """Return the tax as it stands on bills."""
        return rate.title

    @column(description="State", ordering="state")
    def show_state(self, rate: TaxRate) -> str:
        """Return the state, or that it is the rest."""
        return rate.state or "the rest of the country"
