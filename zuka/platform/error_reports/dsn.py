"""Where errors go: the address that a project at Sentry, GlitchTip or Bugsink is known by."""

from __future__ import annotations

from urllib.parse import urlsplit


def read_dsn(dsn: str) -> tuple[str, str]:
    """Return where envelopes go and the key that they carry. Raises ValueError for what is no DSN."""
    parts = urlsplit(dsn)
    prefix, _, project = parts.path.rpartition("/")
    if parts.scheme not in {"http", "https"} or not parts.username or not parts.hostname or not project:
        raise ValueError("expected https://key@host/number")
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{prefix}/api/{project}/envelope/", parts.username
