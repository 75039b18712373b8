"""Which `up` runs for a home: a lock that dies with it, and what it noted in the lock's file."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO

from zuka.up.homes import Home, read_json
from zuka.up.locks import Taken, hold
from zuka.up.processes import Process, find_process
from zuka.up.refusals import Refusal
from zuka.up.supervision import Child, end_leftovers
from zuka.up.terminal import say


@dataclass
class Run:
    """Our own run, as noted for `down`, for a second `up`, and for the one after a crash."""

    file: TextIO
    facts: dict[str, Any] = field(default_factory=dict)

    def note(self, **facts: Any) -> None:
        """Add facts to the file."""
        self.facts |= facts
        self.file.seek(0)
        self.file.truncate()
        self.file.write(json.dumps(self.facts))
        self.file.flush()

    def note_children(self, children: list[Child]) -> None:
        """Note the processes, so that the next run can end them should this one be killed."""
        processes = [find_process(child.process.pid) for child in children]
        self.note(groups={str(process.pid): process.started for process in processes if process})


@contextlib.contextmanager
def claim_run(home: Home, *, url: str) -> Iterator[Run]:
    """Be the one `up` of a home while the block runs; raises Refusal when there is one already.

    What an earlier one left behind that was killed is ended first.
    """
    with contextlib.ExitStack() as held:
        try:
            file = held.enter_context(hold(home.run_lock))
        except Taken:
            raise already_runs(home) from None
        clean_up_after_crash(home)
        run = Run(file)
        run.note(pid=os.getpid(), url=url)
        try:
            yield run
        finally:
            run.facts.clear()
            run.note()


def already_runs(home: Home) -> Refusal:
    """Return the refusal that says where the other `up` is."""
    facts = read_json(home.run_lock)
    where = f" at {facts['url']} (process {facts['pid']})" if facts else ""
    return Refusal(
        f"it already runs for {home.path}{where}", "Stop it with ./run.sh down, or set ZUKA_HOME and ZUKA_PORT."
    )


def clean_up_after_crash(home: Home) -> bool:
    """End the processes of a run that was killed; call with the lock held. Return whether there was such a run."""
    facts = read_json(home.run_lock)
    if not facts:
        return False
    ended = end_leftovers({int(group): started for group, started in facts.get("groups", {}).items()})
    left = f"; ended {len(ended)} of its processes that were left" if ended else ""
    say(f"an earlier run (process {facts.get('pid')}) did not stop by itself{left}")
    return True


def find_run(home: Home) -> Process | None:
    """Return the process of the `up` that holds the lock, or None when what is noted is not it."""
    process = find_process(int(read_json(home.run_lock).get("pid", 0)))
    return process if process and "zuka.up" in process.command else None
