"""Saved reports in the back office: save, open, rename, share by role, pin, delete."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from analytics.registry.reports import REPORTS
from analytics.report.query import BadQuery, UnknownReport
from analytics.report.saved import BUILD, open_url, read_address, visible_to
from analytics.store.models import SavedReport
from zuka.platform import clock
from zuka.platform.admin.rows import column


class SavedReportForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own class takes no argument when it runs
    """Title, the report by its address, and who may open it."""

    address = forms.CharField(
        label="Report",
        max_length=4000,
        widget=UnfoldAdminTextInputWidget,
        help_text="The address of the report with its choices, as it stands in the browser.",
    )

    class Meta:
        model = SavedReport
        fields = ("title", "address", "roles", "is_pinned")
        # A list that is searched would need the right to open the list of roles.
        widgets: ClassVar = {"roles": UnfoldAdminCheckboxSelectMultipleWidget}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk and "address" in self.fields:
            self.fields["address"].initial = open_url(self.instance)

    def clean_address(self) -> str:
        """Read the address into the report and its parameters."""
        address = str(self.cleaned_data["address"])
        try:
            asked = read_address(address, today=clock.local_day(clock.now()))
        except (BadQuery, UnknownReport) as refusal:
            raise ValidationError(refusal.message) from refusal
        self.instance.report, self.instance.params = asked
        return address


@admin.register(SavedReport)
class SavedReportAdmin(ModelAdmin):
    """Own reports and those that colleagues share; only who saved one changes it."""

    form = SavedReportForm
    list_display = ("title", "show_report", "owner", "show_roles", "is_pinned", "show_open")
    list_filter = ("is_pinned",)
    list_select_related = ("owner",)
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedReport]:
        """Return what this person may open."""
        return visible_to(request.user).select_related("owner").prefetch_related("roles")

    def save_model(self, request: HttpRequest, obj: SavedReport, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save it as this person's own."""
        if not change:
            obj.owner = request.user  # type: ignore[assignment]  # staff pages are for those who signed in
        super().save_model(request, obj, form, change)

    def has_change_permission(self, request: HttpRequest, obj: SavedReport | None = None) -> bool:
        """Leave it to whoever saved it."""
        return bool(super().has_change_permission(request, obj)) and (obj is None or obj.owner_id == request.user.pk)

    def has_delete_permission(self, request: HttpRequest, obj: SavedReport | None = None) -> bool:
        """Leave it to whoever saved it."""
        return bool(super().has_delete_permission(request, obj)) and (obj is None or obj.owner_id == request.user.pk)

    @column(description="Report", ordering="report")
    def show_report(self, saved: SavedReport) -> str:
        """Return what it is about."""
        if saved.report == BUILD:
            return "Report builder"
        return REPORTS[saved.report].title if saved.report in REPORTS else saved.report

    @column(description="Shared with")
    def show_roles(self, saved: SavedReport) -> str:
        """Return who may open it."""
        return ", ".join(role.name for role in saved.roles.all())

    @column(description="")
    def show_open(self, saved: SavedReport) -> str:
        """Return the way to it."""
        return format_html('<a href="{}">Open</a>', open_url(saved))
