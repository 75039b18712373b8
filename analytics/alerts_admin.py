"""Alerts in the back office: rules that staff make, and what they told."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminSelectWidget

from analytics.report.alerts import evaluate_alert, find_metric, is_by_day, metric_choices
from analytics.report.narrowed import SegmentError, refuse_segment, visible_segments
from analytics.report.scope import scope_of
from analytics.store.models import Alert, AlertFiring, Segment
from zuka.platform import clock
from zuka.platform.admin.key_forms import LinesField
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.webhooks import BadAddress, look_up, read_target

MOST_RECIPIENTS = 20
KIND_COLOURS = {"on": "success", "off": "warning"}


class AlertForm(forms.ModelForm):  # type: ignore[type-arg]
    """What an alert is on, and who is told."""

    metric = forms.ChoiceField(
        choices=lambda: [("", "–"), *metric_choices()],
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text="For limits and the unusual. Keys, jobs and queries need none.",
    )
    segment = forms.ModelChoiceField(
        label="People",
        queryset=Segment.objects.none(),
        required=False,
        empty_label="Everybody",
        widget=UnfoldAdminSelectWidget,
        help_text="Of a segment of yours, or one that is shared with you, those alone.",
    )
    recipients = LinesField(required=False, help_text="E-mail addresses, one a line.")

    class Meta:
        model = Alert
        fields = (
            "name",
            "kind",
            "metric",
            "segment",
            "window",
            "threshold",
            "recipients",
            "webhook_url",
            "every_hours",
            "is_enabled",
        )
        help_texts = {
            "threshold": "For limits: in naira, per cent or pieces, as the figure is shown.",
            "webhook_url": "Gets JSON by POST. X-Zuka-Signature is t=…,v1=… with the HMAC-SHA256, in hex, of “t.body” "
            "by the secret, which this page shows once it is saved.",
            "window": "For limits. The unusual is yesterday, beside the same weekday of the eight weeks before.",
        }

    asker: ClassVar[Any] = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = visible_segments(scope_of(self.asker)).values("pk") if self.asker else Segment.objects.none().values("pk")
        field: Any = self.fields["segment"]
        # What a colleague has chosen stays, whoever changes the rest.
        field.queryset = Segment.objects.filter(Q(pk__in=own) | Q(pk=self.instance.segment_id))

    def clean_recipients(self) -> list[str]:
        """Return the addresses. Raises ValidationError, which names the one that is none."""
        addresses: list[str] = self.cleaned_data["recipients"]
        if len(addresses) > MOST_RECIPIENTS:
            raise ValidationError(f"At most {MOST_RECIPIENTS} addresses.")
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                raise ValidationError(f"“{address}” is no e-mail address.") from error
        return addresses

    def clean_webhook_url(self) -> str:
        """Return the address. Raises ValidationError for one that we do not call."""
        url: str = self.cleaned_data["webhook_url"]
        try:
            if url:
                look_up(read_target(url))
        except BadAddress as error:
            raise ValidationError(str(error)) from error
        return url

    def clean(self) -> dict[str, Any]:
        """Hold the fields against the kind."""
        said: dict[str, Any] = super().clean() or {}
        kind, metric = said.get("kind"), said.get("metric")
        if kind in {Alert.Kind.SILENT_KEYS, Alert.Kind.FAILED_JOBS, Alert.Kind.SLOW_QUERIES}:
            return said | {"metric": "", "threshold": None, "segment": None}
        if not metric:
            self.add_error("metric", "Choose the figure.")
        elif kind == Alert.Kind.ANOMALY and not is_by_day(metric):
            self.add_error("metric", "Weekdays are compared for figures by day; choose one of a report by day.")
        if metric and said.get("segment"):
            self.check_people(metric)
        if kind in {Alert.Kind.ABOVE, Alert.Kind.BELOW} and said.get("threshold") is None:
            self.add_error("threshold", "Say the limit.")
        return said

    def check_people(self, metric: str) -> None:
        """Refuse a segment beside a figure that is not kept by person."""
        try:
            refuse_segment(find_metric(metric)[0])
        except SegmentError as refusal:
            self.add_error("segment", str(refusal))


@admin.register(Alert)
class AlertAdmin(ModelAdmin):
    """What staff want to be told of."""

    form = AlertForm
    list_display = ("name", "kind", "metric", "segment", "show_state", "every_hours", "last_fired_at")
    list_filter = ("kind", "is_enabled")
    actions = ("check_now",)
    list_select_related = ("segment",)
    readonly_fields = ("show_secret",)

    def get_form(self, request: HttpRequest, obj: Alert | None = None, **kwargs: Any) -> Any:
        """Return the form with the segments of whoever fills it in."""
        form: Any = super().get_form(request, obj, **kwargs)
        form.asker = request.user
        return form

    def get_fields(self, request: HttpRequest, obj: Alert | None = None) -> tuple[str, ...]:
        """Return the form's fields, with the secret for those who may change what it signs."""
        is_shown = obj is not None and obj.webhook_url and self.has_change_permission(request, obj)
        return (*AlertForm.Meta.fields, *(("show_secret",) if is_shown else ()))

    @column(description="Webhook's secret")
    def show_secret(self, alert: Alert) -> str:
        """Return what proves our messages to the webhook."""
        return alert.webhook_secret

    @column(description="State", ordering="is_enabled", label=KIND_COLOURS)
    def show_state(self, alert: Alert) -> tuple[str, str]:
        """Return whether the alert is on."""
        return ("on", "On") if alert.is_enabled else ("off", "Off")

    @admin.action(description="Check now", permissions=["change"])
    def check_now(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        """Read the chosen alerts; what there is to tell is told, as often as it may be."""
        told = [firing for each in alerts if (firing := evaluate_alert(alert=each, at=clock.now()))]
        messages.success(request, f"{len(told)} told." if told else "There is nothing new to tell.")


@admin.register(AlertFiring)
class AlertFiringAdmin(RecordAdmin):
    """What alerts told."""

    list_display = ("fired_at", "alert", "message", "call", "call_error")
    list_filter = ("alert", "call")
    list_select_related = ("alert",)
    ordering = ("-fired_at", "-id")
