"""`zuka_local_day(timestamptz) → date`: the SQL twin of `clock.local_day`, made from SHOP_TIME_ZONE."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

CREATE = sql.SQL(
    "CREATE OR REPLACE FUNCTION zuka_local_day(moment timestamptz) RETURNS date "
    "LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (moment AT TIME ZONE {zone})::date"
)


def create_day_function(using: str = "default", **_signal: Any) -> None:
    """Create or replace the SQL day function with the shop's time zone. Runs before and after each migrate."""
    with connections[using].cursor() as cursor:
        cursor.execute(CREATE.format(zone=sql.Literal(settings.TIME_ZONE)))
