"""Archived months in the back office: which are where, and a button that brings one back."""

from __future__ import annotations

from typing import Any

from celery import current_app
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from analytics.store.models import AWAY_STATES, ArchivedMonth
from zuka.platform.admin.rows import RecordAdmin, column, dialog_button
from zuka.platform.audit.actions import record_action

TASK = "analytics.tasks.restore_month"
State = ArchivedMonth.State
COLOURS = {
    State.EXPORTING: "info",
    State.VERIFIED: "info",
    State.DETACHED: "info",
    State.ARCHIVED: "success",
    State.RESTORING: "info",
    State.RESTORED: "warning",
}


class RestoreForm(BaseDialogForm):
    """Why a month is brought back."""

    reason = forms.CharField(
        max_length=200, widget=UnfoldAdminTextInputWidget, help_text="For the audit log: what it is needed for."
    )


RESTORE = ActionDialog(
    title="Bring this month back into PostgreSQL?",
    description="A worker copies its events back, which may take some minutes and needs room on the database's disk. "
    "Reports over it are then as fast as over others; after ARCHIVE_RESTORED_DAYS it is archived again.",
    form_class=RestoreForm,
    form_submit_text="Bring it back",
)


@admin.register(ArchivedMonth)
class ArchivedMonthAdmin(RecordAdmin):
    """Months of raw events that have left PostgreSQL, or are about to."""

    nothing_yet = "Months of events are moved to the archive once they are old enough, where ARCHIVE_URL names one."

    list_display = ("show_month", "show_state", "rows", "show_size", "location", "archived_at", "error")
    list_filter = ("state",)
    ordering = ("-month",)
    fields = (
        ("show_month", "show_state"),
        ("rows", "show_size"),
        "location",
        ("edition", "content"),
        ("verified_at", "archived_at"),
        ("rewritten_at", "restored_at"),
        "changed_days",
        "error",
    )
    readonly_fields = ("show_month", "show_state", "show_size")
    actions_detail = ("restore",)

    def has_restore_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may bring a month back."""
        return bool(request.user.has_perm("analytics.change_archivedmonth"))

    @column(description="Month", ordering="month")
    def show_month(self, stored: ArchivedMonth) -> str:
        """Return the month in words."""
        return str(stored)

    @column(description="Where", ordering="state", label=COLOURS)
    def show_state(self, stored: ArchivedMonth) -> tuple[str, str]:
        """Return where its events are, with a colour."""
        return stored.state, stored.get_state_display()

    @column(description="Size", ordering="bytes")
    def show_size(self, stored: ArchivedMonth) -> str:
        """Return the size of its files."""
        return f"{stored.bytes / 1_048_576:,.1f} MB"

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the button of a month that is away, also of one whose restoring was cut off."""
        stored = self.get_object(request, str(object_id))
        is_away = stored is not None and stored.state in AWAY_STATES
        return super().get_actions_detail(request, object_id) if is_away else []

    @dialog_button(description="Restore", name="restore", permission="restore", dialog=RESTORE)
    def restore(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Have a worker bring the month back."""
        stored = self.get_object(request, object_id)
        if stored is None:
            raise PermissionDenied
        if stored.state in AWAY_STATES:
            month = stored.month.isoformat()
            with transaction.atomic():
                record_action("archive.restored", subject=stored, reason=form.cleaned_data["reason"])
                transaction.on_commit(lambda: current_app.send_task(TASK, kwargs={"month": month}))
            messages.success(request, f"A worker brings {stored} back; look here again in some minutes.")
        address = reverse("admin:analytics_archivedmonth_change", args=[stored.pk])
        return HttpResponse(headers={"HX-Redirect": address})
