"""Django's databases, from the settings: the primary, and a replica to read from where there is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from psycopg.conninfo import conninfo_to_dict

PRIMARY, REPLICA = "default", "replica"
# A replica that is away must not hold up who can be answered by the primary: not by opening, nor in the middle.
IMPATIENT = {"connect_timeout": 2, "tcp_user_timeout": 5000, "keepalives_idle": 5, "keepalives_interval": 2}


def prepared_after(*, is_pooled: bool) -> int | None:
    """Return psycopg's threshold: statements are prepared where the code says so alone.

    None is never at all: a pooler may change sessions.
    """
    return None if is_pooled else 2**31


def read_databases(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return Django's setting DATABASES."""
    is_pooled: bool = values["DATABASE_POOLED"]
    databases = {PRIMARY: database_of(values["DATABASE_URL"], is_pooled=is_pooled, options={"connect_timeout": 5})}
    if url := values["REPLICA_DATABASE_URL"]:
        # Django's tests have it read the primary's test database.
        mirror = {"TEST": {"MIRROR": PRIMARY}}
        databases[REPLICA] = database_of(url, is_pooled=is_pooled, options=IMPATIENT) | mirror
    return databases


def database_of(url: str, *, is_pooled: bool, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return how Django reaches a database; what its URL says of a connection wins."""
    told: dict[str, Any] = dict(conninfo_to_dict(url))
    return {
        "ENGINE": "zuka.platform.db.backend",
        "NAME": told.pop("dbname", "zuka"),
        "USER": told.pop("user", ""),
        "PASSWORD": told.pop("password", ""),
        "HOST": told.pop("host", ""),
        "PORT": told.pop("port", ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": is_pooled,
        "OPTIONS": {**options, "prepare_threshold": prepared_after(is_pooled=is_pooled), **told},
    }
