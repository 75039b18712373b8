"""Triggers, functions and months of the audit log, kept in step with the declarations after each migration."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections, transaction
from psycopg import sql

from zuka.platform import clock
from zuka.platform.audit.models import AuditEntry, AuditOrigin, AuditPersonal
from zuka.platform.audit.rules import audited_tables
from zuka.platform.db.files import load_sql, sql_files
from zuka.platform.db.partitions import drop_partitions, ensure_partitions, list_partitions

FOLDER = Path(__file__).with_name("sql")
TABLES = tuple(model._meta.db_table for model in (AuditEntry, AuditOrigin, AuditPersonal))  # noqa: SLF001 - public by Django's documentation
MONTHS_AHEAD = 6  # a shop whose worker stands still goes on being able to save
NAME = "zuka_audit"
TRIGGERS = """
    SELECT class.relname, encode(trigger.tgargs, 'escape') FROM pg_trigger AS trigger
    JOIN pg_class AS class ON class.oid = trigger.tgrelid
    JOIN pg_namespace AS space ON space.oid = class.relnamespace AND space.nspname = current_schema()
    WHERE trigger.tgname = %s AND NOT trigger.tgisinternal
"""
# Most transactions say nobody: then it ends at WHEN, before the function is called.
CREATE = sql.SQL(
    "CREATE OR REPLACE TRIGGER {name} AFTER INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW "
    "WHEN (current_setting('zuka.audit', true) <> '') EXECUTE FUNCTION zuka_audit_row({argument})"
)
DROP = sql.SQL("DROP TRIGGER {name} ON {table}")
KEEP_ROWS = sql.SQL(
    "CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {refuse}()"
)
KEEP_TABLE = sql.SQL(
    "CREATE OR REPLACE TRIGGER zuka_audit_whole BEFORE TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION zuka_audit_refuse()"
)


def sync_audit(*, sender: AppConfig, using: str, **_facts: Any) -> None:
    """Make functions, triggers and months of the log what the code declares, after the last app of a migration.

    Safe on a live table: a trigger is written only where its rule is another, under a lock that waits 5 seconds.
    """
    if sender != [config for config in apps.get_app_configs() if config.models_module][-1]:
        return
    there = set(connections[using].introspection.table_names())
    if not set(TABLES) <= there:
        return  # a migration that goes back
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:audit'))")
        for path in sql_files(FOLDER):
            cursor.execute(load_sql(path))
    ensure_audit_months(using=using)
    keep_entries(using=using)
    write_triggers(there=there, using=using)


def write_triggers(*, there: set[str], using: str) -> list[str]:
    """Write the triggers of audited tables that lack theirs or have another; return whose were written or dropped."""
    wanted = {each.table: each.argument() for each in audited_tables().values() if each.table in there}
    with connections[using].cursor() as cursor:
        cursor.execute(TRIGGERS, [NAME])
        held = {table: argument.removesuffix("\\000") for table, argument in cursor.fetchall()}
    differing = sorted(table for table in wanted.keys() | held.keys() if wanted.get(table) != held.get(table))
    for table in differing:
        parts = {"name": sql.Identifier(NAME), "table": sql.Identifier(table)}
        statement = CREATE.format(**parts, argument=sql.Literal(wanted[table])) if table in wanted else None
        with transaction.atomic(using=using), connections[using].cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute(statement or DROP.format(**parts))
    return differing


def keep_entries(*, using: str) -> None:
    """Have the database refuse to change or delete entries, and to empty a table of them or one of its months."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute(TRIGGERS, ["zuka_audit_whole"])
        kept = {table for table, _argument in cursor.fetchall()}
        for table in TABLES:
            months = [each.name for each in list_partitions(table=table, using=using)]
            for name in sorted({table, *months} - kept):
                cursor.execute(KEEP_TABLE.format(table=sql.Identifier(name)))
            if table not in kept:
                keep_rows(cursor, table)


def keep_rows(cursor: Any, table: str) -> None:
    """Have the database refuse to delete or change rows of a table; what names people may be scrubbed."""
    change = "zuka_audit_refuse" if table == TABLES[0] else "zuka_audit_only_scrub"
    for event, refuse in (("DELETE", "zuka_audit_refuse"), ("UPDATE", change)):
        parts = {"name": sql.Identifier(f"zuka_audit_{event.lower()}"), "event": sql.SQL(event)}
        cursor.execute(KEEP_ROWS.format(table=sql.Identifier(table), refuse=sql.Identifier(refuse), **parts))


def ensure_audit_months(using: str = "default", *, today: date | None = None) -> list[str]:
    """Create the log's missing months from this one on and return their names. Runs daily and after migrate."""
    first = today or clock.local_day(clock.now())
    last = clock.add_months(first, MONTHS_AHEAD)
    # A day earlier, too: the database's clock may be behind ours.
    made = [ensure_partitions(table=each, first=first - timedelta(days=1), last=last, using=using) for each in TABLES]
    return [name for names in made for name in names]


def drop_old_months(*, today: date) -> list[str]:
    """Drop the months that are older than AUDIT_RETENTION_YEARS and return their names."""
    oldest = clock.month_start(clock.add_months(today, -12 * settings.AUDIT_RETENTION_YEARS))
    before = clock.day_start(oldest)
    return [name for table in TABLES for name in drop_partitions(table=table, before=before)]


def keep_months(*, today: date) -> None:
    """Bring the log's months up to date: those to come are made, and kept whole; those that are over are dropped."""
    if ensure_audit_months(today=today):
        keep_entries(using="default")
    drop_old_months(today=today)
