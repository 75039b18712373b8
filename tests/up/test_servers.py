from __future__ import annotations

import os
import signal
import time

import psycopg
import pytest

from zuka.up import postgres as postgres_module
from zuka.up.homes import Home
from zuka.up.postgres import Postgres
from zuka.up.processes import find_process
from zuka.up.refusals import Refusal
from zuka.up.servers import all_servers, environment_of, own_servers, running_servers
from zuka.up.valkey import Valkey

pytestmark = pytest.mark.usefixtures("plain_environment")


def count_rows(server: Postgres) -> int:
    with psycopg.connect(server.url) as connection:
        connection.execute("create table if not exists kept (n int)")
        connection.execute("insert into kept values (1)")
        row = connection.execute("select count(*) from kept").fetchone()
        return int(row[0]) if row else 0


def test_servers_of_ones_own_are_not_replaced(home, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/zuka")
    assert [server.name for server in own_servers(home)] == ["Valkey"]
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with running_servers(home) as servers:
        assert environment_of(servers) == {}


def test_the_last_user_stops_the_servers(home):
    with running_servers(home, disposable=True) as first:
        with running_servers(home, disposable=True) as second:
            assert [server.pid() for server in second] == [server.pid() for server in first]
        assert all(server.pid() for server in first)
    assert [server.pid() for server in first] == [None, None]
    assert not home.sockets.exists()


def test_postgresql_survives_kills_stale_pids_and_half_made_data(home, sleeper):
    server = Postgres(home, disposable=False)
    half = home.data / "pg18.unfinished"
    half.mkdir()
    (half / "PG_VERSION").write_text("18")
    server.start()
    assert count_rows(server) == 1
    server.start()
    assert count_rows(server) == 2

    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while find_process(pid):
        time.sleep(0.01)
    assert server.pid() is None
    # After a reboot the number may be anybody's; PostgreSQL itself would refuse to start beside it.
    options = {"user": home.account.pw_uid} if home.account else {}
    bystander = sleeper(cwd="/", **options)
    pid_file = server.data / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(pid), str(bystander.pid), 1))
    server.start()
    assert count_rows(server) == 3
    assert bystander.poll() is None
    assert server.stop()
    assert not server.stop()


def test_valkey_survives_a_kill_and_keeps_what_it_was_given(home):
    server = Valkey(home, disposable=False)
    server.start()
    pid = server.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while find_process(pid):
        time.sleep(0.01)
    assert server.socket.exists()
    assert server.pid() is None
    server.start()
    assert server.answers()
    assert server.stop()
    assert not server.answers()


def test_a_disk_without_room_is_refused_before_anything_is_written(home, monkeypatch):
    monkeypatch.setattr(postgres_module, "ROOM_NEEDED", 10**18)
    with pytest.raises(Refusal, match=r"^the disk that holds .* is full. Free some space there"):
        Postgres(home, disposable=False).start()
    assert not (home.data / "pg18").exists()


def test_files_of_somebody_else_are_not_deleted(home):
    precious = home.data / "pg18" / "thesis.txt"
    precious.parent.mkdir()
    precious.write_text("mine")
    with pytest.raises(Refusal, match="holds no PostgreSQL data but other files"):
        Postgres(home, disposable=False).start()
    assert precious.read_text() == "mine"


def test_urls_lead_through_the_sockets_folder(home: Home):
    urls = environment_of(all_servers(home))
    assert urls == {
        "DATABASE_URL": f"postgresql://zuka@/zuka?host={home.sockets}&port=5432",
        "REDIS_URL": f"unix://{home.sockets}/valkey.sock",
    }
