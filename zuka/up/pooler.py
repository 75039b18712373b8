"""PgBouncer in transaction mode before a PostgreSQL of ours, for tests: each transaction may get another session."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import psycopg

from zuka.up.accounts import give, identity
from zuka.up.homes import Home
from zuka.up.refusals import Refusal

PORT = 6432
START_SECONDS = 10.0
INSTALL = "Install it (Debian, Ubuntu: apt-get install pgbouncer), or set ZUKA_PGBOUNCER to it."


def find_pgbouncer() -> str:
    """Return the path of PgBouncer. Raises Refusal where there is none."""
    found = os.environ.get("ZUKA_PGBOUNCER") or shutil.which(
        "pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin"
    )
    if not found:
        raise Refusal("PgBouncer is not installed", INSTALL)
    return found


def write_rules(home: Home) -> str:
    """Write PgBouncer's settings and return their path: few sessions, so that neighbours share them."""
    path = home.data / "pgbouncer.ini"
    text = f"""[databases]
* = host={home.sockets} port=5432 user=zuka
[pgbouncer]
listen_addr =
unix_socket_dir = {home.sockets}
listen_port = {PORT}
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
ignore_startup_parameters = extra_float_digits,options
"""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    give(path, home.account)
    return str(path)


@contextlib.contextmanager
def running_pooler(home: Home) -> Iterator[str]:
    """Have a PgBouncer before the home's PostgreSQL while the block runs; yield the URL that leads through it."""
    command = [find_pgbouncer(), write_rules(home)]
    url = f"postgresql://zuka@/zuka?host={home.sockets}&port={PORT}"
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        **identity(home.account),
    ) as process:
        try:
            wait_for(url, process)
            yield url
        finally:
            process.send_signal(signal.SIGQUIT)  # by SIGTERM newer ones wait for their last client


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until a session can be opened through it. Raises Refusal when none can."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.Error:
            time.sleep(0.1)
        else:
            return
    raise Refusal("PgBouncer does not answer", f"Try {process.args!r} by hand.")
