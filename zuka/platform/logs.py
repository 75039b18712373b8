"""Structured logs: one line an event, with the request id and without personal data."""

from __future__ import annotations

from typing import Any

import structlog

# Keys whose values never reach a log, whoever passes them.
PERSONAL = frozenset(
    {"email", "phone", "password", "token", "secret", "authorization", "cookie", "body", "ip", "name", "address"}
)


def drop_personal_data(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Replace the values of keys that hold personal data."""
    return {key: "[hidden]" if key in PERSONAL else value for key, value in event.items()}


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    drop_personal_data,
]


def logging_config(*, level: str, style: str, errors_dsn: str = "") -> dict[str, Any]:
    """Return Django's LOGGING: everything through structlog, as JSON or for a console; also sets structlog up.

    With a DSN what is logged as an error is reported there.
    """
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],  # type: ignore[list-item]
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.dev.ConsoleRenderer() if style == "console" else structlog.processors.JSONRenderer()
    final = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.format_exc_info, renderer]
    formatter = {"()": structlog.stdlib.ProcessorFormatter, "foreign_pre_chain": SHARED, "processors": final}
    handlers: dict[str, Any] = {"console": {"class": "logging.StreamHandler", "formatter": "structured"}}
    if errors_dsn:
        handlers["errors"] = {"class": "zuka.platform.error_reports.sending.ReportingHandler", "dsn": errors_dsn}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": handlers,
        "root": {"handlers": list(handlers), "level": level.upper()},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "fontTools": {"level": "WARNING"},  # else it tells of each table of a font, 18 lines an invoice
            "django": {"level": "WARNING", "propagate": True, "handlers": []},
        },
    }
