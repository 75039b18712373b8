"""System checks: a wrong setting is said at start-up, with the fix, not at three in the morning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def check_settings(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Report every setting that could not be read."""
    return [Error(each.message, hint=each.hint, id=f"zuka.{each.name}") for each in settings.SETTING_PROBLEMS]
