"""The settings of watching Zuka at work, rows of the settings table."""

from __future__ import annotations

from zuka.platform.error_reports.dsn import read_dsn
from zuka.platform.setting_kinds import InvalidValue, Setting, folder, positive, text, whole

GROUP = "Watching"


def errors_dsn(raw: str) -> str:
    """`https://key@host/number`; empty means that errors are not reported."""
    try:
        return raw and "".join(read_dsn(raw)) and raw
    except ValueError as error:
        raise InvalidValue(str(error)) from None  # its key stays out of the log


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
)
