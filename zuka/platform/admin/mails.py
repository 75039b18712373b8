"""The outbox in the back office: what was mailed and what came of it, the templates, and who gets no mail."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.paginator import InfinitePaginator

from zuka.platform import clock
from zuka.platform.admin.menu import MenuGroup, MenuItem, add_menu
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.admin.site import BackOffice, add_pages
from zuka.platform.mail.files import Attachment, files_of
from zuka.platform.mail.models import MailStatus, OutgoingMail, Suppression
from zuka.platform.mail.queueing import send_again
from zuka.platform.mail.rendering import render_mail
from zuka.platform.mail.suppressing import hash_address, suppress_address
from zuka.platform.mail.templates import find_mail_template, is_secret, mail_templates

STATUS_COLOURS = {
    MailStatus.QUEUED: "info",
    MailStatus.SENDING: "info",
    MailStatus.SENT: "success",
    MailStatus.FAILED: "danger",
    MailStatus.SUPPRESSED: "warning",
}
MAY_SEE = "platform.view_outgoingmail"
# Who could read such a mail here could sign in as anybody.
SECRET = format_html("{}", "It holds a code that only its recipient may read.")


def framed(html: str) -> SafeString:
    """Return a mail's HTML in a frame that runs nothing, sends nothing and leads nowhere."""
    # What a template has rendered counts as safe, and would not be escaped again without this.
    return format_html('<iframe class="mail-frame" title="The mail" sandbox="" srcdoc="{}"></iframe>', escape(html))


def with_pictures(html: str, files: Sequence[Attachment]) -> str:
    """Return a mail's HTML with the pictures it brings along, for a page that is no mail."""
    for each in files:
        if each.content_id:
            data = b64encode(each.content).decode()
            html = html.replace(f"cid:{each.content_id}", f"data:{each.media_type};base64,{data}")
    return html


class TemplateFilter(admin.SimpleListFilter):
    """Mails of one kind. The kinds are those that are declared: nobody reads the table for them."""

    title = "kind"
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the kinds of mail."""
        return [(template.name, template.name) for template in mail_templates()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the mails of the chosen kind."""
        return queryset.filter(template=self.value()) if self.value() else queryset


@admin.register(OutgoingMail)
class OutgoingMailAdmin(RecordAdmin):
    """Mails: waiting, sent, and those that could not be sent."""

    list_display = ("subject", "recipient", "template", "show_status", "attempts", "queued_at", "sent_at")
    list_filter = ("status", TemplateFilter, "queued_at")
    search_fields = ("recipient", "key")
    search_help_text = "An address, or an order's number."
    ordering = ("-id",)
    actions = ("send_mails_again",)
    fields = (
        ("recipient", "status"),
        "subject",
        ("queued_at", "sent_at"),
        ("attempts", "next_attempt_at"),
        "last_error",
        "show_files",
        "show_html",
        "show_text",
        ("template", "key"),
    )
    readonly_fields = ("show_files", "show_html", "show_text")

    def has_send_permission(self, request: HttpRequest) -> bool:
        """Say whether a person may send mails again."""
        return bool(request.user.has_perm("platform.change_outgoingmail"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        """Leave the texts of mails out of their list."""
        found: QuerySet[OutgoingMail] = super().get_queryset(request)
        is_page = request.resolver_match is not None and "object_id" in request.resolver_match.kwargs
        return found if is_page else found.defer("text", "html", "context")

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, mail: OutgoingMail) -> tuple[str, str]:
        """Return where the mail stands, with its colour."""
        return mail.status, str(MailStatus(mail.status).label)

    @column(description="As it is seen")
    def show_html(self, mail: OutgoingMail) -> SafeString:
        """Return the mail as a customer sees it."""
        return SECRET if is_secret(mail.template) else framed(with_pictures(mail.html, files_of(mail)))

    @column(description="Files")
    def show_files(self, mail: OutgoingMail) -> str:
        """Return the names of what goes with it."""
        return ", ".join(each["name"] for each in mail.attachments if not each["content_id"]) or "–"

    @column(description="As plain text")
    def show_text(self, mail: OutgoingMail) -> SafeString:
        """Return the mail's plain text with its lines."""
        if is_secret(mail.template):
            return SECRET
        return format_html('<pre class="sent-document">{}</pre>', mail.text)

    @admin.action(description="Send again", permissions=["send"])
    def send_mails_again(self, request: HttpRequest, mails: QuerySet[OutgoingMail]) -> None:
        """Queue mails once more, also those that were sent."""
        count = send_again(mail_ids=list(mails.values_list("pk", flat=True)), at=clock.now())
        messages.success(request, f"{count} queued.")


class SuppressionForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """An address, and why it gets no mail."""

    def clean_address(self) -> str:
        """Refuse an address that is missing, or on the list already."""
        address: str = self.cleaned_data["address"]
        if not address:
            raise ValidationError("Write the address.")
        if Suppression.objects.filter(address_hash=hash_address(address)).exists():
            raise ValidationError("This address gets no mail already.")
        return address


@admin.register(Suppression)
class SuppressionAdmin(ModelAdmin):
    """Who gets no mail. Deleting a row lets an address be mailed again."""

    form = SuppressionForm
    list_display = ("__str__", "reason", "suppressed_at")
    list_filter = ("reason",)
    search_fields = ("address",)
    ordering = ("-suppressed_at", "-id")
    show_full_result_count = False
    paginator = InfinitePaginator

    def get_fields(self, request: HttpRequest, obj: Suppression | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Return what a new row takes, or what a row says."""
        return ("address", "reason", "suppressed_at") if obj else ("address", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Suppression | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Fix the address and the moment: another address is another row."""
        return ("address", "suppressed_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: Suppression, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Put an address on the list, or change why it is there."""
        if change:
            super().save_model(request, obj, form, change)
            return
        row = suppress_address(address=obj.address, reason=Suppression.Reason(obj.reason), at=clock.now())
        obj.pk, obj.suppressed_at = row.pk, row.suppressed_at


class TemplatePages:
    """The kinds of mail, each with an example."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        return [
            path("mail-templates/", self.site.admin_view(self.show_all), name="mail-templates"),
            path("mail-templates/<str:name>/", self.site.admin_view(self.show_one), name="mail-template"),
        ]

    def answer(self, request: HttpRequest, page: str, **facts: Any) -> HttpResponse:
        """Return a page of the back office. Raises PermissionDenied for staff who may not see mails."""
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        return TemplateResponse(request, f"platform/{page}.html", {**self.site.each_context(request), **facts})

    def show_all(self, request: HttpRequest) -> HttpResponse:
        """List the kinds of mail and what they are for."""
        return self.answer(request, "mail_templates", title="Mail templates", templates=mail_templates())

    def show_one(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show a kind of mail as its example reads."""
        try:
            template = find_mail_template(name)
        except LookupError:
            raise Http404 from None
        mail = render_mail(template, template.example)
        return self.answer(request, "mail_template", title=name, template=template, mail=mail, frame=framed(mail.html))


add_pages(lambda site: TemplatePages(site).urls())
add_menu(
    MenuGroup(
        "Mail",
        50,
        [
            MenuItem("Mails", "outgoing_mail", "platform_outgoingmail_changelist", MAY_SEE),
            MenuItem("Mail templates", "draft", "mail-templates", MAY_SEE),
            MenuItem("No mail to", "unsubscribe", "platform_suppression_changelist", "platform.view_suppression"),
        ],
    )
)
