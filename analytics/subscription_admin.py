"""Reports by mail in the back office: who gets which, a preview, one now, and what became of each sending."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from analytics.registry.dashboards import DASHBOARDS
from analytics.registry.reports import REPORTS
from analytics.report.mailing.boards import compose_mail, title_of
from analytics.report.mailing.calendar import next_due
from analytics.report.mailing.composing import FILES, params_of, query_of
from analytics.report.mailing.sending import MAY_SEE, page_link, send_now
from analytics.report.scope import NOBODY
from analytics.report.widgets import read_asked
from analytics.store.models.subscriptions import ReportDelivery, ReportRecipient, ReportSubscription
from zuka.platform import clock
from zuka.platform.admin.mails import framed, with_pictures
from zuka.platform.admin.rows import RecordAdmin, column, dialog_button, read_number
from zuka.platform.admin.rows import page_link as link_button
from zuka.platform.admin.site import BackOffice
from zuka.platform.errors import Refused
from zuka.platform.mail.rendering import render_mail

BOARDS = "dashboard:"  # before the id of a dashboard, among the choices of reports
OUTCOME_COLOURS = {
    ReportDelivery.Outcome.SENT: "success",
    ReportDelivery.Outcome.NOBODY: "warning",
    ReportDelivery.Outcome.FAILED: "danger",
}
NOW = ActionDialog(
    title="Send this report to yourself?",
    description="It goes to your own address, now. Its schedule stays as it is.",
    form_class=None,
    form_submit_text="Send",
)


class SubscriptionForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A report, when it comes, and as what."""

    asker: ClassVar[Any] = None

    report = forms.ChoiceField(
        choices=[
            *((f"{BOARDS}{each.id}", f"Dashboard: {each.title}") for each in DASHBOARDS.values()),
            *((each.id, f"{each.group}: {each.title}") for each in REPORTS.values()),
        ],
        widget=UnfoldAdminSelectWidget,
    )
    asked = forms.CharField(
        label="Parameters",
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text="As in the address of the report's page, one a line: currency=NGN. Without a period it is about the "
        "day, week or month that has just ended.",
    )
    formats = forms.MultipleChoiceField(
        label="Files", choices=list(FILES.items()), required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ReportSubscription
        fields = ("report", "asked", "cadence", "weekday", "month_day", "hour", "formats", "is_active")
        labels: ClassVar = {"weekday": "Weekday", "month_day": "Day of the month"}
        help_texts: ClassVar = {"weekday": "For every week.", "month_day": "For every month: from 1 to 28."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["asked"] = "\n".join(f"{name}={value}" for name, value in self.instance.params.items())
        if self.instance.dashboard:
            self.initial["report"] = BOARDS + self.instance.dashboard

    def clean_asked(self) -> dict[str, str]:
        """Return the parameters. Raises ValidationError for a line that is none."""
        params = {}
        for line in filter(None, (line.strip() for line in self.cleaned_data["asked"].splitlines())):
            name, sign, value = line.partition("=")
            if not sign:
                raise ValidationError(f"{line!r} is no parameter. Write it like currency=NGN.")
            params[name.strip()] = value.strip()
        return params

    def clean_hour(self) -> int:
        """Return the hour. Raises ValidationError for one that no day has."""
        hour: int = self.cleaned_data["hour"]
        if hour > 23:
            raise ValidationError("Write an hour from 0 to 23.")
        return hour

    def clean_month_day(self) -> int:
        """Return the day. Raises ValidationError for one that not every month has."""
        day: int = self.cleaned_data["month_day"]
        if not 1 <= day <= 28:
            raise ValidationError("Write a day from 1 to 28, which every month has.")
        return day

    def clean(self) -> dict[str, Any]:
        """Refuse parameters that the report does not have."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if {"report", "asked", "cadence"} <= set(values):
            named, board = values["report"], values["report"].removeprefix(BOARDS)
            self.instance.dashboard = board if board != named else ""
            values["report"] = "" if self.instance.dashboard else named
            tried = ReportSubscription(
                report=values["report"],
                dashboard=self.instance.dashboard,
                params=values["asked"],
                cadence=values["cadence"],
            )
            try:
                check_asked(tried, at=clock.now(), asker=self.asker)
            except Refused as refusal:
                self.add_error("asked", refusal.message)
        return values


def check_asked(tried: ReportSubscription, *, at: datetime, asker: Any) -> None:
    """Refuse parameters that a report or a dashboard does not have, and segments that are not the asker's. Raises
    Refused.
    """
    if tried.dashboard:
        reader = replace(NOBODY, reader=asker)
        read_asked(params_of(tried, day=clock.local_day(at)), today=clock.local_day(at), scope=reader)
    else:
        query_of(tried, due=at, limit=1, asker=asker)


class RecipientForm(forms.ModelForm):  # type: ignore[type-arg]  # as above
    """One who gets it."""

    vouched = forms.BooleanField(
        label="May have it",
        required=False,
        help_text="For an address outside: it may have the shop's figures, and its owner knows that they come.",
    )

    class Meta:
        model = ReportRecipient
        fields = ("user", "address")

    def clean(self) -> dict[str, Any]:
        """Refuse a row that names nobody or two, and an address that nobody vouches for."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        address, user = values.get("address"), values.get("user")
        if bool(address) == bool(user) and "address" not in self.errors:
            self.add_error("user", "Choose a member of staff, or write an address outside.")
        is_known = self.instance.confirmed_by_id and "address" not in self.changed_data
        if address and not values.get("vouched") and not is_known:
            self.add_error("vouched", "Say that this address may have the shop's figures.")
        return values


class RecipientRows(forms.BaseInlineFormSet):  # type: ignore[type-arg]  # as above
    """All who get it."""

    def clean(self) -> None:
        """Refuse somebody who stands in two rows: the database would, after all was written."""
        super().clean()
        seen = set()
        for form in self.forms:
            is_out = self._should_delete_form(form)  # type: ignore[attr-defined]  # the stubs leave it out
            said = {} if is_out else getattr(form, "cleaned_data", {})
            for name in ("user", "address"):
                value = said.get(name)
                if value and (name, value) in seen:
                    form.add_error(name, f"{value} is in a row above already. Take one of the two out.")
                seen.add((name, value))


class RecipientInline(TabularInline):
    """Who gets it."""

    model = ReportRecipient
    form = RecipientForm
    formset = RecipientRows
    fields = ("user", "address", "vouched", "ended_at")
    readonly_fields = ("ended_at",)
    extra = 1

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer staff only."""
        if db_field.name == "user":
            kwargs["queryset"] = db_field.related_model.objects.filter(is_staff=True).order_by("email")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ReportSubscriptionAdmin(ModelAdmin):
    """Reports by mail."""

    form = SubscriptionForm
    inlines: ClassVar = [RecipientInline]
    list_display = ("show_report", "show_when", "is_active", "due_at", "show_last", "owner")
    list_filter = ("is_active", "cadence")
    list_select_related = ("owner",)
    actions_detail = ("preview", "send_one_now")
    fields = ("report", "asked", ("cadence", "hour"), ("weekday", "month_day"), "formats", "is_active")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Return what a link from a report's page asks for."""
        given = {name: str(value) for name, value in request.GET.dict().items()}
        report = given.pop("report", "")
        return {"report": report, "asked": "\n".join(f"{name}={value}" for name, value in given.items() if value)}

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the form, which asks by the rights of whoever fills it in."""
        form = super().get_form(request, *args, **kwargs)
        form.asker = request.user
        return form

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportSubscription]:
        """Return the rows with their last sending."""
        rows: QuerySet[ReportSubscription] = super().get_queryset(request)
        return rows.prefetch_related("deliveries")

    def save_model(self, request: HttpRequest, obj: ReportSubscription, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Keep it, and reckon when it is due next."""
        now = clock.now()
        obj.params = form.cleaned_data["asked"]
        if not change:
            obj.owner_id, obj.created_at = request.user.pk, now
        obj.due_at = obj.next_attempt_at = next_due(obj, at=now)
        obj.attempts = 0
        super().save_model(request, obj, form, change)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Keep who gets it, and who vouches for addresses outside."""
        rows = formset.save(commit=False)
        changed = [row.instance for row in formset.forms if "address" in row.changed_data]
        for each in rows:
            if any(each is other for other in changed):  # somebody else's address now: vouched for anew, and not ended
                each.confirmed_by_id, each.ended_at = request.user.pk if each.address else None, None
            each.save()
        for each in formset.deleted_objects:
            each.delete()

    @column(description="Report")
    def show_report(self, row: ReportSubscription) -> str:
        """Return the title of the report or the dashboard."""
        return title_of(row)

    @column(description="When")
    def show_when(self, row: ReportSubscription) -> str:
        """Return how often, in words."""
        day = {"weekly": f" on {row.get_weekday_display()}", "monthly": f" on day {row.month_day}"}
        return f"{row.get_cadence_display()}{day.get(row.cadence, '')} at {row.hour:02}:00"

    @column(description="Last", label=OUTCOME_COLOURS)
    def show_last(self, row: ReportSubscription) -> tuple[str, str] | None:
        """Return what became of the last one."""
        last = next(iter(row.deliveries.all()), None)
        return (last.outcome, f"{last.get_outcome_display()} {clock.local_day(last.due_at)}") if last else None

    def has_see_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may see what the report says."""
        return bool(request.user.has_perm(MAY_SEE))

    @link_button(description="Preview", name="preview", permission="see")
    def preview(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Open the mail as it would be sent now."""
        return redirect(reverse("admin:report-mail", args=[read_number(object_id)]))

    @dialog_button(description="Send me one now", name="send-now", permission="see", dialog=NOW)
    def send_one_now(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Send the report to who asks."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        try:
            send_now(subscription=row, user=request.user, at=clock.now())
            messages.success(request, f"It is on its way to {request.user.email}.")  # type: ignore[union-attr]
        except Refused as refusal:
            messages.error(request, refusal.message)
        page = reverse("admin:analytics_reportsubscription_change", args=[row.pk])
        return HttpResponse(headers={"HX-Redirect": page})


class ReportDeliveryAdmin(RecordAdmin):
    """What became of each mailed report."""

    list_display = ("subscription", "due_at", "show_outcome", "mails", "message", "made_at")
    list_filter = ("outcome",)
    list_select_related = ("subscription",)
    ordering = ("-due_at", "-id")

    @column(description="Outcome", ordering="outcome", label=OUTCOME_COLOURS)
    def show_outcome(self, row: ReportDelivery) -> tuple[str, str]:
        """Return the outcome with its colour."""
        return row.outcome, row.get_outcome_display()


class MailPages:
    """The preview of a mailed report."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the address, for staff only."""
        return [path("report-mails/<int:pk>/", self.site.admin_view(self.show), name="report-mail")]

    def show(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show a mailed report as it would be sent now."""
        if not (request.user.has_perm(MAY_SEE) and request.user.has_perm("analytics.view_reportsubscription")):
            raise PermissionDenied
        row = ReportSubscription.objects.filter(pk=pk).first()
        if row is None:
            raise Http404
        facts: dict[str, Any] = {"title": "Preview", "subscription": row, "frame": "", "files": []}
        try:
            facts |= preview_of(row)
        except Refused as refusal:
            messages.error(request, refusal.message)
        return TemplateResponse(request, "analytics/report_mail.html", {**self.site.each_context(request), **facts})


def preview_of(row: ReportSubscription) -> dict[str, Any]:
    """Return a mailed report for a page. Raises Refused."""
    now = clock.now()
    report = compose_mail(row, due=now, now=now)
    mail = render_mail(report.template, {**report.context, "link": page_link(row)})
    frame: SafeString = framed(with_pictures(mail.html, report.attachments))
    names = [(each.name, f"{len(each.content) / 1000:,.0f} kB") for each in report.attachments if not each.content_id]
    return {"title": mail.subject, "frame": frame, "files": names}
