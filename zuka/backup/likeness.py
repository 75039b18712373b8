"""A database like another: its owner, encoding and locale, then its own settings and who may use it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import sql

from zuka.backup.database import connect
from zuka.backup.refusals import BackupRefused

FACTS = """
    SELECT to_jsonb(d) || jsonb_build_object(
        'owner', pg_get_userbyid(datdba), 'is_mine', pg_has_role(datdba, 'USAGE'),
        'encoding', pg_encoding_to_char(encoding), 'may_create', (
            SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user
        )
    ) FROM pg_database d WHERE datname = %s
"""
PROVIDERS = {"b": ("builtin", "BUILTIN_LOCALE"), "i": ("icu", "ICU_LOCALE"), "c": ("libc", "")}
OWNERS = """
    SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname = 'django_migrations'
"""
SETTINGS = """
    SELECT coalesce(rolname, ''), split_part(line, '=', 1), substr(line, strpos(line, '=') + 1)
    FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase LEFT JOIN pg_roles r ON r.oid = setrole,
        unnest(setconfig) AS line
    WHERE datname = %s ORDER BY 1, 2
"""
RIGHTS = """
    SELECT CASE WHEN grantee = 0 THEN '' ELSE pg_get_userbyid(grantee) END, privilege_type, is_grantable
    FROM pg_database, aclexplode(datacl) WHERE datname = %s ORDER BY 1, 2
"""


def database_facts(server: psycopg.Connection[Any], name: str) -> dict[str, Any]:
    """Return what PostgreSQL knows of a database. Raises BackupRefused where there is none."""
    found = server.execute(FACTS, [name]).fetchone()
    if found is None:
        raise BackupRefused(f"There is no database {name}. Make it, empty and of the shop's role, then restore again.")
    facts: dict[str, Any] = found[0]
    return facts


def refuse_without_rights(server: psycopg.Connection[Any], params: dict[str, str], *, shop_role: str) -> None:
    """Raise BackupRefused where the last step of a restore could not be done, or would shut the shop out."""
    role, name = server.info.user, params["dbname"]
    facts = database_facts(server, name)
    if not facts["may_create"]:
        raise BackupRefused(f'The role {role} may not create databases. As a superuser: ALTER ROLE "{role}" CREATEDB.')
    if not facts["is_mine"]:
        raise BackupRefused(
            f"The database {name} is {facts['owner']}'s, and only its owner may rename it. "
            f'As a superuser: ALTER DATABASE "{name}" OWNER TO "{role}".'
        )
    with connect(params) as session:
        owners = {row[0] for row in session.execute(OWNERS)}
    others = sorted((owners | {shop_role}) - {role})
    if others:
        raise BackupRefused(
            f"What {role} restores is {role}'s, and {others[0]}, which the shop uses, could not read it. "
            f"Let DATABASE_DIRECT_URL sign in as {others[0]}."
        )


def create_like(server: psycopg.Connection[Any], *, like: str, name: str) -> None:
    """Create an empty database with another's owner, encoding and locale."""
    facts = database_facts(server, like)
    words = [
        sql.SQL("CREATE DATABASE {} TEMPLATE template0 OWNER {} ENCODING {} LC_COLLATE {} LC_CTYPE {}").format(
            sql.Identifier(name),
            sql.Identifier(facts["owner"]),
            *(sql.Literal(facts[key]) for key in ("encoding", "datcollate", "datctype")),
        )
    ]
    provider, option = PROVIDERS[facts["datlocprovider"]]
    words.append(sql.SQL("LOCALE_PROVIDER {}").format(sql.Identifier(provider)))
    if option:
        words.append(sql.SQL("{} {}").format(sql.SQL(option), sql.Literal(locale_of(facts))))
    if facts.get("daticurules"):
        words.append(sql.SQL("ICU_RULES {}").format(sql.Literal(facts["daticurules"])))
    server.execute(sql.SQL(" ").join(words))


def locale_of(facts: dict[str, Any]) -> str:
    """Return a database's locale, whose column PostgreSQL 17 named anew."""
    return str(facts.get("datlocale") or facts.get("daticulocale"))


def copy_settings(server: psycopg.Connection[Any], *, source: str, name: str) -> list[str]:
    """Give a database the settings and rights of another; return in words what this role may not give."""
    refused = []
    for said, before, statement in [*setting_statements(server, source, name), *right_statements(server, source, name)]:
        try:
            with server.transaction():
                server.execute("SELECT set_config(%s, %s, true)", before) if before else None
                server.execute(statement)
        except psycopg.Error as error:  # the shop runs without it, and its operator is told
            refused.append(f"{said}: {error.diag.message_primary or type(error).__name__}")
    return refused


Change = tuple[str, tuple[str, str] | None, sql.Composed]


def setting_statements(server: psycopg.Connection[Any], source: str, name: str) -> Iterator[Change]:
    """Yield each setting in words, its value, and the statement that keeps what is set now: lists stay lists."""
    for role, setting, value in server.execute(SETTINGS, [source]).fetchall():
        whose = (
            sql.SQL("ALTER ROLE {} IN DATABASE {}").format(sql.Identifier(role), sql.Identifier(name))
            if role
            else sql.SQL("ALTER DATABASE {}").format(sql.Identifier(name))
        )
        # A setting of an extension has a name of two parts.
        keep = sql.SQL("{} SET {} FROM CURRENT").format(whose, sql.Identifier(*setting.split(".")))
        yield f"{setting} = {value}" + (f" of {role}" if role else ""), (setting, value), keep


def right_statements(server: psycopg.Connection[Any], source: str, name: str) -> Iterator[Change]:
    """Yield each right to the database in words, and the statement that gives it; none where they are the usual."""
    rights = server.execute(RIGHTS, [source]).fetchall()
    database = sql.Identifier(name)
    if rights:
        yield "no rights for everybody", None, sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database)
    for role, right, grantable in rights:
        whom = sql.Identifier(role) if role else sql.SQL("PUBLIC")
        option = sql.SQL("WITH GRANT OPTION" if grantable else "")
        words = sql.SQL("GRANT {} ON DATABASE {} TO {} {}").format(sql.SQL(right), database, whom, option)
        yield f"{right} to {role or 'everybody'}", None, words
