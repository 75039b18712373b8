"""Homes and processes for the tests of the start-up."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from zuka.up.homes import Home, make_sockets_folder, open_home

Sleeper = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can walk into, which pytest's own are not."""
    path = Path(tempfile.mkdtemp(prefix="zuka-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def home(folder: Path) -> Iterator[Home]:
    """A home of its own."""
    made = open_home({"ZUKA_HOME": str(folder / "home")})
    make_sockets_folder(made)
    yield made
    shutil.rmtree(made.sockets, ignore_errors=True)
    if made.data != made.path:
        shutil.rmtree(made.data, ignore_errors=True)


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    """Start processes that do nothing, and end them with the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(**options: object) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(["sleep", "60.0"], **options))  # type: ignore[call-overload]
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


@pytest.fixture
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the run of the tests itself has set."""
    paid = ("PAYSTACK_SECRET_KEY", "FLUTTERWAVE_SECRET_KEY", "PAYMENTS_TEST_MODE", "STOREFRONT", "NO_PROXY", "no_proxy")
    for name in ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "ZUKA_HOME", "ZUKA_PORT", "ZUKA_HOST", *paid):
        monkeypatch.delenv(name, raising=False)
    assert "DATABASE_URL" not in os.environ
