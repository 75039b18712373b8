"""Rejected events in the back office: see why and what was sent; mend some or many, and replay them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from analytics.ingest.replay import Mend, Replayed, replay_events, try_events
from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import Reason
from analytics.report.wording import json_text
from analytics.store.models import RejectedEvent
from zuka.platform import clock
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.keys.finding import forget_keys

# Our own fault, not the client's.
REASON_COLOURS = {Reason.NO_PARTITION.value: "danger", Reason.STORAGE_ERROR.value: "danger"}
REPLAY_COLOURS = {"accepted": "success", "duplicate": "info"}
MOST_AT_ONCE = 5_000
SAMPLE = 200


class MendForm(forms.Form):
    """How chosen events are mended."""

    rename = forms.CharField(
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"list": "event-types"}),
        help_text="Read them under this name, for example product.viewed. Empty: as they are called.",
    )
    remember = forms.BooleanField(
        required=False,
        widget=UnfoldBooleanWidget,
        label="From now on",
        help_text="Keep the new name as their key's own, so that later events are taken at once.",
    )
    drop_field = forms.CharField(
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget,
        label="Leave out",
        help_text="A property to leave out, for example price or address.street. Empty: none.",
    )

    def clean(self) -> dict[str, Any]:
        """Refuse to remember a name that is not given."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if values.get("remember") and not values.get("rename"):
            raise ValidationError({"rename": "Say which name to keep."})
        return values

    def mend(self) -> Mend:
        """Return what was asked for."""
        values = self.cleaned_data
        return Mend(rename=values["rename"], remember=values["remember"], drop_field=values["drop_field"])


class ReplayedFilter(admin.SimpleListFilter):
    """Whether an event was replayed."""

    title = "replayed"
    parameter_name = "replayed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return both states."""
        return [("no", "Waiting"), ("yes", "Replayed")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Return the rows of the chosen state."""
        if self.value() in {"no", "yes"}:
            return queryset.filter(replayed_at__isnull=self.value() == "no")
        return queryset


class RejectedEventAdmin(RecordAdmin):
    """Events that were refused, with the reason, as they were sent."""

    list_display = ("received_at", "show_reason", "stage", "source_name", "door", "message", "show_replay")
    search_fields = ("=message_id", "=source_name")
    search_help_text = "The whole message id or name of an event"
    ordering = ("-received_at", "-id")
    actions = ("mend_and_replay",)
    fields = (
        ("received_at", "door"),
        ("reason", "stage", "field"),
        "message",
        ("source_name", "message_id"),
        ("source_key", "id"),
        ("replayed_at", "replay"),
        "show_payload",
    )
    readonly_fields = ("show_payload",)

    @column(description="Reason", ordering="reason", label=REASON_COLOURS)
    def show_reason(self, event: RejectedEvent) -> tuple[str, str]:
        """Return the reason in words."""
        return event.reason, event.get_reason_display()

    @column(description="Replayed", ordering="replayed_at", label=REPLAY_COLOURS)
    def show_replay(self, event: RejectedEvent) -> tuple[str, str] | None:
        """Return what became of a replay."""
        return (event.replay, event.get_replay_display()) if event.replay else None

    @column(description="As it was sent")
    def show_payload(self, event: RejectedEvent) -> SafeString:
        """Return what was sent, indented when it is JSON."""
        return format_html('<pre class="sent-document">{}</pre>', readable_payload(event.payload))

    def has_mend_permission(self, request: HttpRequest) -> bool:
        """Say whether somebody may mend and replay: who may change rejected events."""
        return request.user.has_perm("analytics.change_rejectedevent")

    @admin.action(description="Mend and replay", permissions=["mend"])
    def mend_and_replay(self, request: HttpRequest, events: QuerySet[RejectedEvent]) -> HttpResponse | None:
        """Ask how, show what would become of them, then replay."""
        ids = list(events.filter(replayed_at=None).order_by("id").values_list("id", flat=True)[: MOST_AT_ONCE + 1])
        if not ids:
            messages.info(request, "These were replayed before.")
            return None
        is_cut, ids = len(ids) > MOST_AT_ONCE, ids[:MOST_AT_ONCE]
        form = MendForm(request.POST if "try" in request.POST or "replay" in request.POST else None)
        if form.is_bound and form.is_valid() and "replay" in request.POST:
            done = replay_events(ids=ids, mend=form.mend(), at=clock.now())
            forget_keys()
            tell(request, done)
            return HttpResponseRedirect(request.get_full_path())
        context = {
            **self.admin_site.each_context(request),
            "title": "Mend and replay",
            "opts": self.opts,
            "form": form,
            "number": len(ids),
            "is_cut": is_cut,
            "most": MOST_AT_ONCE,
            "chosen": request.POST.getlist("_selected_action"),
            "is_across": request.POST.get("select_across") == "1",
            "event_types": list(EVENT_TYPES),
            "trial": try_some(ids, form.mend()) if form.is_bound and form.is_valid() else try_some(ids, Mend()),
        }
        return TemplateResponse(request, "analytics/mend.html", context)


def try_some(ids: Sequence[UUID], mend: Mend) -> dict[str, Any]:
    """Return what would become of the first of some events, and why those are refused that would be again."""
    rows = list(RejectedEvent.objects.filter(id__in=ids[:SAMPLE]).order_by("id"))
    tried = try_events(rows, mend)
    accepted = sum(1 for _, outcome in tried if outcome and outcome.accepted)
    problems = {
        outcome.rejected[0].message if outcome and outcome.rejected else "It could not be read, or its key is gone."
        for _, outcome in tried
        if not (outcome and outcome.accepted)
    }
    return {"tried": len(tried), "accepted": accepted, "problems": sorted(problems)[:5]}


def tell(request: HttpRequest, done: Replayed) -> None:
    """Say what became of a replay."""
    if done.accepted or done.duplicate:
        messages.success(request, f"{done.accepted} stored, {done.duplicate} were stored before.")
    if done.refused:
        messages.warning(request, f"{done.refused} were refused again: {' '.join(done.problems[:3])}")


def readable_payload(payload: str) -> str:
    """Return a payload for reading: JSON indented, anything else as it came."""
    try:
        return json_text(json.loads(payload))
    except (ValueError, RecursionError):  # shown as it came
        return payload
