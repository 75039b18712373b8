"""What staff change holds in processes that are there already: with Valkey, and without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from bench.rig.databases import server_url, url_of
from bench.rig.site import site_environment
from tests.platform.flags.making import make_flag
from zuka.platform import clock
from zuka.platform.keys.issuing import issue_key, revoke_key
from zuka.platform.models import FeatureFlag, RateLimitRule
from zuka.up.homes import CHECKOUT

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
NOTICED_SECONDS = 1.0
ALL_WELL = {"validation": 200, "api": 200, "flag": [True], "limited": [200, 200]}


class Other:
    """A process that was started, and how to ask it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def ask(self, question: dict[str, str]) -> dict[str, Any]:
        """Return what it answers to calls."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        said: dict[str, Any] = json.loads(self.process.stdout.readline())
        return said


@contextmanager
def other_process(folder: Path, redis_url: str) -> Iterator[Other]:
    """Another process on this database."""
    database = url_of(server_url(), connection.settings_dict["NAME"])
    environment = site_environment(folder, database, redis_url) | {"SECRET_KEY": settings.SECRET_KEY}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.platform.other_process"],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Other(process)
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def others(tmp_path: Path) -> Iterator[list[Other]]:
    """Two processes: one with Valkey, one without."""
    with ExitStack() as started:
        yield [started.enter_context(other_process(tmp_path, url)) for url in (os.environ["REDIS_URL"], "")]


def test_revocations_kill_switches_and_limits_hold_in_all_processes_within_a_second(others: list[Other]) -> None:
    question: dict[str, str] = {}
    asked, question["key"] = issue_key(name="Partner", kind="secret", scopes=["reports"], tier="pro")
    question["limited"] = issue_key(name="Limited", kind="secret", scopes=["reports"])[1]
    question["public"] = issue_key(name="Web", kind="publishable", scopes=["track"])[1]
    make_flag()
    assert [each.ask(question) for each in others] == [ALL_WELL] * 2
    rule = RateLimitRule.objects.create(endpoint="reports", tier="free", counted_by="key", per_hour=1)
    time.sleep(NOTICED_SECONDS)
    limited = [each.ask(question) for each in others]  # which also has them copy all anew
    assert [each["limited"][1] for each in limited] == [429, 429]

    revoke_key(key=asked, at=clock.now())
    FeatureFlag.objects.update(is_killed=True)
    rule.per_hour = 3_600_000  # a bucket fills by its rate, 1,000 a second
    rule.save()
    time.sleep(NOTICED_SECONDS)

    ended = {"validation": 401, "api": 401, "flag": [], "limited": [200, 200]}
    assert [each.ask(question) for each in others] == [ended] * 2
