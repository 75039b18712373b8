"""What a statement binds, with the types of ClickHouse: values never become text of the statement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from analytics.warehouse.rules.forms import IS_NULL

NAMED = re.compile(r"\{(\w+): \}")
KINDS: tuple[tuple[type, str], ...] = (
    (bool, "Bool"),
    (int, "Int64"),
    (float, "Float64"),
    (str, "String"),
    (UUID, "String"),
    (datetime, "DateTime64(6, 'UTC')"),
    (date, "Date"),
)
NO_LIST = "CAST([], 'Array(Int64)')"


def kind_of(value: Any) -> str:
    """Return the type of a value."""
    if isinstance(value, (list, tuple)):
        return f"Array({kind_of(value[0]) if value else 'String'})"
    return next(kind for each, kind in KINDS if isinstance(value, each))


def bind(statement: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a statement with the types of its parameters, and those that it binds."""
    bound: dict[str, Any] = {}
    lists = {name.removesuffix(IS_NULL) for name in NAMED.findall(statement) if name.endswith(IS_NULL)}

    def place(found: re.Match[str]) -> str:
        name = found[1]
        if name.endswith(IS_NULL):
            return str(values[name.removesuffix(IS_NULL)] is None).lower()
        value = values[name]
        if value is None:
            return NO_LIST if name in lists else "NULL"
        if isinstance(value, timedelta):
            return f"toIntervalMicrosecond({value // timedelta(microseconds=1)})"
        bound[name] = str(value) if isinstance(value, UUID) else value
        return f"{{{name}:{kind_of(value)}}}"

    return NAMED.sub(place, statement), bound
