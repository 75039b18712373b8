"""Our own processes: started in groups of their own, watched, and ended together."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from zuka.up.homes import CHECKOUT
from zuka.up.processes import find_group, kill_group, wait_until_group_is_gone
from zuka.up.refusals import Refusal
from zuka.up.server_logs import read_tail
from zuka.up.stopping import Stop
from zuka.up.terminal import Stage, say, write

PR_SET_PDEATHSIG = 1
GRACE_SECONDS = 20.0
PAUSE = 0.1


def die_with_parent(parent: int) -> Callable[[], None] | None:
    """Return what a new process does first on Linux: ask for SIGTERM if we are killed, whatever kills us."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return ask


@dataclass
class Child:
    """One of our processes, with the log that it writes and how far the log has been shown."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    shown: int = 0
    unfinished: str = ""

    def new_lines(self) -> list[str]:
        """Return the lines written since the last call."""
        with self.log.open("rb") as file:
            file.seek(self.shown)
            fresh = file.read()
        self.shown += len(fresh)
        *lines, self.unfinished = (self.unfinished + fresh.decode(errors="replace")).split("\n")
        return lines

    def last_lines(self, count: int = 5) -> str:
        """Return the end of its log, indented."""
        lines = [line for line in read_tail(self.log).splitlines() if line.strip()]
        return "\n".join(f"    {line}" for line in lines[-count:])


def spawn(
    name: str,
    command: list[str],
    *,
    environment: Mapping[str, str],
    logs: Path,
    output: IO[bytes] | None = None,
    files: Sequence[int] = (),
) -> Child:
    """Start a process in a session of its own, so that the terminal's Ctrl-C does not reach it before we decide.

    What it writes goes to its log, so that it never waits for us; standard output to `output` where given. It has
    our open `files` too, by the same numbers.
    """
    log = logs / f"{name}.log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output or file,
            stderr=file,
            start_new_session=True,
            pass_fds=files,
            preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509 - this program has one thread
        )
    return Child(name, process, log)


@dataclass
class Supervisor:
    """Starts processes, shows what they say, and ends them all."""

    logs: Path
    stop: Stop
    children: list[Child] = field(default_factory=list)

    def start(
        self, name: str, command: list[str], *, environment: Mapping[str, str], files: Sequence[int] = ()
    ) -> Child:
        """Start a process that is meant to run until we end it, with open files of ours where it is given any."""
        child = spawn(name, command, environment=environment, logs=self.logs, files=files)
        self.children.append(child)
        return child

    def show_new_lines(self, stage: Stage | None = None) -> None:
        """Print what the processes wrote, each line with the name of who wrote it."""
        for child in self.children:
            for line in child.new_lines():
                if stage:
                    stage.clear()
                write(f"{child.name:>8} | {line}")

    def look(self, stage: Stage | None = None) -> None:
        """Show new lines; raises StopRequested on a signal and Refusal when a process has ended by itself."""
        self.show_new_lines(stage)
        self.stop.check()
        for child in self.children:
            code = child.process.poll()
            if code is not None:
                raise ended(child, code)

    def wait_for(self, ready: Callable[[], bool], *, seconds: float, stage: Stage) -> bool:
        """Wait until something is so; return whether it came to be in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.look(stage)
            if ready():
                return True
            stage.tick()
            time.sleep(PAUSE)
        return False

    def end_all(self, stage: Stage | None = None) -> None:
        """End the processes: asked first, killed after a grace or at a second Ctrl-C; whole groups, to the last."""
        for child in self.children:
            if child.process.poll() is None:
                child.process.terminate()
        end = time.monotonic() + GRACE_SECONDS
        while any(child.process.poll() is None for child in self.children):
            self.show_new_lines(stage)
            if self.stop.impatient or time.monotonic() > end:
                say("some processes still run and are killed; PostgreSQL still closes its files")
                break
            time.sleep(0.05)
        for child in self.children:
            kill_group(child.process.pid)
            child.process.wait()
            wait_until_group_is_gone(child.process.pid)
        self.show_new_lines(stage)
        self.children.clear()


def ended(child: Child, code: int) -> Refusal:
    """Return the refusal for a process that ended by itself, with the last lines of its log."""
    how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
    write(child.last_lines())
    return Refusal(f"{child.name} {how}, so everything is stopped", f"Its log is {child.log}.")


def run_step(
    name: str,
    command: list[str],
    *,
    environment: Mapping[str, str],
    logs: Path,
    stop: Stop,
    stage: Stage,
    output: IO[bytes] | None = None,
) -> None:
    """Run a process to its end, showing what it says; raises Refusal when it fails, StopRequested on a signal."""
    child = spawn(name, command, environment=environment, logs=logs, output=output)
    supervisor = Supervisor(logs, stop, [child])
    try:
        while child.process.poll() is None:
            supervisor.show_new_lines(stage)
            stop.check()
            stage.tick()
            time.sleep(0.02)
        supervisor.show_new_lines(stage)
        if child.process.returncode:
            stage.clear()
            stop.check()
            raise Refusal(f"{name} failed (exit code {child.process.returncode})", f"Its log is {child.log}.")
    finally:
        supervisor.end_all(stage)


def run_in_foreground(command: list[str], *, environment: Mapping[str, str], stop: Stop) -> int:
    """Run a process that owns the terminal; Ctrl-C is for it alone, a SIGTERM of ours is handed on to it."""
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=dict(environment),
        preexec_fn=die_with_parent(os.getpid()),  # noqa: PLW1509 - this program has one thread
    )
    handed_on = False
    while True:
        try:
            return process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            if stop.asked_to_end and not handed_on:
                handed_on = True
                process.terminate()


def end_leftovers(groups: dict[int, str]) -> list[int]:
    """End what an earlier run that was killed left behind, by the group and the start of its leader.

    A group is ours if its leader started when we noted it, or if it has no leader any more and its members
    run our Python: the kernel gives a group's number to nobody else while it has members.
    """
    found = []
    for group, started in groups.items():
        members = find_group(group)
        leader = next((member for member in members if member.pid == group), None)
        ours = leader.started == started if leader else any(sys.executable in member.command for member in members)
        if ours:
            found.append(group)
            kill_group(group, signal.SIGTERM)
    for group in found:
        wait_until_group_is_gone(group)
        kill_group(group)
        wait_until_group_is_gone(group)
    return found
