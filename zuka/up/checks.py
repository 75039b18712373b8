"""`check`: every check of the code, one after the other, with one table at the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from zuka.up.environment import for_deploy_check, for_tests
from zuka.up.homes import CHECKOUT, Home
from zuka.up.refusals import Refusal
from zuka.up.stopping import Stop
from zuka.up.terminal import stage, write

Environment = Callable[[Home, Mapping[str, str]], dict[str, str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what Python is called with, and the environment it needs."""

    name: str
    command: tuple[str, ...]
    environment: Environment = for_tests


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check went."""

    check: Check
    passed: bool
    seconds: float
    output: str


# import-linter's package cannot be run by its name.
LINT_IMPORTS = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"

CHECKS = (
    Check("format", ("-m", "ruff", "format", "--check", ".")),
    Check("lint", ("-m", "ruff", "check", ".")),
    Check("types", ("-m", "mypy")),
    Check("imports", ("-c", LINT_IMPORTS)),
    Check("migrations", ("manage.py", "makemigrations", "--check", "--dry-run")),
    Check("deployment", ("manage.py", "check", "--deploy", "--fail-level", "WARNING"), for_deploy_check),
    Check("templates", ("-m", "djlint", "templates", "--lint", "--quiet")),
    Check("documents", ("manage.py", "document", "--check")),
)


def choose_checks(names: list[str]) -> list[Check]:
    """Return the checks with these names, or all; raises Refusal for a name that is none."""
    known = {check.name: check for check in CHECKS}
    if unknown := [name for name in names if name not in known]:
        raise Refusal(f"there is no check {', '.join(unknown)}", f"Choose from {', '.join(known)}.")
    return [known[name] for name in names] or list(CHECKS)


def run_checks(checks: list[Check], home: Home, urls: Mapping[str, str], stop: Stop) -> int:
    """Run the checks, show what failed and a table of all; return 1 when any failed."""
    outcomes = []
    for check in checks:
        stop.check()
        outcomes.append(run_check(check, check.environment(home, urls)))
    write("")
    for outcome in outcomes:
        write(f"  {'ok' if outcome.passed else 'FAILED':<7} {outcome.check.name:<12} {outcome.seconds:5.1f} s")
    return int(not all(outcome.passed for outcome in outcomes))


def run_check(check: Check, environment: Mapping[str, str]) -> Outcome:
    """Run one check; what it wrote is shown when it failed."""
    began = time.monotonic()
    with stage(f"check: {check.name}"):
        done = subprocess.run(
            [sys.executable, *check.command],
            cwd=CHECKOUT,
            env=dict(environment),
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    outcome = Outcome(check, done.returncode == 0, time.monotonic() - began, done.stdout)
    if not outcome.passed:
        write(outcome.output.rstrip())
    return outcome
