"""Settings in the back office: what each is now, what it was, who changed it and why; change it, take that back."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from zuka.platform import clock
from zuka.platform.admin.rows import RecordAdmin, column, read_number
from zuka.platform.admin.site import BackOffice, add_pages
from zuka.platform.errors import Refused
from zuka.platform.live_settings.changing import change_setting, environment_text, undo_change
from zuka.platform.live_settings.models import SettingChange
from zuka.platform.live_settings.reading import LIVE_SETTINGS, is_pinned
from zuka.platform.money import format_money
from zuka.platform.setting_kinds import InvalidValue, Setting

MAY_SEE, MAY_SET = "platform.view_settingchange", "platform.add_settingchange"


def shown_text(setting: Setting, value: str | None) -> str:
    """Return a value for people: kobo as naira, nothing as a dash."""
    if not value:
        return "–"
    if setting.name.endswith("_KOBO") and value.isdecimal():
        return f"{value} ({format_money(int(value), settings.SHOP_CURRENCY)})"
    return value


@dataclass(frozen=True, slots=True)
class Shown:
    """A setting as the page shows it: its text now, that of the environment, and the change that holds."""

    setting: Setting
    change: SettingChange | None

    @property
    def is_pinned(self) -> bool:
        """Say whether the environment keeps it to itself."""
        return is_pinned(self.setting.name)

    @property
    def is_set(self) -> bool:
        """Say whether it is what staff set."""
        return self.change is not None and self.change.value is not None and not (self.is_pinned or self.refused)

    @property
    def refused(self) -> str:
        """Say why what staff set holds no more, as after an update that takes less; empty where it holds."""
        if self.change is None or self.change.value is None:
            return ""
        try:
            self.setting.read(self.change.value)
        except InvalidValue as error:
            return f"{self.change.value} was set, which it takes no more: {error}"
        return ""

    @property
    def value(self) -> str:
        """Return the text that holds."""
        if self.is_set and self.change and self.change.value is not None:
            return self.change.value
        return environment_text(self.setting.name)

    @property
    def now(self) -> str:
        """Return that for people."""
        return shown_text(self.setting, self.value)

    @property
    def otherwise(self) -> str:
        """Return what holds where staff set nothing, for people."""
        return shown_text(self.setting, environment_text(self.setting.name))

    @property
    def revision(self) -> int:
        """Return how many times it was changed."""
        return self.change.revision if self.change else 0

    @property
    def title(self) -> str:
        """Return its name as words: `POINTS_VALUE_KOBO` is `Points value`."""
        return self.setting.name.removesuffix("_KOBO").replace("_", " ").capitalize().replace("Sms", "Text messages:")


def shown_settings() -> list[Shown]:
    """Return every live setting with the change that holds, in the order of the settings table."""
    newest = SettingChange.objects.order_by("name", "-revision").distinct("name").select_related("changed_by")
    changes = {each.name: each for each in newest}
    return [Shown(each, changes.get(each.name)) for each in LIVE_SETTINGS.values()]


class SettingPages:
    """The settings that staff may change, and each with its history."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        wrap = self.site.admin_view
        return [
            path("settings/", wrap(self.show_all), name="settings"),
            path("settings/<str:name>/", wrap(self.show_one), name="setting"),
            path("settings/<str:name>/undo/", wrap(self.undo), name="setting-undo"),
        ]

    def answer(self, request: HttpRequest, page: str, **facts: Any) -> HttpResponse:
        """Return a page of the back office. Raises PermissionDenied for staff who may not see settings."""
        if not request.user.has_perm(MAY_SEE):
            raise PermissionDenied
        context = {**self.site.each_context(request), "may_set": request.user.has_perm(MAY_SET), **facts}
        return TemplateResponse(request, f"platform/{page}.html", context)

    def show_all(self, request: HttpRequest) -> HttpResponse:
        """List the settings by topic."""
        shown = sorted(shown_settings(), key=lambda each: each.setting.group)
        topics = [(name, list(rows)) for name, rows in groupby(shown, key=lambda each: each.setting.group)]
        return self.answer(request, "settings", title="Settings", topics=topics)

    def show_one(self, request: HttpRequest, name: str) -> HttpResponse:
        """Show a setting with its history, or change it."""
        if request.method == "POST":
            return self.change(request, name)
        return self.show(request, name)

    def show(self, request: HttpRequest, name: str, **typed: Any) -> HttpResponse:
        """Show a setting; `typed` is what was refused, with the reason."""
        setting = LIVE_SETTINGS.get(name)
        if setting is None:
            raise Http404
        history = list(SettingChange.objects.filter(name=name).select_related("changed_by").order_by("-revision")[:50])
        shown = Shown(setting, history[0] if history else None)
        rows = [(each, shown_text(setting, each.value)) for each in history]
        return self.answer(request, "setting", title=shown.title, shown=shown, history=rows, **typed)

    def change(self, request: HttpRequest, name: str) -> HttpResponse:
        """Set a setting, or give it back to the environment."""
        if not request.user.has_perm(MAY_SET):
            raise PermissionDenied
        value, reason = request.POST.get("value", ""), request.POST.get("reason", "")
        try:
            change_setting(
                name=name,
                value=None if "reset" in request.POST else value,
                reason=reason,
                seen=read_number(request.POST.get("seen", "")),
                by=request.user,
                at=clock.now(),
            )
        except Refused as refusal:
            return self.show(request, name, refusal=refusal, value=value, reason=reason)
        messages.success(request, f"{name} is changed, everywhere within a second.")
        return redirect("admin:setting", name=name)

    def undo(self, request: HttpRequest, name: str) -> HttpResponse:
        """Take the newest change back."""
        if request.method != "POST" or not request.user.has_perm(MAY_SET):
            raise PermissionDenied
        change = get_object_or_404(SettingChange, name=name, revision=read_number(request.POST.get("seen", "")))
        try:
            undo_change(change=change, by=request.user, at=clock.now())
            messages.success(request, f"{name} is as it was before.")
        except Refused as refusal:
            messages.error(request, refusal.message)
        return redirect("admin:setting", name=name)


@admin.register(SettingChange)
class SettingChangeAdmin(RecordAdmin):
    """All changes of settings, newest first."""

    list_display = ("name", "value", "reason", "changed_by", "changed_at", "show_page")
    list_filter = ("changed_at",)
    list_select_related = ("changed_by",)
    search_fields = ("name", "reason")
    ordering = ("-changed_at", "-id")
    fields = (("name", "revision"), "value", "reason", ("changed_by", "changed_at"), "undoes")

    @column(description="Setting's page")
    def show_page(self, change: SettingChange) -> SafeString | str:
        """Return the way to the setting, where there still is one."""
        if change.name not in LIVE_SETTINGS:
            return "–"
        return format_html('<a href="{}">Open</a>', reverse("admin:setting", args=[change.name]))


add_pages(lambda site: SettingPages(site).urls())
