"""The ledger of points, and what staff give or take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm

from commerce.accounts.services import find_people
from commerce.rewards.models import AdjustmentStatus, PointsAdjustment, PointsEntry
from commerce.rewards.services import RULES, adjust_points, decide_adjustment
from zuka.platform.admin.rows import FrozenRows, column, dialog_button, read_number
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import now
from zuka.platform.errors import Refused

COLOURS = {
    AdjustmentStatus.ASKED: "warning",
    AdjustmentStatus.APPLIED: "success",
    AdjustmentStatus.DECLINED: "danger",
}


def entries_of(words: str) -> QuerySet[PointsEntry]:
    """Return the changes of people found by name, e-mail or phone, the newest first."""
    return PointsEntry.objects.filter(user__in=find_people(words).values("pk")).order_by("-id")


def entries_for(words: str) -> QuerySet[PointsEntry]:
    """Return the changes of an order, by its number as it is written."""
    kinds = ("order", "checkout", "checkout_back", "order_back")
    return PointsEntry.objects.filter(source_type__in=kinds, source_id__startswith=words.upper()).order_by("-id")


def adjustments_of(words: str) -> QuerySet[PointsAdjustment]:
    """Return what staff gave or took of people found by name, e-mail or phone."""
    return PointsAdjustment.objects.filter(user__in=find_people(words).values("pk")).order_by("-id")


class SourceFilter(admin.SimpleListFilter):
    """For what points came or went."""

    title = "for"
    parameter_name = "for"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the kinds of the table of rules."""
        return [(rule.name, rule.title) for rule in RULES.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the changes of a kind."""
        return queryset.filter(source_type=self.value()) if self.value() else queryset


@admin.register(PointsEntry)
class PointsEntryAdmin(FrozenRows, SearchedAdmin):
    """Every change of points: read, never written."""

    list_display = ("occurred_at", "user", "show_source", "show_points", "xp", "balance_after", "expires_at", "note")
    list_filter = (SourceFilter, "occurred_at")
    list_select_related = ("user",)
    search_routes = (Route("name, e-mail or phone", entries_of), Route("order number", entries_for))
    search_icon = "stars"
    ordering = ("-id",)
    fields = (
        ("user", "occurred_at"),
        ("show_source", "source_id"),
        ("points", "xp", "balance_after"),
        ("expires_at", "actor"),
        "note",
    )
    readonly_fields = ("show_source",)

    @column(description="For", ordering="source_type")
    def show_source(self, entry: PointsEntry) -> str:
        """Return for what it was, in words."""
        return RULES[entry.source_type].title if entry.source_type in RULES else entry.source_type

    @column(description="Points", ordering="points")
    def show_points(self, entry: PointsEntry) -> str:
        """Return the points with their sign."""
        return f"{entry.points:+,}"


class AdjustmentForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """Whose points are changed, by how many, and why."""

    def clean_points(self) -> int:
        """Refuse a change of nothing."""
        points: int = self.cleaned_data["points"]
        if points == 0:
            raise forms.ValidationError("Write how many points; less than zero takes them away.")
        return points

    def clean(self) -> dict[str, Any]:
        """Refuse to take more than there is; the service has the last word."""
        said: dict[str, Any] = super().clean() or {}
        user, points = said.get("user"), said.get("points") or 0
        if user and -points > user.reward_points:
            self.add_error("points", f"They have {user.reward_points:,} points; take no more.")
        return said


DIALOGS = {
    "approve": ActionDialog(
        title="Approve these points?",
        description="A colleague has asked for them. They are given or taken at once.",
        form_class=None,
        form_submit_text="Approve",
    ),
    "decline": ActionDialog(
        title="Decline these points?",
        description="Nothing changes for the customer. Your own you withdraw like this.",
        form_class=None,
        form_submit_text="Decline",
    ),
}


@admin.register(PointsAdjustment)
class PointsAdjustmentAdmin(SearchedAdmin):
    """Points that staff give or take with their reason; many need a colleague."""

    form = AdjustmentForm
    list_display = ("asked_at", "user", "show_points", "reason", "show_status", "asked_by", "decided_by")
    list_filter = ("status", "asked_at")
    list_select_related = ("user", "asked_by", "decided_by")
    search_routes = (Route("name, e-mail or phone", adjustments_of),)
    search_icon = "exposure"
    ordering = ("-id",)
    autocomplete_fields = ("user",)
    actions_detail = ("approve", "decline")

    def get_fields(self, request: HttpRequest, obj: PointsAdjustment | None = None) -> Any:  # noqa: ARG002 - Django's signature
        """Return what is asked for; of one that was written, what became of it too."""
        asked = ["user", "points", "reason"]
        return [*asked, "status", ("asked_by", "asked_at"), ("decided_by", "decided_at")] if obj else asked

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """What was written stays: another one takes it back."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """What was written stays."""
        return False

    def has_decide_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may give or take points."""
        return request.user.has_perm("commerce.add_pointsadjustment")

    def save_model(self, request: HttpRequest, obj: PointsAdjustment, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Give or take the points, or ask a colleague; a refusal is said and nothing is written."""
        staff_id = request.user.pk
        assert staff_id is not None
        try:
            made = adjust_points(user=obj.user, points=obj.points, reason=obj.reason, at=now(), staff_id=staff_id)
        except Refused as refusal:
            messages.error(request, refusal.message)
            obj.pk = None
            return
        obj.pk, obj.status = made.pk, made.status
        if made.status == AdjustmentStatus.ASKED:
            messages.info(request, "A colleague has to approve this; it is asked for.")

    def log_addition(self, request: HttpRequest, obj: PointsAdjustment, message: Any) -> Any:
        """Note in the history what was written, and nothing where it was refused."""
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(self, request: HttpRequest, obj: PointsAdjustment, post_url_continue: Any = None) -> HttpResponse:
        """Say that it was written, or show the empty form again beside the refusal."""
        if obj.pk:
            answer: HttpResponse = super().response_add(request, obj, post_url_continue)
            return answer
        return HttpResponseRedirect(request.path)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of what waits; nobody approves their own."""
        asked = self.get_object(request, str(object_id))
        if asked is None or asked.status != AdjustmentStatus.ASKED:
            return []
        is_own = asked.asked_by_id == request.user.pk
        buttons = super().get_actions_detail(request, object_id)
        return [each for each in buttons if not (is_own and each.path == "approve")]

    @dialog_button(description="Approve", name="approve", permission="decide", dialog=DIALOGS["approve"])
    def approve(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Give or take the points."""
        return self.decide(request, object_id, is_approved=True)

    @dialog_button(description="Decline", name="decline", permission="decide", dialog=DIALOGS["decline"])
    def decline(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Leave the points as they are."""
        return self.decide(request, object_id, is_approved=False)

    def decide(self, request: HttpRequest, object_id: str, *, is_approved: bool) -> HttpResponse:
        """Decide, note it in the history, and say what came of it."""
        asked = get_object_or_404(PointsAdjustment, pk=read_number(object_id))
        staff_id = request.user.pk
        assert staff_id is not None
        try:
            asked = decide_adjustment(asked=asked, is_approved=is_approved, at=now(), staff_id=staff_id)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            self.log_change(request, asked, f"{asked.get_status_display()}.")
            messages.success(request, f"{asked.points:+,} points: {asked.get_status_display()}.")
        page = reverse("admin:commerce_pointsadjustment_change", args=[asked.pk])
        return HttpResponse(headers={"HX-Redirect": page})

    @column(description="Points", ordering="points")
    def show_points(self, asked: PointsAdjustment) -> str:
        """Return the points with their sign."""
        return f"{asked.points:+,}"

    @column(description="Status", ordering="status", label=COLOURS)
    def show_status(self, asked: PointsAdjustment) -> tuple[str, str]:
        """Return the status with its colour."""
        return asked.status, asked.get_status_display()
