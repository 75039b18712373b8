"""Which server takes the shop's mails: read from EMAIL_URL."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

EXPECTED = "expected smtp://user:password@host:587?tls=true or smtps://user:password@host"


@dataclass(frozen=True, slots=True)
class MailServer:
    """An SMTP server and how to sign in there. `starts_tls` after a greeting in the clear, `is_tls` from the start."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starts_tls: bool = False
    is_tls: bool = False


def read_mail_url(url: str) -> MailServer:
    """Return the server that a URL names; an empty one for an empty URL. Raises ValueError for what is no such URL."""
    if not url:
        return MailServer()
    parts = urlsplit(url)
    options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    tls = options.pop("tls", ["false"])[-1]
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or options or tls not in {"true", "false"}:
        raise ValueError(EXPECTED)
    is_tls = parts.scheme == "smtps"
    starts_tls = tls == "true" and not is_tls
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if is_tls else 587 if starts_tls else 25),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        starts_tls=starts_tls,
        is_tls=is_tls,
    )
