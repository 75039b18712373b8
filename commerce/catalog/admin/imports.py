"""Sheets of products in the back office: exported as they are filtered, imported after a look at what would change."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from import_export import resources
from import_export.admin import ExportMixin
from import_export.fields import Field
from import_export.formats.base_formats import CSV, XLSX
from tablib import Dataset
from unfold.contrib.import_export.forms import ExportForm
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminFileFieldWidget

from commerce.catalog.models import UNDER_WAY, ImportStatus, Product, ProductImport
from commerce.catalog.services import bring_import, cancel_import, confirm_import
from commerce.catalog.services.importing import LEASE, MOST_SHOWN
from commerce.catalog.services.sheets.columns import COLUMNS
from commerce.catalog.services.sheets.planning import Plan
from commerce.catalog.services.sheets.reading import read_rows
from commerce.catalog.services.sheets.writing import heading, product_rows
from zuka.platform.admin.imports import CANCEL, SheetAdmin, SheetForm
from zuka.platform.admin.rows import dialog_button
from zuka.platform.clock import now
from zuka.platform.pictures.reading import MEGABYTE
from zuka.platform.sheets import MOST_BYTES

LOOK_AGAIN_SECONDS = 3
MAY_EXPORT = "commerce.view_product"


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


class BringForm(SheetForm):
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

    def read(self, content: bytes) -> object:
        """Read a sheet of products."""
        return read_rows(content)


CONFIRM = ActionDialog(
    title="Import these products?",
    description="All of it is written at once, or nothing. Export the products first if you may want them back.",
    form_class=None,
    form_submit_text="Import",
)


@admin.register(ProductImport)
class ImportAdmin(SheetAdmin):
    """Sheets that staff brought: checked first, imported when they say so."""

    form = BringForm
    options = ("skips_bad_rows", "sets_stock")
    counted = tuple(Plan().counts())
    heads = ("SKU", "Column", "Before", "After")
    most = MOST_SHOWN

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
        return self.show_page(request, obj, "is being checked.")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Look again every few seconds while a worker has it."""
        answer: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.status in UNDER_WAY and now() < obj.updated_at + LEASE:
            answer["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return answer

    def open_actions(self, row: ProductImport) -> set[str]:
        """Return the buttons of an import that was checked, or that no worker has yet."""
        is_ready = row.status == ImportStatus.READY
        open_ones = {"cancel"} if is_ready or row.status == ImportStatus.WAITING else set()
        return open_ones | ({"do_import"} if is_ready and (not row.problems or row.skips_bad_rows) else set())

    @dialog_button(description="Import", name="do_import", permission="import", dialog=CONFIRM)
    def do_import(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Let the import be done."""
        return self.carry_out(request, object_id, lambda pk: confirm_import(row=find_import(pk)))

    @dialog_button(description="Cancel", name="cancel", permission="import", dialog=CANCEL)
    def cancel(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Forget the import."""
        return self.carry_out(request, object_id, lambda pk: cancel_import(row=find_import(pk), at=now()))


def find_import(pk: int) -> ProductImport:
    """Return an import without its file. Raises Http404."""
    return get_object_or_404(ProductImport.objects.defer("content"), pk=pk)
