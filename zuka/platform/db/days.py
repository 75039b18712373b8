"""`zuka_local_day(timestamptz) → date`: the SQL twin of `clock.local_day`, made from SHOP_TIME_ZONE.

`zuka_today() → date` is the shop's day for views that keep their rows: the one that their refresh was told, else now's.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db import connections
from psycopg import sql

CREATE = sql.SQL(
    "CREATE OR REPLACE FUNCTION zuka_local_day(moment timestamptz) RETURNS date "
    "LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN (moment AT TIME ZONE {zone})::date"
)

CREATE_TODAY = (
    "CREATE OR REPLACE FUNCTION zuka_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE "
    "RETURN coalesce(nullif(current_setting('zuka.today', true), '')::date, zuka_local_day(now()))"
)
SET_TODAY = "SELECT set_config('zuka.today', %s, true)"


def create_day_function(using: str = "default", **_signal: Any) -> None:
    """Create or replace the SQL day functions with the shop's time zone. Runs before and after each migrate."""
    with connections[using].cursor() as cursor:
        cursor.execute(CREATE.format(zone=sql.Literal(settings.TIME_ZONE)))
        cursor.execute(CREATE_TODAY)


def tell_today(cursor: Any, day: date) -> None:
    """Let `zuka_today()` be this day until the transaction ends."""
    cursor.execute(SET_TODAY, [day.isoformat()])
