"""`live.POINTS_VALUE_KOBO`: what a setting is now, as staff set it, else as the environment says.

A process keeps what staff set for a second, so a change is everywhere by then, with Valkey or without (decision 37).
While PostgreSQL is away the last known values hold; a process that never read them has those of the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from django.conf import settings

from zuka.platform.config import SETTINGS
from zuka.platform.keeping import KeptSteadily
from zuka.platform.live_settings.models import SettingChange
from zuka.platform.setting_kinds import InvalidValue, Setting

log = structlog.get_logger(__name__)
LIVE_SETTINGS: Mapping[str, Setting] = {each.name: each for each in SETTINGS if each.live}


def is_pinned(name: str) -> bool:
    """Say whether the environment keeps a setting to itself."""
    return name in settings.PINNED_SETTINGS


def load_set() -> Mapping[str, Any]:
    """Return the values that staff set. One that its setting takes no more is left out, and logged."""
    rows = SettingChange.objects.order_by("name", "-revision").distinct("name").values_list("name", "value")
    found: dict[str, Any] = {}
    for name, value in rows:
        if value is None or name not in LIVE_SETTINGS:
            continue
        try:
            found[name] = LIVE_SETTINGS[name].read(value)
        except InvalidValue as error:
            log.warning("setting.not_taken", name=name, error=str(error))
    return found


set_by_staff: KeptSteadily[Mapping[str, Any]] = KeptSteadily(load_set, models=(SettingChange,), otherwise={})


class LiveSettings:
    """The settings that staff may change, each with its type. Read them when they are needed, and keep none."""

    RETURN_DAYS: int
    SHOP_ADDRESS: str
    SHOP_TAX_NUMBER: str
    MAIL_RETENTION_DAYS: int
    NOTICE_RETENTION_DAYS: int
    SMS_PHONE_DAILY: int
    SMS_DAILY: int
    EXPORT_RETENTION_DAYS: int
    PET_DAILY_TOKENS: int
    PET_RETENTION_MONTHS: int
    POINTS_VALUE_KOBO: int
    POINTS_BACK_PERCENT: int
    POINTS_MOST_PERCENT: int
    POINTS_VALID_DAYS: int
    REFERRALS_MONTHLY: int
    REFERRAL_LEAST_KOBO: int
    ORDER_HOLD_MINUTES: int
    CART_ABANDONED_MINUTES: int
    CART_REMINDER_MINUTES: int
    REJECTED_RETENTION_DAYS: int

    def __getattr__(self, name: str) -> Any:
        """Return what a setting is now. Raises AttributeError for one that is not live."""
        if name not in LIVE_SETTINGS:
            raise AttributeError(f"{name} is no live setting.")
        default = getattr(settings, name)
        return default if is_pinned(name) else set_by_staff.get().get(name, default)


live = LiveSettings()
