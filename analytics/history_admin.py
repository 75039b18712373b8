"""History from elsewhere in the back office: a file is looked at, imported by a worker while its page tells how far it
is, paused, gone on with, cancelled or taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.dataclasses import ActionDialog
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from analytics.history.formats import FORMATS
from analytics.history.opening import BadFile
from analytics.history.preview import preview_file
from analytics.history.starting import (
    LARGEST_UPLOAD,
    STEPS,
    HistoryRefused,
    bring_file,
    cancel_import,
    chosen_format,
    keep_upload,
    path_of,
    pause_import,
    resume_import,
    start_import,
    take_back_import,
)
from analytics.store.models import DirtyDay, HistoryImport, HistoryStatus
from analytics.store.postgres import HISTORY
from zuka.platform.admin.rows import LongList, column, dialog_button, read_number
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.staff.proving import ProvedForm, ask_again, ask_for_proof, is_proved

LOOK_AGAIN_SECONDS = 3
MOVING = (HistoryStatus.WAITING, HistoryStatus.RUNNING, HistoryStatus.UNDOING)
STATUS_COLOURS = {
    HistoryStatus.READY: "warning",
    HistoryStatus.WAITING: "info",
    HistoryStatus.RUNNING: "info",
    HistoryStatus.UNDOING: "info",
    HistoryStatus.PAUSED: "warning",
    HistoryStatus.DONE: "success",
    HistoryStatus.FAILED: "danger",
}
COUNTS = (
    ("Rows read", "records"),
    ("Events in them", "received"),
    ("Stored", "accepted"),
    ("There before", "duplicate"),
    ("Refused", "rejected"),
    ("Left out for privacy", "dropped"),
)
FORMAT_CHOICES = [("", "As the file is recognised"), *((each.id, each.title) for each in FORMATS.values())]


def dialog(title: str, description: str, said: str) -> ActionDialog:
    """Return the question before a step."""
    return ActionDialog(title=title, description=description, form_class=ProvedForm, form_submit_text=said)


START = dialog(
    "Import this history?",
    "A worker stores it; you may do something else meanwhile. It can be paused, and taken back.",
    "Import",
)
PAUSE = dialog("Pause this import?", "What is stored stays. Go on whenever you like.", "Pause")
GO_ON = dialog("Go on?", "It goes on behind the last row that was stored.", "Go on")
CANCEL = dialog("Cancel this import?", "What is stored stays, and can be taken back. The file is deleted.", "Cancel it")
TAKE_BACK = dialog(
    "Take this import back?",
    "Every event that it stored is deleted, and its days are counted again; months of it that are in the archive come "
    "back to PostgreSQL for that. What another file brought as well goes too: bring that file again.",
    "Take it back",
)


class BringForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A file of history, and whose it is."""

    file = forms.FileField(
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".csv,.tsv,.json,.ndjson,.jsonl,.parquet,.gz,.zip"}),
        help_text=f"{', '.join(each.title for each in FORMATS.values())}: CSV, JSON, JSON lines or Parquet, also "
        f"as .gz or .zip, up to {LARGEST_UPLOAD >> 30} GB. The docs (moving-in.md) say how to get it.",
    )
    chosen = forms.ChoiceField(label="Format", choices=FORMAT_CHOICES, required=False, widget=UnfoldAdminSelectWidget)
    source = forms.CharField(
        max_length=80,
        widget=UnfoldAdminTextInputWidget,
        help_text="Whose history it is, for example shop.example: write the same for all files of one website, and "
        "nothing of them is stored twice.",
    )

    class Meta:
        model = HistoryImport
        fields = ("source",)

    def clean(self) -> dict[str, Any]:
        """Keep the file where a worker finds it, once its format is known."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        upload = values.get("file")
        if upload is None or self.errors:
            return values
        path: Path | None = None
        try:
            path = keep_upload(upload.chunks())
            chosen_format(path, values["chosen"])
            self.path = path
        except (BadFile, HistoryRefused) as refusal:
            if path is not None:
                path.unlink(missing_ok=True)
            self.add_error("chosen" if refusal.field == "format" else "file", ValidationError(refusal.message))
        return values


@admin.register(HistoryImport)
class HistoryImportAdmin(LongList):
    """Files of history, and what became of each."""

    nothing_yet = "The years before Zuka come from files of Umami, Plausible, Matomo or Google Analytics, or your own."

    form = BringForm
    list_display = ("name", "show_format", "source", "show_status", "accepted", "rejected", "brought_by", "created_at")
    list_filter = ("status", "format")
    list_select_related = ("brought_by",)
    ordering = ("-id",)
    actions_detail = ("start", "pause", "go_on", "cancel", "take_back")

    def get_fields(self, request: HttpRequest, obj: HistoryImport | None = None) -> tuple[Any, ...]:  # noqa: ARG002 - Django's signature
        """Return what a new import takes, or what one has come to."""
        if obj is None:
            return ("file", "source", "chosen")
        return (("show_state", "show_format"), "source", "show_outcome", ("brought_by", "created_at"), "ended_at")

    def get_readonly_fields(self, request: HttpRequest, obj: HistoryImport | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Fix what was brought."""
        shown = ("show_state", "show_format", "show_outcome", "brought_by", "created_at", "ended_at")
        return (*shown, "source") if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """An import takes steps; it is not edited."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Imports stay, to tell who brought what."""
        return False

    def has_import_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may import: who may bring a file."""
        return bool(request.user.has_perm("analytics.add_historyimport"))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask who is there before a file is chosen: history names people, and no file is kept over the question."""
        if not is_proved(request):
            return ask_again(request) if request.method == "POST" else ask_for_proof(request)
        answer: HttpResponse = super().add_view(request, form_url, extra_context)
        return answer

    def save_model(self, request: HttpRequest, obj: HistoryImport, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Keep the file to be looked at."""
        values, user = form.cleaned_data, request.user.pk
        facts = {"format_id": values["chosen"], "source": values["source"], "at": now(), "user_id": user}
        try:
            row = bring_file(path=form.path, name=values["file"].name, **facts)
        except Refused as refusal:
            form.path.unlink(missing_ok=True)
            messages.error(request, refusal.message)
            return
        obj.pk, obj.name = row.pk, row.name

    def log_addition(self, request: HttpRequest, obj: HistoryImport, message: Any) -> Any:
        """Log a file that was kept; of one that is there already there is nothing to log."""
        return super().log_addition(request, obj, message) if saved(obj) else None

    def response_add(self, request: HttpRequest, obj: HistoryImport, post_url_continue: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Show what would become of the file."""
        if not saved(obj):
            return HttpResponse(status=302, headers={"Location": reverse("admin:analytics_historyimport_changelist")})
        messages.success(request, f"{obj.name} was looked at. Nothing is stored before you say so.")
        return HttpResponse(status=302, headers={"Location": page_of(obj.pk)})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        """Look again every few seconds while a worker has it."""
        answer: HttpResponse = super().render_change_form(request, context, *args, obj=obj, **kwargs)
        if obj is not None and obj.status in MOVING:
            answer["Refresh"] = str(LOOK_AGAIN_SECONDS)
        return answer

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of the steps that an import may take."""
        job = self.get_object(request, str(object_id))
        may = {name for name, states in STEPS.items() if job is not None and job.status in states}
        if job is not None and not job.accepted:
            may.discard("take_back")
        return [button for button in super().get_actions_detail(request, object_id) if button.path in may]

    def carry_out(self, object_id: str, request: HttpRequest, do: Callable[[int], Any]) -> HttpResponse:
        """Take an import a step further, and load its page again."""
        pk = read_number(object_id)
        try:
            do(pk)
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponse(headers={"HX-Redirect": page_of(pk)})

    @dialog_button(description="Import", name="start", permission="import", dialog=START)
    def start(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        """Let a worker begin."""
        return self.carry_out(object_id, request, lambda pk: start_import(job_id=pk, at=now()))

    @dialog_button(description="Pause", name="pause", permission="import", dialog=PAUSE)
    def pause(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        """Let it rest."""
        return self.carry_out(object_id, request, lambda pk: pause_import(job_id=pk))

    @dialog_button(description="Go on", name="go_on", permission="import", dialog=GO_ON)
    def go_on(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        """Let a worker go on."""
        return self.carry_out(object_id, request, lambda pk: resume_import(job_id=pk, at=now()))

    @dialog_button(description="Cancel", name="cancel", permission="import", dialog=CANCEL)
    def cancel(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        """End it."""
        return self.carry_out(object_id, request, lambda pk: cancel_import(job_id=pk, at=now()))

    @dialog_button(description="Take back", name="take_back", permission="import", dialog=TAKE_BACK)
    def take_back(self, request: HttpRequest, _form: Any, object_id: str) -> HttpResponse:
        """Let a worker delete what was stored."""
        return self.carry_out(object_id, request, lambda pk: take_back_import(job_id=pk, at=now()))

    @column(description="Format", ordering="format")
    def show_format(self, job: HistoryImport) -> str:
        """Return the format's title."""
        return FORMATS[job.format].title if job.format in FORMATS else job.format

    @column(description="State", ordering="status", label=STATUS_COLOURS)
    def show_status(self, job: HistoryImport) -> tuple[str, str]:
        """Return where it stands, with its colour."""
        return job.status, job.get_status_display()

    @column(description="State")
    def show_state(self, job: HistoryImport) -> str:
        """Return where it stands."""
        return str(job.get_status_display())

    @column(description="What it does")
    def show_outcome(self, job: HistoryImport) -> SafeString:
        """Return what the first rows become while nothing was stored yet, else how far it is."""
        path = path_of(job)
        looks = job.status == HistoryStatus.READY and path is not None
        facts = {
            "row": job,
            "format": FORMATS[job.format].title,
            "kept": FORMATS[job.format].kept.replace("`", ""),
            "lost": FORMATS[job.format].lost.replace("`", ""),
            "preview": preview_file(path, job) if looks and path else None,
            "counts": [(title, f"{getattr(job, name):,}") for title, name in COUNTS],
            "part": 100 * job.bytes_read // max(job.size, 1),
            "waiting_days": DirtyDay.objects.filter(cause=HISTORY).values("day").distinct().count(),
        }
        return render_to_string("analytics/history.html", facts)


def saved(job: HistoryImport) -> bool:
    """Say whether an import was kept."""
    return bool(job.pk)


def page_of(pk: int) -> str:
    """Return the address of an import's page."""
    return reverse("admin:analytics_historyimport_change", args=[pk])
