"""Campaign spend in the back office: what is known, and sheets, imported after a look at what would change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminFileFieldWidget

from analytics.spend.importing import MOST_SHOWN, bring_spend, cancel_spend, import_spend, read_rows
from analytics.spend.planning import COLUMNS, SpendPlan
from analytics.store.models import CampaignSpend, SpendImport
from zuka.platform.admin.imports import CANCEL, SheetAdmin, SheetForm
from zuka.platform.admin.rows import RecordAdmin, column, dialog_button
from zuka.platform.clock import now
from zuka.platform.money import format_money

SHEET = "; ".join(f"{each.name}: {each.text.rstrip('.')}" for each in COLUMNS.values())
CONFIRM = ActionDialog(
    title="Import this spend?",
    description="All of it is written at once, or nothing. A campaign's day that is there already is replaced.",
    form_class=None,
    form_submit_text="Import",
)


@admin.register(CampaignSpend)
class CampaignSpendAdmin(RecordAdmin):
    """What each campaign cost each day, and which sheet said so."""

    list_display = ("day", "campaign", "source", "medium", "show_spend", "spend_import", "show_who", "updated_at")
    list_select_related = ("spend_import__brought_by",)
    search_fields = ("campaign", "source")
    ordering = ("-day", "-id")

    @column(description="Spend", ordering="spend_kobo")
    def show_spend(self, row: CampaignSpend) -> str:
        """Return the amount."""
        return format_money(row.spend_kobo, row.currency)

    @column(description="Imported by")
    def show_who(self, row: CampaignSpend) -> Any:
        """Return who imported it."""
        return row.spend_import.brought_by if row.spend_import else None


class BringForm(SheetForm):
    """A sheet to import."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget, help_text=f"CSV or XLSX, a row a campaign and day. Columns: {SHEET}."
    )

    def read(self, content: bytes) -> object:
        """Read a sheet of spend."""
        return read_rows(content)


@admin.register(SpendImport)
class SpendImportAdmin(SheetAdmin):
    """Sheets that staff brought: checked at once, imported when they say so."""

    form = BringForm
    counted = tuple(SpendPlan().counts())
    heads = ("Day", "Campaign", "Before", "After")
    most = MOST_SHOWN
    advice = "Mend these rows in the sheet and bring it again."

    def save_model(self, request: HttpRequest, obj: SpendImport, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Check the file and keep it."""
        user: Any = request.user
        name = form.cleaned_data["file"].name
        row = bring_spend(name=name, content=form.content, user_id=user.pk, at=now())
        obj.pk, obj.name = row.pk, row.name

    def response_add(self, request: HttpRequest, obj: SpendImport, post_url_continue: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what would become of the file."""
        return self.show_page(request, obj, "was checked.")

    def open_actions(self, row: SpendImport) -> set[str]:
        """Return the buttons of an import that waits for a word."""
        if row.status != SpendImport.Status.READY:
            return set()
        return {"cancel"} if row.problems else {"cancel", "do_import"}

    @dialog_button(description="Import", name="do_import", permission="import", dialog=CONFIRM)
    def do_import(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Write what the sheet says."""
        return self.carry_out(request, object_id, lambda pk: import_spend(pk=pk, at=now()))

    @dialog_button(description="Cancel", name="cancel", permission="import", dialog=CANCEL)
    def cancel(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Forget the sheet."""
        return self.carry_out(request, object_id, lambda pk: cancel_spend(pk=pk, at=now()))
