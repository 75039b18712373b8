"""System checks: a wrong setting is said at start-up, with the fix, not at three in the morning."""

from __future__ import annotations

import os
from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from zuka.platform.config import SETTINGS
from zuka.platform.tracing.choices import INSTALL, is_installed

HERE = {"127.0.0.1", "localhost", "::1"}


@register()
def check_settings(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Report every setting that could not be read."""
    return [Error(each.message, hint=each.hint, id=f"zuka.{each.name}") for each in settings.SETTING_PROBLEMS]


@register()
def check_sender(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Report a shop that has a mail server and does not say whom its mails are from."""
    if settings.EMAIL_URL and "@" not in parseaddr(settings.MAIL_FROM)[1]:
        hint = "Set MAIL_FROM to an address of the shop, for example shop@example.com."
        return [Error("MAIL_FROM is no e-mail address, and EMAIL_URL is set.", hint=hint, id="zuka.MAIL_FROM")]
    return []


@register()
def check_media(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Report a folder for pictures that cannot be written, or be made."""
    if not settings.MEDIA_ROOT:
        return []
    root = Path(settings.MEDIA_ROOT)
    nearest = next(each for each in (root, *root.parents) if each.exists())
    if nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK):
        return []
    hint = "Give the folder to the user that runs Zuka, or set MEDIA_ROOT to another one."
    return [Error(f"MEDIA_ROOT: {nearest} cannot be written.", hint=hint, id="zuka.MEDIA_ROOT")]


@register()
def check_sign_in_keys(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Report keys of a sign-in provider that come unencrypted: who is on the way could put their own there."""
    hint = "Set it to an https:// address; only a provider on this machine does without."
    wrong = [
        name
        for name in ("GOOGLE_KEYS_URL", "APPLE_KEYS_URL")
        if (parts := urlsplit(getattr(settings, name))).scheme != "https" and parts.hostname not in HERE
    ]
    return [Error(f"{name} is not encrypted.", hint=hint, id=f"zuka.{name}") for name in wrong]


@register()
def check_pinned(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Report a pin of what staff cannot change anyway: a typo there would leave a setting open."""
    known = {each.name for each in SETTINGS if each.live}
    hint = f"PINNED_SETTINGS takes {', '.join(sorted(known))}."
    unknown = [name for name in settings.PINNED_SETTINGS if name not in known]
    return [
        Error(f"PINNED_SETTINGS: {name} is no live setting.", hint=hint, id="zuka.PINNED_SETTINGS") for name in unknown
    ]


@register()
def check_traces(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Report traces that are wanted and cannot be made."""
    if not settings.TRACING.url or is_installed():
        return []
    hint = f"Run {INSTALL}, or empty TRACES_URL."
    return [Error("TRACES_URL is set, and OpenTelemetry is not installed.", hint=hint, id="zuka.TRACES_URL")]
