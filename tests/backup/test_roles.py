"""A restore by a role that is no superuser, beside others: what it may not do it says before it begins."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bench.rig.databases import drop_database, scratch_database, server_url
from zuka.backup.database import connect, direct_params, url_of
from zuka.backup.likeness import copy_settings, refuse_without_rights
from zuka.backup.places import Place
from zuka.backup.refusals import BackupRefused
from zuka.backup.restoring import restore_backup
from zuka.backup.running import run_backup
from zuka.backup.targets import Target, fresh_database, refuse_strangers, swap_databases
from zuka.platform.clock import now

NOON = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture
def shop() -> Iterator[Target]:
    """A database of a role that may make databases, and no more."""
    role = f"mortal_{os.getpid()}_{secrets.token_hex(3)}"
    with psycopg.connect(server_url(), autocommit=True) as server:
        server.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(role)))
        try:
            with scratch_database(server_url(), name="mortals") as url:
                with psycopg.connect(url) as session:
                    params = {**direct_params(), "user": role, "dbname": session.info.dbname}
                alter(server, "ALTER DATABASE {} OWNER TO {}", params["dbname"], role)
                yield Target(params)
        finally:
            left = server.execute("SELECT datname FROM pg_database WHERE pg_get_userbyid(datdba) = %s", [role])
            for (database,) in left.fetchall():
                drop_database(server_url(), database)
            server.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def alter(session: psycopg.Connection[Any], statement: Any, *names: str) -> None:
    session.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def databases(target: Target) -> list[str]:
    """The databases of the shop's name and those beside it."""
    with connect(target.params, database="postgres") as session:
        found = session.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{target.name}%"])
        return sorted(row[0] for row in found)


@pytest.mark.django_db(transaction=True)
def test_a_shop_is_replaced_by_a_role_that_is_no_superuser(shop: Target, place: Place, tmp_path: Path):
    (tmp_path / "spool/1-a.spool").write_bytes(b"waiting")
    taken = run_backup(place=place, at=now())
    with connect(direct_params()) as session:
        assert COUNTS in extensions(session)
    with connect(shop.params) as session:
        session.execute("CREATE TABLE mine (n integer)")
        alter(session, "ALTER DATABASE {} SET search_path = public, pg_catalog", shop.name)
        alter(session, "REVOKE CONNECT ON DATABASE {} FROM PUBLIC", shop.name)
        url = url_of(shop.params)
        own = {"DATABASE_URL": url, "DATABASE_DIRECT_URL": "", "MEDIA_ROOT": str(tmp_path / "other")}
        done = subprocess.run(
            [sys.executable, "manage.py", "restore", f"{place.root}/{taken.name}", "--replace", "--skip-verify"],
            env={**os.environ, **own, "SPOOL_PATH": str(tmp_path / "waits")},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""
    assert (tmp_path / "waits/1-a.spool").read_bytes() == b"waiting"
    fresh, kept = databases(shop)
    assert fresh == shop.name
    assert f"The shop's database is {fresh}; the one of before is kept as {kept}." in done.stdout
    with connect(shop.params) as session, connect(shop.params, database=kept) as old:
        assert session.execute(OWNER, ["platform_job_run"]).fetchone() == (shop.params["user"],)
        assert old.execute(OWNER, ["mine"]).fetchone() == (shop.params["user"],)
        assert session.execute(LIKE).fetchone() == old.execute(LIKE).fetchone()
        assert session.execute("SHOW search_path").fetchone() == ("public, pg_catalog",)
        assert extensions(session) == {"pg_trgm", "plpgsql", "unaccent"}


def extensions(session: psycopg.Connection[Any]) -> set[str]:
    return {row[0] for row in session.execute("SELECT extname FROM pg_extension")}


COUNTS = "pg_stat_statements"  # only a superuser may make it
OWNER = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = %s"
LIKE = """
    SELECT datdba, encoding, datlocprovider, datcollate, datctype,
        (SELECT array_agg(each ORDER BY each) FROM unnest(datacl::text[]) each)
    FROM pg_database
    WHERE datname = current_database()
"""


def test_who_may_not_be_sent_away_is_named_before_anything_is_filled(shop: Target):
    stranger = {**shop.params, "user": direct_params()["user"]}
    refused = pytest.raises(BackupRefused, match=f"may not end the sessions of {stranger['user']} ")
    with connect(stranger), shop.alone() as server, refused:
        refuse_strangers(server, [shop.name])


def test_a_stranger_who_comes_later_leaves_the_shop_as_it_was(shop: Target, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zuka.backup.targets.TRIES", 1)  # PostgreSQL itself waits five seconds in each
    stranger = {**shop.params, "user": direct_params()["user"]}
    refused = pytest.raises(BackupRefused, match="may not end the sessions of")
    with connect(stranger), shop.alone() as server, refused, fresh_database(shop, server):
        swap_databases(shop, server, at=NOON)
    assert databases(shop) == [shop.name]


def test_rights_are_asked_for_first(shop: Target):
    role = shop.params["user"]
    with psycopg.connect(server_url(), autocommit=True) as above, shop.alone() as server:
        refuse_without_rights(server, shop.params, shop_role=role)
        with pytest.raises(BackupRefused, match="Let DATABASE_DIRECT_URL sign in as web"):
            refuse_without_rights(server, shop.params, shop_role="web")
        alter(above, "ALTER DATABASE {} OWNER TO CURRENT_USER", shop.name)
        with pytest.raises(BackupRefused, match="only its owner may rename it"):
            refuse_without_rights(server, shop.params, shop_role=role)
        alter(above, "ALTER ROLE {} NOCREATEDB", role)
        with pytest.raises(BackupRefused, match=f'ALTER ROLE "{role}" CREATEDB'):
            refuse_without_rights(server, shop.params, shop_role=role)


def test_what_a_role_may_not_give_is_told(shop: Target):
    with psycopg.connect(server_url(), autocommit=True) as above:
        alter(above, "ALTER DATABASE {} SET log_min_duration_statement = 500", shop.name)
    with shop.alone() as server, fresh_database(shop, server):
        (said,) = copy_settings(server, source=shop.name, name=shop.fresh["dbname"])
        alter(server, "DROP DATABASE {}", shop.fresh["dbname"])
    assert said == ('log_min_duration_statement = 500: permission denied to set parameter "log_min_duration_statement"')


@pytest.mark.django_db(transaction=True)
def test_two_restores_at_once_are_refused(shop: Target, place: Place, settings: Any):
    name = run_backup(place=place, at=now()).name
    with scratch_database(server_url(), name="twice") as url:
        settings.DATABASE_DIRECT_URL = url
        target = Target(direct_params())
        with target.alone(), pytest.raises(BackupRefused, match=f"Another restore of {target.name} is under way"):
            restore_backup(place=place, name=name, at=NOON, say=str)
        with connect(target.params) as session:
            session.execute("CREATE SCHEMA other")
            session.execute("CREATE TABLE other.mine (n integer)")
        with pytest.raises(BackupRefused, match="is not empty"):
            restore_backup(place=place, name=name, at=NOON, say=str)
        assert databases(target) == [target.name]
