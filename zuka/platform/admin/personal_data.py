"""People's data in the back office: what is kept of somebody as a file for them, and forgetting somebody for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.clock import now
from zuka.platform.errors import Refused
from zuka.platform.models import DataExport, ErasureRequest
from zuka.platform.personal_data.erasing import ask_erasure, try_again
from zuka.platform.personal_data.exporting import NoSuchExport, ask_export, open_export
from zuka.platform.personal_data.models import AskedBy, PersonalDataRequest, RequestStatus
from zuka.platform.personal_data.people import start_person
from zuka.platform.staff.proving import ProvedChanges

COLOURS = {"done": "success", "failed": "danger", "running": "info", "waiting": "warning", "expired": "warning"}
WHO = (
    ("user", "Account, by its id"),
    ("email", "Account or guest, by e-mail"),
    ("guest", "Guest, by e-mail"),
    ("visitor", "Browser, by its visitor id"),
)


class AskForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's own has no parameter at run time
    """Who is meant, and why; asking is what saves it."""

    kind = forms.ChoiceField(label="Who", choices=WHO, initial="email", widget=UnfoldAdminSelectWidget)
    name = forms.CharField(
        label="Which",
        max_length=254,
        help_text="The e-mail address, or the id as the page of the account or of the browser shows it.",
        widget=UnfoldAdminTextInputWidget,
    )
    reason = forms.CharField(
        max_length=300,
        help_text="For the audit log: who asked, and when. Leave names out.",
        widget=UnfoldAdminTextInputWidget,
    )
    ask: ClassVar[Callable[..., PersonalDataRequest]]
    request: ClassVar[HttpRequest]

    def clean(self) -> dict[str, Any]:
        """Ask for it; what refuses says so beside the name."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                person = start_person(**{said["kind"]: said["name"].strip()})
                staff: Any = self.request.user
                facts = {"asked_by": AskedBy.STAFF, "staff_id": staff.pk, "reason": said["reason"]}
                self.instance = type(self).ask(person=person, at=now(), **facts)
            except Refused as refusal:
                raise ValidationError({"name": refusal.message}) from refusal
        return said

    def _post_clean(self) -> None:
        """Nothing is left to check: the row is there."""

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002, ARG002 - Django's signature
        """Return the request, which is kept already."""
        return self.instance

    def save_m2m(self) -> None:
        """There is nothing beside it."""


class EraseForm(AskForm):
    """The same of an erasure, which nothing brings back."""

    sure = forms.BooleanField(
        label="Cannot be undone",
        help_text="A worker erases this person within minutes: name, addresses, messages and everything else that "
        "tells who they are. Orders and money stay without it. Nothing brings it back.",
        widget=UnfoldBooleanWidget,
    )


class RequestAdmin(ProvedChanges, RecordAdmin):
    """Requests of one kind: staff add one, a worker does it, nobody changes it."""

    ask: ClassVar[Callable[..., PersonalDataRequest]]
    asking: ClassVar[type[AskForm]] = AskForm
    list_display: ClassVar[Any] = ("created_at", "show_status", "show_asker", "show_rows", "ended_at", "failure")
    list_filter: ClassVar[Any] = ("status", "asked_by", "created_at")
    list_select_related = ("staff",)
    fields: ClassVar[Any] = (
        ("created_at", "show_asker"),
        ("status", "ended_at"),
        "reason",
        "failure",
        "show_progress",
    )
    readonly_fields: ClassVar[Any] = ("show_progress", "show_rows", "show_asker")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Say whether a person may ask: those who have the right to add one."""
        meta = self.model._meta  # noqa: SLF001 - public by Django's documentation
        return bool(request.user.has_perm(f"{meta.app_label}.add_{meta.model_name}"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Ask for who and why where there is no request yet."""
        return tuple(self.asking.base_fields) if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep what is there as it is."""
        return () if obj is None else super().get_readonly_fields(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        """Return the form that asks."""
        if obj is not None:
            return super().get_form(request, obj, **options)
        meta = type("Meta", (), {"model": self.model, "fields": ()})
        asked = staticmethod(type(self).ask)
        return type("AskForm", (self.asking,), {"Meta": meta, "ask": asked, "request": request})

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Leave it as asking has kept it."""

    @column(description="Status", label=COLOURS)
    def show_status(self, request: PersonalDataRequest) -> tuple[str, str]:
        """Return the status with its colour."""
        return request.status, request.get_status_display()

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:  # noqa: ARG002 - Django's signature
        """Go to the list, where it can be seen how it goes."""
        messages.success(request, "A worker does it within minutes. Load this page again to see when it is done.")
        meta = self.model._meta  # noqa: SLF001 - public by Django's documentation
        return HttpResponseRedirect(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))

    @column(description="Asked by", ordering="asked_by")
    def show_asker(self, request: PersonalDataRequest) -> str:
        """Return who of staff asked, or that it was the customer."""
        return str(request.staff or request.get_asked_by_display())

    @column(description="Rows")
    def show_rows(self, request: PersonalDataRequest) -> str:
        """Return how many rows it was about."""
        return f"{sum(request.progress.values()):,}"

    @column(description="Rows by place")
    def show_progress(self, request: PersonalDataRequest) -> str:
        """Return how many rows of each place."""
        return ", ".join(f"{name}: {count:,}" for name, count in request.progress.items() if count) or "None yet"


@admin.register(ErasureRequest)
class ErasureRequestAdmin(RequestAdmin):
    """People who are to be erased, or were; whom they were is no longer known."""

    nothing_yet = "Nobody has asked to be erased. Staff can ask for who wrote to the shop."

    ask = staticmethod(ask_erasure)
    asking = EraseForm
    actions = ("try_again",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Say whether a person may let a failed one go on."""
        return self.has_add_permission(request)

    @admin.action(description="Try again", permissions=["retry"])
    def try_again(self, request: HttpRequest, requests: Any) -> None:
        """Let failed ones go on where they stopped."""
        failed = [each for each in requests if each.status == RequestStatus.FAILED]
        for each in failed:
            try:
                try_again(each)
            except Refused as refusal:
                messages.error(request, f"{each}: {refusal.message}")
                failed = [other for other in failed if other != each]
        messages.success(request, f"{len(failed)} go on.")


@admin.register(DataExport)
class DataExportAdmin(RequestAdmin):
    """Files with what is kept of people; whoever asked among staff can have the file."""

    nothing_yet = "Nobody has asked for what is kept of them. Staff can ask for who wrote to the shop."
    ask = staticmethod(ask_export)
    list_display = (*RequestAdmin.list_display, "show_file")
    fields = (*RequestAdmin.fields, "show_file", "expires_at")
    readonly_fields = (*RequestAdmin.readonly_fields, "show_file")

    @column(description="File")
    def show_file(self, export: DataExport) -> str:
        """Return the link to the file of a request of staff."""
        if export.status != RequestStatus.DONE or export.asked_by != AskedBy.STAFF:
            return "–"
        return format_html('<a href="{}">Download</a>', reverse("admin:personal-data-file", args=[export.pk]))

    def get_urls(self) -> list[URLPattern]:
        """Add the address of files."""
        own = path("<uuid:export_id>/file/", self.admin_site.admin_view(self.send), name="personal-data-file")
        return [own, *super().get_urls()]

    def send(self, request: HttpRequest, export_id: Any) -> HttpResponse | FileResponse:
        """Return the file to who asked for it."""
        if self.must_prove(request, None) or not self.has_add_permission(request):
            return HttpResponseRedirect(reverse("admin:platform_dataexport_changelist"))
        staff: Any = request.user
        try:
            export = DataExport.objects.filter(pk=export_id, staff_id=staff.pk, asked_by=AskedBy.STAFF).first()
            _, file = open_export(export=export, at=now())
        except NoSuchExport as refusal:
            messages.error(request, refusal.message)
            return HttpResponseRedirect(reverse("admin:platform_dataexport_changelist"))
        return FileResponse(file, as_attachment=True, filename="personal-data.zip", content_type="application/zip")


add_menu(
    MenuGroup(
        "Privacy",
        55,
        [
            MenuItem("Data of a person", "folder_shared", "platform_dataexport_changelist", "platform.view_dataexport"),
            MenuItem("Erasures", "person_remove", "platform_erasurerequest_changelist", "platform.view_erasurerequest"),
        ],
    )
)
