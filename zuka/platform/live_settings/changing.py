"""Changing a live setting, and taking a change back: each is a row, with who, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from zuka.platform.errors import Refused
from zuka.platform.live_settings.models import SettingChange
from zuka.platform.live_settings.reading import LIVE_SETTINGS, is_pinned
from zuka.platform.setting_kinds import InvalidValue, Setting

REASON_LENGTH = 300


class SettingRefused(Refused):
    """A setting cannot be changed like this."""

    status = 400
    code = "setting_refused"


class ChangedMeanwhile(Refused):
    """Somebody else changed the setting since it was looked at."""

    code = "changed_meanwhile"


def find_setting(name: str) -> Setting:
    """Return a live setting. Raises SettingRefused for one that staff may not change, here or at all."""
    if name not in LIVE_SETTINGS:
        raise SettingRefused(f"{name} is no setting that staff may change.", field="name")
    if is_pinned(name):
        message = f"{name} is pinned: take it out of PINNED_SETTINGS in the environment to change it here."
        raise SettingRefused(message, field="name")
    return LIVE_SETTINGS[name]


def read_value(setting: Setting, value: str) -> Any:
    """Return what a text stands for. Raises SettingRefused, in the words of the system check."""
    if "\x00" in value:
        raise SettingRefused(f"{setting.name}: expected text without NUL characters.", field="value")
    try:
        return setting.read(value)
    except InvalidValue as error:
        raise SettingRefused(f"{setting.name}: {error}.", field="value") from error


def newest_change(name: str) -> SettingChange | None:
    """Return the change that holds; None where staff never set it."""
    return SettingChange.objects.filter(name=name).order_by("-revision").first()


def change_setting(
    *, name: str, value: str | None, reason: str, seen: int, by: Any, at: datetime, undoes: SettingChange | None = None
) -> SettingChange:
    """Set a live setting, or with None give it back to the environment, and return the change.

    `seen` is the revision that whoever asks was shown, 0 for none. Raises SettingRefused for a value that the setting
    does not take, one that it has already, or a missing reason, and ChangedMeanwhile.
    """
    setting = find_setting(name)
    value = value.strip() if value is not None else None
    reason = reason.strip()
    if value is not None:
        read_value(setting, value)
    if not reason or len(reason) > REASON_LENGTH:
        raise SettingRefused(f"reason: say in up to {REASON_LENGTH} characters why it changes.", field="reason")
    newest = newest_change(name)
    if (newest.revision if newest else 0) != seen:
        raise changed_meanwhile(name)
    if value == (newest.value if newest else None):
        what = "what the environment says" if value is None else value or "empty"
        raise SettingRefused(f"{name} is {what} already.", field="value")
    try:
        with transaction.atomic():
            return SettingChange.objects.create(
                name=name,
                revision=seen + 1,
                value=value,
                reason=reason,
                changed_by=by,
                changed_at=at,
                undoes=undoes,
            )
    except IntegrityError as error:  # somebody was quicker by a moment
        raise changed_meanwhile(name) from error


def changed_meanwhile(name: str) -> ChangedMeanwhile:
    """Return the refusal that says who changed it, and what to do."""
    newest = SettingChange.objects.select_related("changed_by").filter(name=name).order_by("-revision").first()
    who = newest.changed_by if newest and newest.changed_by else "somebody"
    return ChangedMeanwhile(f"{name} was changed by {who} meanwhile. Look at it, and save again.", field="value")


def undo_change(*, change: SettingChange, by: Any, at: datetime) -> SettingChange:
    """Take a setting's newest change back by a change to what was before it, and return that.

    Raises ChangedMeanwhile where it is the newest no more, and SettingRefused where that value is not taken any more.
    """
    before = SettingChange.objects.filter(name=change.name, revision=change.revision - 1).first()
    return change_setting(
        name=change.name,
        value=before.value if before else None,
        reason=f"Change {change.revision} taken back",
        seen=change.revision,
        by=by,
        at=at,
        undoes=change,
    )


def environment_text(name: str) -> str:
    """Return a setting's text where staff set none: the environment's, else the default."""
    value = getattr(settings, name)
    return ",".join(value) if isinstance(value, list) else str(value)
