"""What a setting is, and how its text is read: one function a kind, whose words say what is expected."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from zuka.platform.mail.server import EXPECTED as MAIL_EXPECTED
from zuka.platform.mail.server import read_mail_url
from zuka.platform.sms.account import EXPECTED as SMS_EXPECTED
from zuka.platform.sms.account import read_sms_url


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: how to read it, its default, and what it does, in an operator's words.

    One that is `live` may also be changed by staff while the shop runs (`live_settings/`); code reads it as
    `live.NAME`. Secrets, addresses of servers and what guards against staff themselves are not.
    """

    name: str
    read: Callable[[str], Any]
    default: str
    text: str
    group: str
    live: bool = False


class InvalidValue(ValueError):  # noqa: N818 - it is the value that is invalid, the text says what is expected
    """The text of a setting cannot be read as its kind; the message says what is expected."""


def text(raw: str) -> str:
    """Any text."""
    return raw


def boolean(raw: str) -> bool:
    """`true` or `false`, nothing else: a typo must not switch a protection off."""
    if raw.lower() in {"true", "false"}:
        return raw.lower() == "true"
    raise InvalidValue("expected true or false")


def whole(raw: str) -> int:
    """A whole number, zero or more."""
    if raw.isdigit():
        return int(raw)
    raise InvalidValue("expected a whole number, zero or more")


def percent(raw: str) -> int:
    """A whole number from 0 to 100."""
    if raw.isdigit() and int(raw) <= 100:
        return int(raw)
    raise InvalidValue("expected a whole number from 0 to 100")


def limit(raw: str) -> int:
    """A whole number; empty means 0, no limit."""
    return whole(raw) if raw else 0


def positive(raw: str) -> int:
    """A whole number, one or more."""
    if raw.isdigit() and int(raw):
        return int(raw)
    raise InvalidValue("expected a whole number, one or more")


def whole_to(most: int) -> Callable[[str], int]:
    """Return a reader of a whole number from 0 to this."""
    return between(0, most)


def positive_to(most: int) -> Callable[[str], int]:
    """Return a reader of a whole number from 1 to this."""
    return between(1, most)


def between(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of a whole number within these. What is far too large would not fit a date, or a column."""

    def read(raw: str) -> int:
        if raw.isascii() and raw.isdigit() and len(raw) < 16 and least <= int(raw) <= most:
            return int(raw)
        raise InvalidValue(f"expected a whole number from {least} to {most:,}")

    return read


def names(raw: str) -> list[str]:
    """A comma-separated list."""
    return [part.strip() for part in raw.split(",") if part.strip()]


def time_zone(raw: str) -> str:
    """An IANA time zone name."""
    if raw in available_timezones():
        return ZoneInfo(raw).key
    raise InvalidValue("expected an IANA time zone, for example Africa/Lagos")


def currency(raw: str) -> str:
    """An ISO 4217 code."""
    if len(raw) == 3 and raw.isalpha() and raw.isupper():
        return raw
    raise InvalidValue("expected a three-letter ISO 4217 code, for example NGN")


def postgres_url(raw: str) -> str:
    """A libpq URL: `postgresql://user:password@host:port/name`."""
    if raw.startswith(("postgresql://", "postgres://")):
        return raw
    raise InvalidValue("expected postgresql://user:password@host:port/name")


def redis_url(raw: str) -> str:
    """`redis://`, `rediss://` or `unix://`; empty means no Redis."""
    if not raw or raw.startswith(("redis://", "rediss://", "unix://")):
        return raw
    raise InvalidValue("expected redis://host:port/0, rediss://… or unix:///path")


def web_url(raw: str) -> str:
    """`https://host/path` without a slash at the end."""
    if raw.startswith(("http://", "https://")) and not raw.endswith("/"):
        return raw
    raise InvalidValue("expected https://host/path, without a slash at the end")


def site_url(raw: str) -> str:
    """A `web_url`; empty means none."""
    return raw and web_url(raw)


def page_url(raw: str) -> str:
    """`https://host/path`; empty means none."""
    if not raw or raw.startswith(("http://", "https://")):
        return raw
    raise InvalidValue("expected https://host/path")


def mail_url(raw: str) -> str:
    """`smtp://…` or `smtps://…`; empty means no mail server."""
    try:
        read_mail_url(raw)
    except ValueError:
        raise InvalidValue(MAIL_EXPECTED) from None  # the reason could show the password
    return raw


def sms_url(raw: str) -> str:
    """`termii://…`; empty means no text messages."""
    try:
        read_sms_url(raw)
    except ValueError:
        raise InvalidValue(SMS_EXPECTED) from None  # the reason could show the key
    return raw


def calling_codes(raw: str) -> list[str]:
    """A comma-separated list of calling codes: `+234`."""
    found = names(raw)
    if all(re.fullmatch(r"\+[1-9][0-9]{0,6}", each) for each in found):
        return found
    raise InvalidValue("expected calling codes, comma-separated, for example +234,+233")


def url_path(raw: str) -> str:
    """A path without a leading slash and with a trailing one."""
    if raw.strip("/") and not raw.startswith("/") and raw.endswith("/"):
        return raw
    raise InvalidValue("expected a path like admin/ (no leading slash, a trailing one)")


def folder(raw: str) -> str:
    """A folder's path from the root; empty means none."""
    if not raw or Path(raw).is_absolute():
        return raw
    raise InvalidValue("expected a path from the root, for example /srv/media")


def path_with(place: str) -> Callable[[str], str]:
    """Return a reader of a path below the shop that names a place to fill, like `{token}`."""

    def read(raw: str) -> str:
        if place in raw:
            return raw
        raise InvalidValue(f"expected a path that holds {place}")

    return read


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a reader of one word among some."""

    def read(raw: str) -> str:
        if raw in choices:
            return raw
        raise InvalidValue(f"expected {' or '.join(choices)}")

    return read


def some_of(*choices: str) -> Callable[[str], list[str]]:
    """Return a reader of a comma-separated list of words among some."""

    def read(raw: str) -> list[str]:
        found = names(raw)
        if unknown := [each for each in found if each not in choices]:
            raise InvalidValue(f"{unknown[0]!r} is unknown, expected some of {', '.join(choices)}")
        return found

    return read
