"""Sheets of products in the back office: exported as they are filtered, imported after a look at what would change."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from import_export import resources
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminFileFieldWidget

from commerce.catalog.models import UNDER_WAY, ImportStatus, Product, ProductImport
from commerce.catalog.services import ImportRefused, bring_import, cancel_import, confirm_import
from commerce.catalog.services.importing import LEASE, MOST_SHOWN
from commerce.catalog.services.sheets.columns import COLUMNS
from commerce.catalog.services.sheets.planning import Plan
from commerce.catalog.services.sheets.reading import read_rows
from commerce.catalog.services.sheets.writing import heading, product_rows
from zuka.platform.admin.rows import column, dialog_button, read_number
from zuka.platform.clock import now
from zuka.platform.pictures.reading import MEGABYTE
from zuka.platform.sheets import MOST_BYTES, BadSheet

STATUS_COLOURS = {
    **dict.fromkeys(UNDER_WAY, "info"),
    ImportStatus.READY: "warning",
    ImportStatus.DONE: "success",
    ImportStatus.FAILED: "danger",
}
LOOK_AGAIN_SECONDS = 3
MAY_IMPORT, MAY_EXPORT = "commerce.add_productimport", "commerce.view_product"


class ProductSheet(resources.Resource):
    """Products as the import reads them."""

    def get_user_visible_fields(self) -> list[Field]:
        """Return the columns, for the page of the export."""
        return [Field(column_name=each.name) for each in COLUMNS]

    def export(self, queryset: QuerySet[Product], **_options: Any) -> Dataset:
        """Return the sheet."""
        sheet = Dataset(headers=heading())
        for row in product_rows(queryset):
            sheet.append(row)
        return sheet

    @classmethod
    def get_display_name(cls) -> str:
        """Return what is exported, for people."""
        return "Products, a row a variant"


class ExportedProducts(ExportMixin):
    """A list of products that can be exported as it is filtered."""

    resource_classes = (ProductSheet,)
    export_form_class = ExportForm
    to_encoding = "utf-8-sig"  # without its mark spreadsheets read naira signs and accents wrongly

    def get_export_formats(self) -> list[Any]:
        """Return the kinds of files."""
        return [CSV, XLSX]

    def has_export_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may take all of it away."""
        return bool(request.user.has_perm(MAY_EXPORT))


class BringForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A file with products."""

    file = forms.FileField(
        help_text=f"CSV or XLSX, up to {MOST_BYTES // MEGABYTE} MB. Export products to see how it must look.",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.xlsx"}),
    )

    class Meta:
        help_texts: ClassVar = {
            "skips_bad_rows": "Otherwise a file with one mistake is not imported at all.",
            "sets_stock": "For a stock-take: pieces sold since the file was made would come back. New variants always "
            "begin with the stock of the file.",
        }

    def clean_file(self) -> Any:
        """Refuse a file that is no sheet of products, before anybody waits for its check."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(f"{file.name} has more than {MOST_BYTES // MEGABYTE} MB. Split it.")
        self.content = file.read()
        try:
            read_rows(self.content)
        except BadSheet as refusal:
            raise ValidationError(f"{file.name}: {refusal.message}") from refusal
        return file


CONFIRM = ActionDialog(
    title="Import these products?",
    description="All of it is written at once, or nothing. Export the products first if you may want them back.",
    form_class=None,
    form_submit_text="Import",
)
CANCEL = ActionDialog(
    title="Cancel this import?", description="Nothing was written yet.", form_class=None, form_submit_text="Cancel it"
)


@admin.register(ProductImport)
class ImportAdmin(ModelAdmin):
    """Sheets that staff brought: checked first, imported when they say so."""

    form = BringForm
    list_display = ("name", "show_status", "brought_by", "created_at", "ended_at")
    list_filter = ("status",)
    list_select_related = ("brought_by",)
    show_full_result_count = False
    paginator = InfinitePaginator
    actions_detail = ("do_import", "cancel")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductImport]:
        """Leave the files out."""
        rows: QuerySet[ProductImport] = super().get_queryset(request)
        return rows.defer("content")

    def get_fields(self, request: HttpRequest, obj: ProductImport | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        """Return what a new import takes, or what one has come to."""
        if obj is None:
            return ("file", "skips_bad_rows", "sets_stock")
        return (("show_state", "brought_by"), ("skips_bad_rows", "sets_stock"), "show_outcome")

    def get_readonly_fields(self, request: HttpRequest, obj: ProductImport | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Fix what was brought."""
        return ("show_state", "brought_by", "skips_bad_rows", "sets_stock", "show_outcome") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: ProductImport | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """An import is done or cancelled, not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ProductImport | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Imports stay, to tell who brought what."""
        return False

    def has_import_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may import."""
        return bool(request.user.has_perm(MAY_IMPORT))

    def save_model(self, request: HttpRequest, obj: ProductImport, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Keep the file to be checked."""
        row = bring_import(
            name=form.cleaned_data["file"].name,
            content=form.content,
            at=now(),
            user_id=request.user.pk,
            skips_bad_rows=obj.skips_bad_rows,
            sets_stock=obj.sets_stock,
        )
        obj.pk, obj.name = row.pk, row.name

    def response_add(self, request: HttpRequest, obj: ProductImport, post_url_continue: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what becomes of the file."""
        messages.success(request, f"{obj.name} is being checked. Nothing is written before you say so.")
        return HttpResponse(status=302, headers={"Location": page_of(obj.pk)})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Look again every few seconds while a worker has it."""
        answer: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.status in UNDER_WAY and now() < obj.updated_at + LEASE:
            answer["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return answer

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of an import that was checked."""
        row = self.get_object(request, str(object_id))
        ready = row is not None and row.status == ImportStatus.READY
        open_ones = {
            "do_import": ready and (not row.problems or row.skips_bad_rows),
            "cancel": ready or (row is not None and row.status == ImportStatus.WAITING),
        }
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if open_ones[button.path]]

    @dialog_button(description="Import", name="do_import", permission="import", dialog=CONFIRM)
    def do_import(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Let the import be done."""
        row = get_object_or_404(ProductImport.objects.defer("content"), pk=read_number(object_id))
        try:
            confirm_import(row=row)
        except ImportRefused as refusal:
            messages.error(request, refusal.message)
        return back_to(row.pk)

    @dialog_button(description="Cancel", name="cancel", permission="import", dialog=CANCEL)
    def cancel(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Forget the import."""
        row = get_object_or_404(ProductImport.objects.defer("content"), pk=read_number(object_id))
        try:
            cancel_import(row=row, at=now())
        except ImportRefused as refusal:
            messages.error(request, refusal.message)
        return back_to(row.pk)

    @column(description="State", ordering="status", label=STATUS_COLOURS)
    def show_status(self, row: ProductImport) -> tuple[str, str]:
        """Return where it stands, with its colour."""
        return row.status, row.get_status_display()

    @column(description="State")
    def show_state(self, row: ProductImport) -> str:
        """Return where it stands."""
        return row.get_status_display()

    @column(description="What it does")
    def show_outcome(self, row: ProductImport) -> SafeString:
        """Return the counts, the rows that have mistakes, and what changes."""
        # JSON in the database keeps no order.
        counts = [(name, row.counts[name]) for name in Plan().counts() if row.counts.get(name)]
        facts = {"row": row, "counts": counts, "most": MOST_SHOWN}
        return render_to_string("commerce/import_outcome.html", facts)


def page_of(pk: int) -> str:
    """Return the address of an import's page."""
    return reverse("admin:commerce_productimport_change", args=[pk])


def back_to(pk: int) -> HttpResponse:
    """Return the answer that makes the dialog's page load the import again."""
    return HttpResponse(headers={"HX-Redirect": page_of(pk)})
