"""Campaign spend in the back office: what is known, and sheets, imported after a look at what would change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminFileFieldWidget

from analytics.spend.importing import MOST_SHOWN, SpendRefused, bring_spend, cancel_spend, import_spend, read_rows
from analytics.spend.planning import COLUMNS, SpendPlan
from analytics.store.models import CampaignSpend, SpendImport
from zuka.platform.admin.rows import RecordAdmin, column, dialog_button, read_number
from zuka.platform.clock import now
from zuka.platform.money import format_money
from zuka.platform.sheets import MEGABYTE, MOST_BYTES, BadSheet

STATUS_COLOURS = {SpendImport.Status.READY: "warning", SpendImport.Status.DONE: "success"}
MAY_IMPORT = "analytics.add_spendimport"
SHEET = "; ".join(f"{each.name}: {each.text.rstrip('.')}" for each in COLUMNS.values())
HELP = f"CSV or XLSX, a row a campaign and day. Columns: {SHEET}."
CONFIRM = ActionDialog(
    title="Import this spend?",
    description="All of it is written at once, or nothing. A campaign's day that is there already is replaced.",
    form_class=None,
    form_submit_text="Import",
)
CANCEL = ActionDialog(
    title="Cancel this import?", description="Nothing was written yet.", form_class=None, form_submit_text="Cancel it"
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


class BringForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A sheet to import."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget, help_text=f"CSV or XLSX, a row a campaign and day. Columns: {SHEET}."
    )

    def clean_file(self) -> Any:
        """Refuse a file that is no sheet of spend."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(f"{file.name} has more than {MOST_BYTES // MEGABYTE} MB. Split it.")
        self.content = file.read()
        try:
            read_rows(self.content)
        except BadSheet as refusal:
            raise ValidationError(f"{file.name}: {refusal.message}") from refusal
        return file


@admin.register(SpendImport)
class SpendImportAdmin(ModelAdmin):
    """Sheets that staff brought: checked at once, imported when they say so."""

    form = BringForm
    list_display = ("name", "show_status", "brought_by", "created_at", "ended_at")
    list_filter = ("status",)
    list_select_related = ("brought_by",)
    show_full_result_count = False
    paginator = InfinitePaginator
    actions_detail = ("do_import", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SpendImport]:
        """Leave the files out."""
        rows: QuerySet[SpendImport] = super().get_queryset(request)
        return rows.defer("content")

    def get_fields(self, request: HttpRequest, obj: SpendImport | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        """Return what a new import takes, or what one has come to."""
        return ("file",) if obj is None else (("show_state", "brought_by"), "show_outcome")

    def get_readonly_fields(self, request: HttpRequest, obj: SpendImport | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Fix what was brought."""
        return ("show_state", "brought_by", "show_outcome") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: SpendImport | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """An import is done or cancelled, not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SpendImport | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Imports stay, to tell who brought what."""
        return False

    def has_import_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may import."""
        return bool(request.user.has_perm(MAY_IMPORT))

    def save_model(self, request: HttpRequest, obj: SpendImport, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Check the file and keep it."""
        user: Any = request.user
        name = form.cleaned_data["file"].name
        row = bring_spend(name=name, content=form.content, user_id=user.pk, at=now())
        obj.pk, obj.name = row.pk, row.name

    def response_add(self, request: HttpRequest, obj: SpendImport, post_url_continue: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what would become of the file."""
        messages.success(request, f"{obj.name} was checked. Nothing is written before you say so.")
        return HttpResponse(status=302, headers={"Location": page_of(obj.pk)})

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of an import that waits for a word."""
        row = self.get_object(request, str(object_id))
        ready = row is not None and row.status == SpendImport.Status.READY
        open_ones = {"do_import": ready and not row.problems, "cancel": ready}
        return [button for button in super().get_actions_detail(request, object_id) if open_ones[button.path]]

    @dialog_button(description="Import", name="do_import", permission="import", dialog=CONFIRM)
    def do_import(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Write what the sheet says."""
        try:
            row = import_spend(pk=read_number(object_id), at=now())
            messages.success(request, f"{row.name} is imported.")
        except SpendRefused as refusal:
            messages.error(request, refusal.message)
        return back_to(read_number(object_id))

    @dialog_button(description="Cancel", name="cancel", permission="import", dialog=CANCEL)
    def cancel(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Forget the sheet."""
        try:
            cancel_spend(pk=read_number(object_id), at=now())
        except SpendRefused as refusal:
            messages.error(request, refusal.message)
        return back_to(read_number(object_id))

    @column(description="State", ordering="status", label=STATUS_COLOURS)
    def show_status(self, row: SpendImport) -> tuple[str, str]:
        """Return where it stands, with its colour."""
        return row.status, row.get_status_display()

    @column(description="State")
    def show_state(self, row: SpendImport) -> str:
        """Return where it stands."""
        return row.get_status_display()

    @column(description="What it does")
    def show_outcome(self, row: SpendImport) -> SafeString:
        """Return the counts, the rows that have mistakes, and what changes."""
        # JSON in the database keeps no order.
        counts = [(name, row.counts[name]) for name in SpendPlan().counts() if row.counts.get(name)]
        return render_to_string("analytics/spend_import.html", {"row": row, "counts": counts, "most": MOST_SHOWN})


def page_of(pk: int) -> str:
    """Return the address of an import's page."""
    return reverse("admin:analytics_spendimport_change", args=[pk])


def back_to(pk: int) -> HttpResponse:
    """Return the answer that makes the dialog's page load the import again."""
    return HttpResponse(headers={"HX-Redirect": page_of(pk)})
