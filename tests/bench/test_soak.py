"""The parts of `bench soak` that need no shop: its clock and disk, its crowd's events, its table."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.rig.soak.crowd import EVENT, ORDER, PAGE, Answer, is_refused, make_event, mix_of
from bench.rig.soak.troubles import TROUBLES
from bench.rig.soak.world import make_world
from bench.soak import Outcome, failure_words

NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
CAN_SOAK = sys.platform.startswith("linux") and shutil.which("cc") is not None
ANSWERED = {EVENT: 0.5, ORDER: 2.0, PAGE: 1.0}
# Waits for a lock and for a clock as long as it says, tells the time, and adds to a file until that is refused.
RESIDENT = """
import json, sys, threading, time
file = open("grows", "ab", buffering=0)
file.write(b"room")
for line in sys.stdin:
    began = time.monotonic()
    threading.Lock().acquire() and threading.Event().wait(0.2)
    waited = time.monotonic() - began
    try:
        error = 0 * file.write(b"more")
    except OSError as refused:
        error = refused.errno
    print(json.dumps([time.time(), waited, error]), flush=True)
"""


def ask(resident: subprocess.Popen[str]) -> tuple[datetime, float, int]:
    """What a process takes for the time, how long it waited for 0.2 s, and why its file could not grow."""
    assert resident.stdin
    assert resident.stdout
    print(file=resident.stdin, flush=True)
    at, waited, error = json.loads(resident.stdout.readline())
    return datetime.fromtimestamp(at, UTC), waited, error


def is_its_own(seconds: float) -> bool:
    """Whether a wait of 0.2 s was one, and not one of the soak's clock, a thousand times as quick or as long."""
    return 0.1 < seconds < 100


@pytest.mark.skipif(not CAN_SOAK, reason="`bench soak` preloads a library: it needs Linux and a C compiler")
def test_a_process_of_a_soak_lives_by_its_clock_and_its_disk(tmp_path: Path) -> None:
    with make_world(tmp_path, NOON) as world:
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", RESIDENT]
        with subprocess.Popen(command, cwd=tmp_path, stdin=pipe, stdout=pipe, text=True) as resident:
            asked, (at, waited, error), told = world.now(), ask(resident), world.now()
            assert (asked - SECOND < at < told + SECOND, is_its_own(waited), error) == (True, True, 0)
            world.set_clock(NOON + timedelta(days=30), rate=1000)
            world.fill_disk(is_full=True)
            time.sleep(0.01)
            asked, (at, waited, error), told = world.now(), ask(resident), world.now()
            assert NOON + timedelta(days=30, minutes=3) < at
            assert (asked - SECOND < at < told + SECOND, is_its_own(waited), error) == (True, True, 28)
            world.set_clock(NOON - timedelta(days=1), rate=1)
            world.fill_disk(is_full=False)
            asked, (at, waited, error), told = world.now(), ask(resident), world.now()
            assert (asked - SECOND < at < told + SECOND, is_its_own(waited), error) == (True, True, 0)
            assert resident.stdin
            resident.stdin.close()
        assert (tmp_path / "grows").read_bytes() == b"roommoremore"
    assert abs(datetime.now(UTC) - NOON) > timedelta(days=1)


def test_the_crowds_events_are_of_every_path_through_the_pipeline() -> None:
    ids = {mix_of(each): each for each in (f"t01-1-{place}" for place in range(10))}
    assert sorted(ids) == list(range(10))
    events = {mix: make_event(each, NOON) for mix, each in ids.items()}
    assert [mix for mix, event in events.items() if "timestamp" not in event] == [0]
    assert [mix for mix, event in events.items() if "sentAt" in event] == [1]
    assert [mix for mix, event in events.items() if "anonymousId" not in event] == [2]
    assert [mix for mix, each in ids.items() if is_refused(each)] == [2]


def test_troubles_have_names_of_their_own() -> None:
    assert len({each.name for each in TROUBLES}) == len(TROUBLES)


def test_a_call_is_good_when_it_did_what_was_asked() -> None:
    assert [Answer(PAGE, 0.0, 0.1, status).is_good for status in (0, 200, 201, 302, 429, 503)] == [
        *(False, True, True),
        *(False, False, False),
    ]


def outcome(**facts: object) -> Outcome:
    """What a trouble came to that was survived, but for some facts."""
    usual: dict[str, Any] = {"words": "", "failures": Counter(), "lost": 0, "doubled": 0, "problems": []}
    return Outcome(trouble=TROUBLES[1], **(usual | {"answered": ANSWERED, "agreed": 2.0} | facts))


def test_a_trouble_is_survived_when_nothing_is_lost_or_twice_and_all_works_again() -> None:
    assert outcome().is_survived
    wrong = (
        {"lost": 1},
        {"doubled": 1},
        {"answered": {EVENT: 0.5, PAGE: 1.0}},
        {"agreed": None},
        {"problems": ["a cell differs"]},
    )
    assert [outcome(**facts).is_survived for facts in wrong] == [False] * len(wrong)


def test_a_row_says_what_happened_what_failed_and_how_long_it_took() -> None:
    failures = Counter({(EVENT, 503): 12, (PAGE, 0): 3})
    row = outcome(words="for 4 minutes", failures=failures, lost=2, doubled=1, agreed=None).row()
    assert row == [
        "worker stopped",
        "SIGSTOP to all of it, then SIGCONT; for 4 minutes",
        "a page 3 × no answer, an event 12 × 503",
        "2, 1 twice",
        "0.5 / 2.0 / 1.0",
        "not in 90",
    ]
    assert failure_words(Counter()) == "none"
