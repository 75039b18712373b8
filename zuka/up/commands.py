"""The commands that work beside `up`: tests, checks and benches on servers of their own, the rest on those of `up`."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from zuka.up.browser import NAMES
from zuka.up.checks import choose_checks, run_checks
from zuka.up.environment import for_shop, for_tests
from zuka.up.homes import CHECKOUT, Home, claim_slot, open_home, read_path
from zuka.up.pooler import running_pooler
from zuka.up.refusals import Refusal
from zuka.up.replica import VARIABLE, running_replica
from zuka.up.servers import environment_of, running_servers
from zuka.up.serving import manage, migrate
from zuka.up.stopping import Stop, listening_to_signals
from zuka.up.supervision import run_in_foreground
from zuka.up.terminal import say

OWN_WORKERS = re.compile(
    r"-n.*|--numprocesses.*|-p=?no:xdist|no:xdist|--pdb|--trace|--collect-only|--co|--version|-h|--help"
)


@contextlib.contextmanager
def own_servers_for(name: str, *, disposable: bool) -> Iterator[tuple[Home, dict[str, str], Stop]]:
    """Have servers that nobody else uses, never those of `up`, while the block runs."""
    home = open_home(os.environ)
    with (
        listening_to_signals() as stop,
        claim_slot(home, name) as slot,
        running_servers(slot, disposable=disposable) as servers,
    ):
        yield slot, environment_of(servers), stop


@contextlib.contextmanager
def shop_servers() -> Iterator[tuple[Home, dict[str, str], Stop]]:
    """Have the servers of `up` while the block runs, whether `up` does or not."""
    home = open_home(os.environ)
    with listening_to_signals() as stop, running_servers(home) as servers:
        yield home, for_shop(home, environment_of(servers)), stop


def run_tests(arguments: list[str]) -> int:
    """Run pytest on servers of its own, on every processor unless the arguments say otherwise; return its exit code."""
    with own_servers_for("test", disposable=True) as (home, urls, stop):
        environment = for_tests(home, urls)
        report_browser(environment)
        command = [sys.executable, "-m", "pytest", *spread(arguments), *arguments]
        return run_in_foreground(command, environment=environment, stop=stop)


# What hangs on sessions and transactions: locks, snapshots, COPY, settings of a transaction, prepared statements.
POOLED_TESTS = (
    "tests/platform/audit/test_log.py",
    "tests/platform/live_settings",
    "tests/platform/test_partitions.py",
    "tests/platform/test_api_usage.py",
    "tests/ingest/test_exactly_once.py",
    "tests/rollup/test_races.py",
)


def run_pooled_tests(arguments: list[str]) -> int:
    """Run the tests that a pooler could break through PgBouncer, or those named; return pytest's exit code."""
    with own_servers_for("test", disposable=True) as (home, urls, stop), running_pooler(home) as url:
        pooled = {"DATABASE_POOLED": "true", "DATABASE_DIRECT_URL": urls["DATABASE_URL"]}
        environment = for_tests(home, {**urls, "DATABASE_URL": url}) | pooled
        # A pooler keeps sessions open after their clients have gone, and what has sessions cannot be dropped.
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--reuse-db", *(arguments or POOLED_TESTS)]
        return run_in_foreground(command, environment=environment, stop=stop)


def run_replica_tests(arguments: list[str]) -> int:
    """Run the tests of reading from a replica, with a real one that streams; return pytest's exit code."""
    with own_servers_for("test", disposable=True) as (home, urls, stop), running_replica(home) as replica:
        told = {"REPLICA_DATABASE_URL": replica.url, VARIABLE: replica.describe()}
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *(arguments or ["tests/replica"])]
        return run_in_foreground(command, environment=for_tests(home, urls) | told, stop=stop)


def run_warehouse_tests(arguments: list[str]) -> int:
    """Run the tests of ClickHouse, whose engine runs in their process; return pytest's exit code."""
    with own_servers_for("test", disposable=True) as (home, urls, stop):
        command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *(arguments or ["tests/warehouse"])]
        return run_in_foreground(command, environment=for_tests(home, urls), stop=stop)


def run_sdks(arguments: list[str]) -> int:
    """Run the published SDKs' tests on servers of their own; the SDKs are installed in the home once."""
    folder = read_path(os.environ) / "sdks"
    with own_servers_for("test", disposable=True) as (home, urls, stop):
        environment = for_tests(home, urls) | {"ZUKA_SDKS": str(folder)}
        command = [sys.executable, "-m", "pytest", "-rs", *spread(arguments), "tests/sdks", *arguments]
        return run_in_foreground(command, environment=environment, stop=stop)


def report_browser(environment: Mapping[str, str]) -> None:
    """Say which browser the tests drive, or that they cannot."""
    if chromium := environment.get("ZUKA_CHROMIUM"):
        say(f"browser tests use {chromium}")
    else:
        say(f"no Chromium was found, so browser tests do not run. Install {NAMES[0]}, or set ZUKA_CHROMIUM to one.")


def spread(arguments: list[str]) -> list[str]:
    """Return the options that spread tests over the processors, none where the arguments choose."""
    if any(OWN_WORKERS.fullmatch(argument) for argument in arguments):
        return []
    # One more than there are processors, since journeys wait for servers and browsers more than they compute. In which
    # order files run is for tests/spreading.py to say; by its own xdist leaves journeys to the end.
    return ["-n", str(count_processors() + 1), "--dist", "loadfile", "--no-loadscope-reorder"]


def count_processors() -> int:
    """Return how many processors this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def run_check_command(arguments: list[str]) -> int:
    """Run the checks, or those named; 1 when any failed."""
    checks = choose_checks(arguments)
    with own_servers_for("test", disposable=True) as (home, urls, stop):
        return run_checks(checks, home, urls, stop)


def run_bench(arguments: list[str]) -> int:
    """Run a bench on servers of its own that are as durable as those of `up`; return its exit code."""
    names = bench_names(CHECKOUT / "bench")
    if not arguments or arguments[0] not in names:
        raise Refusal("bench needs the name of a bench", f"Choose from {', '.join(names) or 'none yet'}.")
    with own_servers_for("bench", disposable=False) as (home, urls, stop):
        command = [sys.executable, "-m", f"bench.{arguments[0]}", *arguments[1:]]
        return run_in_foreground(command, environment=for_tests(home, urls), stop=stop)


def bench_names(folder: Path) -> list[str]:
    """Return what `python -m bench.NAME` can run: modules, and packages that say what running them means."""
    modules = [path.stem for path in folder.glob("[a-z]*.py")]
    return sorted(modules + [path.parent.name for path in folder.glob("*/__main__.py")])


def run_demo(arguments: list[str]) -> int:
    """Make demo data in the shop of `up`, making its tables first; return the exit code."""
    with shop_servers() as (home, environment, stop):
        migrate(home, environment, stop)
        return run_in_foreground(manage("demo", *arguments), environment=environment, stop=stop)


def run_shell(arguments: list[str]) -> int:
    """Open Django's shell on the shop of `up`; return its exit code."""
    return run_manage(["shell", *arguments])


def run_manage(arguments: list[str]) -> int:
    """Run a management command on the shop of `up`; return its exit code."""
    with shop_servers() as (_home, environment, stop):
        return run_in_foreground(manage(*arguments), environment=environment, stop=stop)


def run_backup(arguments: list[str]) -> int:
    """Back up the shop of `up`, into its home where nothing else is named; return the exit code."""
    with shop_servers() as (home, environment, stop):
        is_told = environment.get("BACKUP_URL") or any(each.partition("=")[0] == "--to" for each in arguments)
        place = [] if is_told else ["--to", str(home.path / "backups")]
        return run_in_foreground(manage("backup", *arguments, *place), environment=environment, stop=stop)


def run_restore(arguments: list[str]) -> int:
    """Restore a backup into the shop of `up`; return the exit code."""
    return run_manage(["restore", *arguments])
