from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from commerce.catalog.admin.fields import NairaForms
from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.delivery.services import read_state
from zuka.platform.admin.rows import column


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A zone whose states no other zone has: an address must lead to one price."""

    def clean_states(self) -> list[str]:
        """Return the states without blanks; refuse one that another active zone of the country names."""
        states: list[str] = [each.strip() for each in self.cleaned_data["states"] if each.strip()]
        country = self.data.get(self.add_prefix("country"), "NG")
        others = ShippingZone.objects.filter(is_active=True, country=country).exclude(pk=self.instance.pk)
        taken = {read_state(each): zone.name for zone in others for each in zone.states}
        for state in states:
            if read_state(state) in taken:
                raise forms.ValidationError(f"{state} belongs to {taken[read_state(state)]}.")
        return states


class RateInline(NairaForms, TabularInline):
    """What delivery to the zone costs."""

    model = ShippingRate
    extra = 0
    fields = ("name", "amount_kobo", "free_from_kobo", "min_days", "max_days", "is_active")


@admin.register(ShippingZone)
class ShippingZoneAdmin(ModelAdmin):
    """Where the shop delivers, and for how much. Without any zone it delivers everywhere, for nothing."""

    list_display = ("name", "country", "show_states", "show_rates", "is_active")
    list_filter = ("is_active", "country")
    search_fields = ("name",)
    form = ZoneForm
    fields = (("name", "is_active"), ("country", "states"))
    inlines = (RateInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingZone]:
        """Return the zones with their rates."""
        zones: QuerySet[ShippingZone] = super().get_queryset(request).prefetch_related("rates")
        return zones

    @column(description="States")
    def show_states(self, zone: ShippingZone) -> str:
        """Return the states, or that it is the rest."""
        return ", ".join(zone.states) or "the rest of the country"

    @column(description="Ways to deliver")
    def show_rates(self, zone: ShippingZone) -> Any:
        """Return the names of the rates."""
        return ", ".join(rate.name for rate in zone.rates.all() if rate.is_active)
