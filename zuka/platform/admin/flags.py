"""Flags in the back office: make one, start it, watch its experiment, end it, or switch it off at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
)

from zuka.platform import clock
from zuka.platform.admin.key_forms import LinesField, PairsField
from zuka.platform.admin.rows import column, dialog_button, read_number
from zuka.platform.countries import read_country
from zuka.platform.errors import Refused
from zuka.platform.flags.changing import check_variants, edit_flag, end_flag, set_killed, start_flag
from zuka.platform.flags.models import FeatureFlag
from zuka.platform.models import ApiKey

STATES = {"draft": "Draft", "running": "Running", "killed": "Switched off", "kept": "Ended, one kept", "ended": "Ended"}
STATE_COLOURS = {"draft": "info", "running": "success", "killed": "danger", "kept": "success", "ended": "warning"}
HUNDRED = 100  # basis points in a per cent
OFF_IN_BROWSERS = (
    "In browsers this flag is always off: flags.js asks without a session and says no attributes, so it is nobody's "
    "who is signed in, in a group, or an app. Apps that ask with X-Session-Token, or with attributes, have it."
)
SHOWN_AS = {"rollout": "rollout_percent", "least_effect": "effect_percent"}
VARIANT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def state_of(flag: FeatureFlag) -> str:
    """Return where a flag stands."""
    if flag.is_killed:
        return "killed"
    if flag.ended_at:
        return "kept" if flag.kept_variant else "ended"
    return "running" if flag.started_at else "draft"


class WeightsField(PairsField):
    """Variants with their weights, one `name = weight` a line, the control first."""

    def prepare_value(self, value: Any) -> Any:
        """Return pairs as lines."""
        return "\n".join(f"{name} = {weight}" for name, weight in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Return lines as pairs. Raises ValidationError for what is no name with a number."""
        found = []
        for line in LinesField.to_python(self, value):
            name, _, weight = (part.strip() for part in line.partition("="))
            if not VARIANT.fullmatch(name) or len(name) > 60 or not (weight.isascii() and weight.isdigit()):
                raise ValidationError(f"“{line}” is no variant; write it like control = 50, in small letters.")
            found.append([name, int(weight[:9])])
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Say whether the pairs differ, whatever their spaces."""
        try:
            return bool([list(each) for each in initial or []] != self.to_python(data))
        except ValidationError:  # what cannot be read differs
            return True


class AttributesField(PairsField):
    """What apps must say of themselves, one `name = value, value` a line."""

    def prepare_value(self, value: Any) -> Any:
        """Return a table as lines."""
        if not isinstance(value, dict):
            return value
        return "\n".join(f"{name} = {', '.join(allowed)}" for name, allowed in value.items())

    def to_python(self, value: Any) -> Any:
        """Return lines as a table of lists."""
        pairs = super().to_python(value)
        return {name: [part.strip() for part in each.split(",") if part.strip()] for name, each in pairs.items()}


def percent_field(label: str, text: str, *, least: float, initial: float) -> forms.DecimalField:
    """Return a field of per cent with two places; flags keep basis points."""
    return forms.DecimalField(
        label=label,
        min_value=least,
        max_value=100,
        decimal_places=2,
        initial=initial,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=text,
    )


class FlagForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """What a flag is."""

    variants = WeightsField(
        required=False,
        help_text="One a line with its weight, the control (what there is now) first: control = 50. Empty: on or off.",
    )
    rollout_percent = percent_field(
        "Shown to, in %", "Of those whom it is for. More keeps everybody who has it already.", least=0, initial=100
    )
    effect_percent = percent_field(
        "Smallest difference that matters, in points",
        "Of the share of people who order: from 5 % to 7 % are 2 points. The conclusion of the experiment goes by it; "
        "fix it before the start.",
        least=0.01,
        initial=2,
    )
    tiers = forms.MultipleChoiceField(
        choices=ApiKey.Tier.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Of the key that an app or page asks with.",
    )
    countries = LinesField(required=False, help_text="Two letters each, one a line: NG. Needs GEOIP_PATH.")
    groups = LinesField(required=False, help_text="Groups of accounts, one a line: Owner. For staff who look first.")
    attributes = AttributesField(
        required=False, help_text="What apps must say of themselves, one a line: platform = ios, android."
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = FeatureFlag
        fields = ("name", "text", "unit", "variants", "tiers", "countries", "groups", "attributes", "is_public")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["rollout_percent"] = self.instance.rollout / HUNDRED
            self.initial["effect_percent"] = self.instance.least_effect / HUNDRED
            self.initial["seen"] = self.instance.revision

    def clean_variants(self) -> list[list[Any]]:
        """Return the variants. Raises ValidationError for what is no choice."""
        found: list[list[Any]] = self.cleaned_data["variants"]
        try:
            check_variants([(name, weight) for name, weight in found])
        except Refused as refusal:
            raise ValidationError(refusal.message) from refusal
        return found

    def clean_countries(self) -> list[str]:
        """Return countries. Raises ValidationError for what has not two letters."""
        return [read_country(each) for each in self.cleaned_data["countries"]]

    def values(self) -> dict[str, Any]:
        """Return what the flag's fields are to be."""
        said = self.cleaned_data
        own = {name: said[name] for name in self.Meta.fields if name in said}
        rollout, effect = (round(said[name] * HUNDRED) for name in ("rollout_percent", "effect_percent"))
        return {**own, "rollout": rollout, "least_effect": effect}

    def clean(self) -> dict[str, Any]:
        """Save a flag that there is already, unless a colleague changed it or it would move people."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors or not self.instance.pk:
            return said
        values = {name: value for name, value in self.values().items() if name != "name"}
        try:
            self.edited = edit_flag(flag_id=self.instance.pk, seen=said.get("seen") or 0, values=values)
        except Refused as refusal:
            field = SHOWN_AS.get(refusal.field or "", refusal.field)
            self.add_error(field if field in self.fields else None, refusal.message)
        return said


class EndForm(BaseDialogForm):
    """What is kept when a flag ends."""

    keep = forms.ChoiceField(label="Keep for everybody", required=False, widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        flag = FeatureFlag.objects.filter(pk=read_number(self.object_id)).first()
        names = [(name, name) for name, _ in flag.variants] if flag else []
        self.fields["keep"].choices = [("", "Nothing: it is off"), *names]


def plain_dialog(title: str, text: str, button: str) -> ActionDialog:
    """Return a dialog that asks for nothing but a yes."""
    return ActionDialog(title=title, description=text, form_class=None, form_submit_text=button)


START = plain_dialog("Start it?", "Its variants and whom it is drawn by then stay as they are.", "Start")
KILL = plain_dialog("Switch it off?", "It is off for everybody within a second, until it is switched on again.", "Off")
REVIVE = plain_dialog("Switch it on again?", "Everybody has what they had before.", "On")
END = ActionDialog(
    title="End it for good?", description="A new question is a new flag.", form_class=EndForm, form_submit_text="End it"
)


@admin.register(FeatureFlag)
class FlagAdmin(ModelAdmin):
    """Flags and experiments."""

    form = FlagForm
    list_display = ("name", "text", "show_state", "show_rollout", "show_variants", "started_at")
    list_filter = ("unit", "is_public")
    search_fields = ("name", "text")
    actions_detail = ("start", "kill", "revive", "end")
    fieldsets = (
        (None, {"fields": ("show_standing", ("name", "unit"), "text", "variants", "rollout_percent", "seen")}),
        ("Experiment", {"fields": ("effect_percent",)}),
        ("Only for", {"fields": ("tiers", "countries", "groups", "attributes")}),
        ("Who may know", {"fields": ("is_public",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: FeatureFlag | None = None) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        """Fix the name that code asks for."""
        return ("show_standing", "name") if obj else ("show_standing",)

    def has_delete_permission(self, request: HttpRequest, obj: FeatureFlag | None = None) -> bool:
        """A flag that was started is ended, not deleted: people saw it."""
        return bool(super().has_delete_permission(request, obj)) and (obj is None or obj.started_at is None)

    def get_actions(self, request: HttpRequest) -> Any:
        """Leave out the deletion of many, which would not look at each."""
        return {name: each for name, each in super().get_actions(request).items() if name != "delete_selected"}

    def has_run_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may start, end and switch off."""
        return bool(request.user.has_perm("platform.change_featureflag"))

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons that fit where the flag stands."""
        flag = self.get_object(request, str(object_id))
        fits = {
            "draft": {"start"},
            "running": {"kill", "end"},
            "killed": {"revive"} | ({"end"} if flag and flag.started_at and not flag.ended_at else set()),
            "kept": {"kill"},
            "ended": set(),
        }
        open_ones = fits[state_of(flag)] if flag else set()
        return [button for button in super().get_actions_detail(request, object_id) if button.path in open_ones]

    def save_model(self, request: HttpRequest, obj: FeatureFlag, form: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Save a new flag; one that there was already is saved by the form, under its lock."""
        if not change:
            values = form.values()
            obj.rollout, obj.least_effect = values["rollout"], values["least_effect"]
            super().save_model(request, obj, form, change)
        said = form.cleaned_data
        if said["is_public"] and (said["unit"] == FeatureFlag.Unit.USER or said["groups"] or said["attributes"]):
            messages.warning(request, OFF_IN_BROWSERS)

    @column(description="State", label=STATE_COLOURS)
    def show_state(self, flag: FeatureFlag) -> tuple[str, str]:
        """Return where it stands, with its colour."""
        state = state_of(flag)
        return state, STATES[state]

    @column(description="Shown to", ordering="rollout")
    def show_rollout(self, flag: FeatureFlag) -> str:
        """Return the part of people who have it."""
        return f"{flag.rollout / HUNDRED:g} %"

    @column(description="Variants")
    def show_variants(self, flag: FeatureFlag) -> str:
        """Return the variants' names."""
        return ", ".join(name for name, _ in flag.variants) or "On or off"

    @column(description="Now")
    def show_standing(self, flag: FeatureFlag) -> SafeString | str:
        """Return where it stands, since when, and the way to its experiment."""
        if not flag.pk:
            return "A draft until it is started: nobody sees it."
        words = {
            "draft": "A draft: nobody sees it.",
            "running": f"Running since {moment_text(flag.started_at)}, for {self.show_rollout(flag)}.",
            "killed": "Switched off for everybody.",
            "kept": f"Ended {moment_text(flag.ended_at)}. Everybody has {flag.kept_variant}.",
            "ended": f"Ended {moment_text(flag.ended_at)}. It is off.",
        }[state_of(flag)]
        address = experiment_page(flag)
        link = '{} <a class="text-link" href="{}">See its experiment</a>'
        return format_html(link, words, address) if address else words

    @dialog_button(description="Start", name="start", permission="run", dialog=START)
    def start(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Start it."""
        return self.carry_out(request, object_id, lambda pk: start_flag(flag_id=pk, at=clock.now()), "runs")

    @dialog_button(description="Switch off", name="kill", permission="run", dialog=KILL)
    def kill(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Switch it off for everybody."""
        return self.carry_out(request, object_id, lambda pk: set_killed(flag_id=pk, is_killed=True), "is off")

    @dialog_button(description="Switch on again", name="revive", permission="run", dialog=REVIVE)
    def revive(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Let it go on as before."""
        return self.carry_out(request, object_id, lambda pk: set_killed(flag_id=pk, is_killed=False), "is as before")

    @dialog_button(description="End", name="end", permission="run", dialog=END)
    def end(self, request: HttpRequest, form: BaseDialogForm, object_id: str) -> HttpResponse:
        """End it for good."""
        keep, at = form.cleaned_data["keep"], clock.now()
        return self.carry_out(request, object_id, lambda pk: end_flag(flag_id=pk, keep=keep, at=at), "has ended")

    def carry_out(
        self, request: HttpRequest, object_id: str, step: Callable[[int], FeatureFlag], said: str
    ) -> HttpResponse:
        """Take a flag a step further, note who did, and load its page again."""
        pk = read_number(object_id)
        try:
            flag = step(pk)
            self.log_change(request, flag, f"It {said}.")
            messages.success(request, f"{flag.name} {said}.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return HttpResponse(headers={"HX-Redirect": reverse("admin:platform_featureflag_change", args=[pk])})


def moment_text(moment: Any) -> str:
    """Return a moment as staff read it."""
    return f"{moment.astimezone(clock.shop_zone()):%-d %B %Y, %H:%M}" if moment else "–"


def experiment_page(flag: FeatureFlag) -> str:
    """Return the address of a flag's report over its own days; empty for what is no experiment."""
    if not flag.started_at or not flag.variants:
        return ""
    first, last = clock.local_day(flag.started_at), clock.local_day(flag.ended_at or clock.now())
    return f"{reverse('admin:index')}reports/experiments/?experiment={flag.name}&from={first}&to={last}"
