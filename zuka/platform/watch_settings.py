"""The settings of watching Zuka at work, rows of the settings table."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from zuka.platform.error_reports.dsn import read_dsn
from zuka.platform.setting_kinds import InvalidValue, Setting, folder, page_url, positive, text, whole

GROUP = "Watching"
HEADER = re.compile(r"[a-z0-9-]+")
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def errors_dsn(raw: str) -> str:
    """`https://key@host/number`; empty means that errors are not reported."""
    try:
        return raw and "".join(read_dsn(raw)) and raw
    except ValueError as error:
        raise InvalidValue(str(error)) from None  # its key stays out of the log


def traces_url(raw: str) -> str:
    """A `page_url` without a name, a password or a query: failures to send are logged with it."""
    parts = urlsplit(page_url(raw))
    if "@" in parts.netloc or parts.query:
        raise InvalidValue("expected https://host/path, with keys in TRACES_HEADERS")
    return raw


def headers(raw: str) -> dict[str, str]:
    """`name=value,name=value`; empty means none."""
    pairs = [each.partition("=") for each in raw.split(",") if each.strip()]
    found = {name.strip().lower(): value.strip() for name, _, value in pairs}
    if all(HEADER.fullmatch(name) and value and value.isprintable() for name, value in found.items()):
        return found
    raise InvalidValue("expected name=value,name=value")  # its key stays out of the log


def ratio(raw: str) -> float:
    """A number from 0 to 1."""
    if NUMBER.fullmatch(raw) and float(raw) <= 1:
        return float(raw)
    raise InvalidValue("expected a number from 0 to 1, for example 0.05")


WATCH_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "API_USAGE_DAYS",
        whole,
        "90",
        "Days that each request to /api/ is kept, with its route, status, time, key and user; a month goes once all of "
        "it is older. 0: requests are not recorded.",
        GROUP,
    ),
    Setting(
        "API_HOURS_MONTHS",
        positive,
        "13",
        "Months that requests to /api/ are kept as counts by hour and route, without keys and users.",
        GROUP,
    ),
    Setting(
        "METRICS_TOKEN",
        text,
        "",
        "What Prometheus sends to /metrics as Authorization: Bearer. Empty: only programs on this machine, with no "
        "proxy between, may read them.",
        GROUP,
    ),
    Setting(
        "METRICS_PATH",
        folder,
        "",
        "Folder where web's processes count requests together for /metrics, emptied before a start. `up` has one in "
        "ZUKA_HOME. Empty: each process counts for itself.",
        GROUP,
    ),
    Setting(
        "ERRORS_DSN",
        errors_dsn,
        "",
        "Where errors are reported: the DSN of a project at Sentry, GlitchTip or Bugsink, "
        "https://key@host/number. Kinds of errors and lines of code go there, no data. Empty: nowhere but the log.",
        GROUP,
    ),
    Setting(
        "TRACES_URL",
        traces_url,
        "",
        "Where OpenTelemetry traces are sent, by OTLP over HTTP: https://host/v1/traces. Needs packages that "
        "docs/operations.md names. Routes, statements without values and hosts go there. Empty: no traces.",
        GROUP,
    ),
    Setting("TRACES_HEADERS", headers, "", "Headers sent with traces: name=value,name=value.", GROUP),
    Setting("TRACES_SERVICE", text, "zuka", "Name of this shop among the services of traces.", GROUP),
    Setting("TRACES_RELEASE", text, "", "Version that traces name, for example 0.10.0. Empty: none.", GROUP),
    Setting(
        "TRACES_RATIO",
        ratio,
        "1",
        "Share of requests, and of tasks that none caused, that are traced: 0.05 is one of twenty.",
        GROUP,
    ),
)
