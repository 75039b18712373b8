"""Sheets that staff bring: checked first, imported when they say so. What the pages of all kinds share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog
from unfold.paginator import InfinitePaginator

from zuka.platform.admin.rows import column, read_number
from zuka.platform.errors import Refused
from zuka.platform.sheets import MEGABYTE, MOST_BYTES, BadSheet

STATUS_COLOURS = {
    **dict.fromkeys(("waiting", "checking", "confirmed", "importing"), "info"),
    "ready": "warning",
    "done": "success",
    "failed": "danger",
}
CANCEL = ActionDialog(
    title="Cancel this import?", description="Nothing was written yet.", form_class=None, form_submit_text="Cancel it"
)


class SheetForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A form with a file, which is read or refused by what its class says."""

    def read(self, content: bytes) -> object:
        """Read the sheet. Raises BadSheet."""
        raise NotImplementedError

    def clean_file(self) -> Any:
        """Refuse a file that is no such sheet, before anybody waits for its check."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(f"{file.name} has more than {MOST_BYTES // MEGABYTE} MB. Split it.")
        self.content = file.read()
        try:
            self.read(self.content)
        except BadSheet as refusal:
            raise ValidationError(f"{file.name}: {refusal.message}") from refusal
        return file


class SheetAdmin(ModelAdmin):
    """Sheets that staff brought, with what each has come to. The rows have name, content, status, counts and more.

    `options` are the fields that are asked for with the file; `counted` the names of the counts, in their order;
    `heads` those of the table of changes after the row's number; `most` how many mistakes and changes are kept of a
    sheet; `advice` what to do about mistakes.
    """

    list_display = ("name", "show_status", "brought_by", "created_at", "ended_at")
    list_filter = ("status",)
    list_select_related = ("brought_by",)
    show_full_result_count = False
    paginator = InfinitePaginator
    actions_detail = ("do_import", "cancel")
    options: ClassVar[tuple[str, ...]] = ()
    counted: ClassVar[tuple[str, ...]]
    heads: ClassVar[tuple[str, ...]]
    most: ClassVar[int]
    advice: ClassVar[str] = ""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the files out."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer("content")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        """Return what a new import takes, or what one has come to."""
        if obj is None:
            return ("file", *self.options)
        return (("show_state", "brought_by"), *([self.options] if self.options else []), "show_outcome")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Fix what was brought."""
        return ("show_state", "brought_by", *self.options, "show_outcome") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """An import is done or cancelled, not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Imports stay, to tell who brought what."""
        return False

    def has_import_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may import: who may bring a sheet."""
        return bool(request.user.has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}"))

    def open_actions(self, row: Any) -> set[str]:
        """Return which of the buttons an import has."""
        raise NotImplementedError

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of an import that waits for a word."""
        row = self.get_object(request, str(object_id))
        open_ones = self.open_actions(row) if row is not None else set()
        return [button for button in super().get_actions_detail(request, object_id) if button.path in open_ones]

    def page_of(self, pk: int) -> str:
        """Return the address of an import's page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[pk])

    def show_page(self, request: HttpRequest, row: Any, said: str) -> HttpResponse:
        """Return the answer to a new sheet: the page of what becomes of it."""
        messages.success(request, f"{row.name} {said} Nothing is written before you say so.")
        return HttpResponse(status=302, headers={"Location": self.page_of(row.pk)})

    def carry_out(self, request: HttpRequest, object_id: str, step: Callable[[int], Any]) -> HttpResponse:
        """Take an import a step further, and load its page again. Staff are told what is done by now, or why not."""
        pk = read_number(object_id)
        try:
            row = step(pk)
            if row is not None:
                messages.success(request, f"{row.name} is imported.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponse(headers={"HX-Redirect": self.page_of(pk)})

    @column(description="State", ordering="status", label=STATUS_COLOURS)
    def show_status(self, row: Any) -> tuple[str, str]:
        """Return where it stands, with its colour."""
        return row.status, row.get_status_display()

    @column(description="State")
    def show_state(self, row: Any) -> str:
        """Return where it stands."""
        return str(row.get_status_display())

    @column(description="What it does")
    def show_outcome(self, row: Any) -> SafeString:
        """Return the counts, the rows that have mistakes, and what changes."""
        # JSON in the database keeps no order.
        counts = [(name, row.counts[name]) for name in self.counted if row.counts.get(name)]
        facts = {"row": row, "counts": counts, "most": self.most, "heads": self.heads, "advice": self.advice}
        return render_to_string("platform/import_outcome.html", facts)
