"""The environment of the processes that we start."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from typing import Any

from zuka.platform.config import SETTINGS, find_setting, raw_value
from zuka.platform.setting_kinds import InvalidValue
from zuka.up.browser import find_chromium
from zuka.up.homes import Home, secret_key_file
from zuka.up.ports import Address
from zuka.up.refusals import Refusal

# What a test or a check must not inherit from somebody's shell; the servers are theirs to choose.
SHOP_SETTINGS = {each.name for each in SETTINGS} - {"DATABASE_URL", "REDIS_URL"}
# A test run starts Python a hundred times: without its compiled files each start takes 0.7 s more of a processor.
SLOWING = {"PYTHONDONTWRITEBYTECODE"}


def for_shop(home: Home, urls: Mapping[str, str], *, address: Address | None = None) -> dict[str, str]:
    """Return the environment of a shop on this machine; what the user's shell sets wins."""
    defaults = {
        "DEBUG": "false",
        "HTTPS_ONLY": "false",
        "ALLOWED_HOSTS": allowed_hosts(address),
        "STOREFRONT": "true",
        "SPOOL_PATH": str(home.path / "spool"),
        "MEDIA_ROOT": str(home.path / "media"),
        "ARCHIVE_URL": str(home.path / "archive"),
        "METRICS_PATH": str(home.path / "metrics"),
        "LOG_FORMAT": "console",
        "LOG_LEVEL": "WARNING",
        "PYTHONUNBUFFERED": "1",
    }
    environment = defaults | dict(os.environ) | dict(urls) | common(home)
    if not environment.get("SECRET_KEY") and not environment.get("SECRET_KEY_FILE"):
        environment["SECRET_KEY_FILE"] = str(secret_key_file(home))
    return environment


def for_tests(home: Home, urls: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of tests and checks: the same whatever the user's shell sets."""
    left_out = SHOP_SETTINGS | SLOWING
    inherited = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in left_out}
    fixed = {
        "SECRET_KEY": secrets.token_urlsafe(60),
        "DEBUG": "false",
        "HTTPS_ONLY": "false",
        "LOG_FORMAT": "console",
        "LOG_LEVEL": "WARNING",
    }
    chromium = find_chromium(os.environ)
    return inherited | fixed | dict(urls) | common(home) | ({"ZUKA_CHROMIUM": chromium} if chromium else {})


def for_deploy_check(home: Home, urls: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a server on the internet, for `check --deploy`."""
    return for_tests(home, urls) | {"HTTPS_ONLY": "true", "ALLOWED_HOSTS": "shop.example", "TRUSTED_PROXY_COUNT": "1"}


def value_of(name: str, environment: Mapping[str, str]) -> Any:
    """Return what a declared setting is in an environment. Raises Refusal where it cannot be read."""
    setting = find_setting(name)
    try:
        return setting.read(raw_value(setting, environment))
    except InvalidValue as error:
        raise Refusal(f"{name}: {error}", setting.text) from error


def common(home: Home) -> dict[str, str]:
    """Return what every process of ours gets."""
    forced = {"C_FORCE_ROOT": "1"} if os.geteuid() == 0 else {}
    return {"ZUKA_HOME": str(home.path), "DJANGO_SETTINGS_MODULE": "zuka.settings", **forced}


def allowed_hosts(address: Address | None) -> str:
    """Return the names that the shop answers to: this machine's, and any where it listens everywhere."""
    here = ["localhost", "127.0.0.1", "[::1]"]
    if address is None or address.host in here:
        return ",".join(here)
    return "*" if address.host != address.local_host else ",".join([*here, address.host])
