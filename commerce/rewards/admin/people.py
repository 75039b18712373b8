"""Friends who were brought, and plays of games."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget

from commerce.accounts.services import find_people
from commerce.rewards.models import GamePlay, PlayStatus, Referral, ReferralStatus
from commerce.rewards.services import GAMES, decide_referral
from zuka.platform.admin.rows import FrozenRows, RecordAdmin, column, dialog_button, read_number
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import now
from zuka.platform.errors import Refused

REFERRAL_COLOURS = {
    ReferralStatus.JOINED: "info",
    ReferralStatus.HELD: "warning",
    ReferralStatus.REWARDED: "success",
    ReferralStatus.REFUSED: "danger",
}
PLAY_COLOURS = {PlayStatus.OPEN: "info", PlayStatus.FINISHED: "success", PlayStatus.REFUSED: "danger"}


class ReasonForm(BaseDialogForm):
    """Why a referral is refused."""

    reason = forms.CharField(label="Why", max_length=100, widget=UnfoldAdminTextInputWidget())


REWARD = ActionDialog(
    title="Reward both?",
    description="Both get their points now. Look at the reason first: a family may share an address.",
    form_class=None,
    form_submit_text="Reward both",
)
REFUSE = ActionDialog(
    title="Refuse this referral?",
    description="Nobody gets points for it. This cannot be undone.",
    form_class=ReasonForm,
    form_submit_text="Refuse",
)


def referrals_by(words: str) -> QuerySet[Referral]:
    """Return the referrals of people found by name, e-mail or phone, who brought somebody."""
    return Referral.objects.filter(referrer__in=find_people(words).values("pk")).order_by("-id")


def referrals_of(words: str) -> QuerySet[Referral]:
    """Return the referrals of people found by name, e-mail or phone, who came."""
    return Referral.objects.filter(referred__in=find_people(words).values("pk")).order_by("-id")


@admin.register(Referral)
class ReferralAdmin(FrozenRows, SearchedAdmin):
    """Friends who came by a code; those that are held wait for a decision."""

    list_display = ("joined_at", "referrer", "referred", "show_status", "reason", "order_number", "decided_at")
    list_filter = ("status", "joined_at")
    list_select_related = ("referrer", "referred")
    search_routes = (Route("who brought them", referrals_by), Route("who came", referrals_of))
    search_icon = "group_add"
    ordering = ("-id",)
    actions_detail = ("reward", "refuse")
    fields = (
        ("referrer", "referred"),
        ("status", "reason"),
        ("joined_at", "order_number"),
        ("decided_at", "decided_by"),
    )

    def has_decide_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may decide on referrals."""
        return request.user.has_perm("commerce.change_referral")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of one that is held."""
        referral = self.get_object(request, str(object_id))
        is_held = referral is not None and referral.status == ReferralStatus.HELD
        return super().get_actions_detail(request, object_id) if is_held else []

    @dialog_button(description="Reward both", name="reward", permission="decide", dialog=REWARD)
    def reward(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Give both their points."""
        return self.decide(request, object_id, is_approved=True)

    @dialog_button(description="Refuse", name="refuse", permission="decide", dialog=REFUSE)
    def refuse(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        """Give nobody points."""
        return self.decide(request, object_id, is_approved=False, reason=form.cleaned_data["reason"])

    def decide(self, request: HttpRequest, object_id: str, *, is_approved: bool, reason: str = "") -> HttpResponse:
        """Decide, note it in the history, and say what came of it."""
        referral = get_object_or_404(Referral, pk=read_number(object_id))
        staff_id = request.user.pk
        assert staff_id is not None
        try:
            referral = decide_referral(
                referral=referral, is_approved=is_approved, at=now(), staff_id=staff_id, reason=reason
            )
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            self.log_change(request, referral, f"{referral.get_status_display()}.")
            messages.success(request, f"{referral.get_status_display()}.")
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_referral_change", args=[referral.pk])})

    @column(description="Status", ordering="status", label=REFERRAL_COLOURS)
    def show_status(self, referral: Referral) -> tuple[str, str]:
        """Return the status with its colour."""
        return referral.status, referral.get_status_display()


class GameFilter(admin.SimpleListFilter):
    """Which game was played."""

    title = "game"
    parameter_name = "game"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return the games of the table."""
        return [(game.name, game.title) for game in GAMES.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the plays of a game."""
        return queryset.filter(game=self.value()) if self.value() else queryset


@admin.register(GamePlay)
class GamePlayAdmin(RecordAdmin):
    """Plays, and why results were refused."""

    list_display = ("started_at", "user", "show_game", "show_status", "show_seconds", "score", "points", "refusal")
    list_filter = ("status", GameFilter, "started_at")
    list_select_related = ("user",)
    ordering = ("-started_at",)
    fields = (
        ("user", "game"),
        ("status", "refusal"),
        ("started_at", "finished_at", "expires_at"),
        ("score", "points"),
    )

    @column(description="Game", ordering="game")
    def show_game(self, play: GamePlay) -> str:
        """Return the game's title."""
        return GAMES[play.game].title if play.game in GAMES else play.game

    @column(description="Seconds")
    def show_seconds(self, play: GamePlay) -> str:
        """Return how long it took."""
        return f"{(play.finished_at - play.started_at).total_seconds():.0f}" if play.finished_at else ""

    @column(description="Status", ordering="status", label=PLAY_COLOURS)
    def show_status(self, play: GamePlay) -> tuple[str, str]:
        """Return the status with its colour."""
        return play.status, play.get_status_display()
