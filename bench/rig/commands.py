"""Management commands without the start of Python for each: one process has everything imported, and forks.

To import Django and all of Zuka takes 2 s of processor time; a journey asks for a dozen commands. Each has a process of
its own still, as fresh as one of `manage.py`: what waits here has no thread and no connection.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from zuka.up.homes import CHECKOUT
from zuka.up.processes import kill_group

SECONDS = 600.0


@dataclass(frozen=True)
class Finished:
    """How a command ended, and what it wrote."""

    code: int
    printed: str
    errors: str


class Commands:
    """The process that forks commands, as long as it is wanted; its settings are those of the environment."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self.folder, self.environment = folder, dict(environment)
        with (folder / "commands.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bench.rig.commands"],
                cwd=CHECKOUT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def run(self, arguments: Sequence[str]) -> Finished:
        """Run a command to its end. Raises RuntimeError where the process that forks it has ended."""
        outputs = [self.folder / name for name in ("command.out", "command.err")]
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps([*map(str, outputs), *arguments]), file=self.process.stdin, flush=True)
        if not select.select([self.process.stdout], [], [], SECONDS)[0]:
            kill_group(self.process.pid)
        if not (answer := self.process.stdout.readline()):
            said = (self.folder / "commands.log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"manage.py {' '.join(arguments)} was not run, or took {SECONDS:.0f} s:\n{said}")
        printed, errors = (path.read_text(errors="replace") for path in outputs)
        return Finished(int(answer), printed, errors)

    def close(self) -> None:
        """End the process; a command that still runs with it."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        kill_group(self.process.pid)
        self.process.wait()


def serve() -> None:
    """Import everything, then fork a command for each line that comes, and say how it ended."""
    import django

    import zuka.celery  # as in manage.py

    django.setup()
    import zuka.urls  # noqa: F401 - it needs Django to be set up

    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        printed, errors, *arguments = json.loads(line)
        pid = os.fork()
        if pid == 0:
            answers.close()
            become(printed, errors, arguments)
            return
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


def become(printed: str, errors: str, arguments: list[str]) -> None:
    """Run a command as `manage.py` does, in a process that ends with it."""
    from django.core.management import execute_from_command_line

    for number, path in enumerate((os.devnull, printed, errors)):
        flags = os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT | os.O_TRUNC
        os.dup2(os.open(path, flags, 0o600), number)
    execute_from_command_line(["manage.py", *arguments])


if __name__ == "__main__":
    serve()
