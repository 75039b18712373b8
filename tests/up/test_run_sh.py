"""`run.sh` in a folder of its own, with pretended Pythons: what it finds, refuses, installs and repairs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from zuka.up.homes import CHECKOUT

TOOLS = (
    "sh",
    "dirname",
    "cat",
    "mkdir",
    "rm",
    "mv",
    "df",
    "awk",
    "grep",
    "sed",
    "sleep",
    "cksum",
    "head",
    "tail",
    "touch",
    "cp",
)

# Answers as Python does where run.sh asks; `-m venv` puts a copy of itself into the folder it is given.
PYTHON = """#!/bin/sh
here={here}
case "$*" in
  *'print("%d.%d.%d"'*) echo {version} ;;
  *'sys.exit(not'*) exit {misfit} ;;
  *'import venv, ensurepip'*) exit {without_venv} ;;
  *'import pip'*) exit 0 ;;
  '-m venv '*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  '-m pip '*) echo install >>"$here/installs"; sleep {seconds}; {installs} ;;
  '-m zuka.up '*) shift 2; echo "ran $*" ;;
esac
"""


@pytest.fixture
def checkout(folder: Path) -> Path:
    """A checkout with run.sh and lock files, and a path that holds the plain tools only."""
    shutil.copy(CHECKOUT / "run.sh", folder)
    for group in ("local", "dev"):
        (folder / f"requirements-{group}.lock").write_text(f"{group}==1\n")
    tools = folder / "tools"
    tools.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found, tool
        (tools / tool).symlink_to(found)
    return folder


def pretend(checkout: Path, name: str = "python3", **answers: object) -> Path:
    facts = {"version": "3.13.1", "misfit": 0, "without_venv": 0, "seconds": 0, "installs": "exit 0"} | answers
    return put(checkout, name, PYTHON.format(here=checkout, **facts))


def put(checkout: Path, name: str, text: str) -> Path:
    path = checkout / "tools" / name
    path.unlink(missing_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def run(checkout: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(checkout / "run.sh"), *arguments],
        env={"PATH": str(checkout / "tools"), **environment},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


def start(checkout: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """Run a command beside the test."""
    return subprocess.Popen(
        [str(checkout / "run.sh"), *arguments],
        env={"PATH": str(checkout / "tools")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def refused(checkout: Path, *arguments: str, **environment: str) -> str:
    """Run a command that must be refused, and return its last line."""
    done = run(checkout, *arguments, **environment)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.splitlines()[-1]


def installs(checkout: Path) -> int:
    path = checkout / "installs"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_help_needs_no_python(checkout):
    done = run(checkout, "help")
    assert (done.returncode, done.stdout.splitlines()[0], done.stderr) == (0, "Zuka: ./run.sh COMMAND", "")


def test_an_unknown_command_prints_the_help_and_ends_with_2(checkout):
    done = run(checkout, "dance")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[:2] == ["Zuka: there is no command dance.", "Zuka: ./run.sh COMMAND"]


def test_down_installs_nothing(checkout):
    done = run(checkout, "down")
    assert (done.returncode, done.stderr) == (0, "Zuka: nothing runs here\n")


def test_no_python_is_said(checkout):
    assert refused(checkout, "up").startswith("Zuka: no Python was found. Install Python 3.11 or newer")


def test_a_python_too_old_is_named(checkout):
    pretend(checkout, version="3.9.2", misfit=1)
    said = "Zuka: Python 3.11 to 3.14 is needed, and only python3 3.9.2 was found. Install a newer one"
    assert refused(checkout, "up") == f"{said}, or set PYTHON to it."


def test_the_first_python_that_fits_is_used(checkout):
    pretend(checkout, version="3.9.2", misfit=1)
    newer = pretend(checkout, "python3.12")
    assert f"Zuka: making .venv with {newer}" in run(checkout, "up").stderr


def test_a_chosen_python_is_used_or_refused(checkout):
    pretend(checkout)
    old = pretend(checkout, "old", version="2.7.18", misfit=1)
    assert refused(checkout, "up", PYTHON=str(old)) == (
        f"Zuka: PYTHON={old} is {old} 2.7.18 and cannot be used. Set it to a Python from 3.11 to 3.14, or unset it."
    )


def test_a_python_without_venv_names_the_package(checkout):
    python = pretend(checkout, without_venv=1)
    assert refused(checkout, "up") == (
        f"Zuka: {python} has no venv module. Install it (Debian, Ubuntu: apt-get install python3-venv), or install uv."
    )
    assert not (checkout / ".venv").exists()


def test_a_full_disk_is_said_before_anything_is_written(checkout):
    pretend(checkout)
    put(checkout, "df", "#!/bin/sh\necho head\necho disk 1000000 990000 10240 99% /\n")
    assert refused(checkout, "up") == (
        f"Zuka: the disk that holds {checkout} has only 10 MB left. Free 1 GB there, then try again."
    )
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("ERROR: [Errno 28] No space left on device", "the disk is full. Free 1 GB where"),
        ("NewConnectionError: refused", "the package index cannot be reached. Check the network"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "a package differs from what requirements-local.lock names"),
        ("ERROR: No matching distribution found for left==1", "there is no ready-made package left==1. Use Linux"),
        ("ERROR: something new", "the install failed: ERROR: something new. See .venv/install.log, then try again."),
    ],
)
def test_a_failed_install_is_one_line_and_mended_by_the_next_run(checkout, written, said):
    pretend(checkout, installs=f'echo "{written}"; exit 1')
    assert refused(checkout, "up").startswith(f"Zuka: {said}")
    assert not (checkout / ".zuka-install").exists()
    shutil.rmtree(checkout / ".venv")
    pretend(checkout)
    assert run(checkout, "up").stdout == "ran up\n"


def test_the_second_run_installs_nothing(checkout):
    pretend(checkout)
    assert run(checkout, "manage", "check", "a b").stdout == "ran manage check a b\n"
    again = run(checkout, "up")
    assert (again.stdout, again.stderr, installs(checkout)) == ("ran up\n", "", 1)


def test_packages_for_development_hold_those_for_up(checkout):
    pretend(checkout)
    for command in ("test", "check", "up", "demo"):
        assert run(checkout, command).stdout == f"ran {command}\n"
    assert installs(checkout) == 1


def test_a_changed_lock_file_is_installed(checkout):
    pretend(checkout)
    run(checkout, "up")
    (checkout / "requirements-local.lock").write_text("local==2\n")
    run(checkout, "up")
    assert installs(checkout) == 2


def test_a_venv_that_a_crashed_install_left_is_made_anew(checkout):
    pretend(checkout)
    run(checkout, "up")
    (checkout / ".venv" / ".installing").touch()
    (checkout / ".venv" / "half").touch()
    assert run(checkout, "up").stdout == "ran up\n"
    assert not (checkout / ".venv" / "half").exists()


def test_a_venv_whose_python_is_gone_is_made_anew(checkout):
    pretend(checkout)
    run(checkout, "up")
    (checkout / ".venv" / "bin" / "python").unlink()
    (checkout / ".venv" / "bin" / "python").symlink_to("/nowhere/python")
    assert run(checkout, "up").stdout == "ran up\n"


def test_two_commands_at_once_install_once(checkout):
    pretend(checkout, seconds=2)
    first = start(checkout, "up")
    while not (checkout / ".zuka-install" / "pid").exists():
        time.sleep(0.02)
    second = run(checkout, "demo")
    assert first.wait(timeout=30) == 0
    assert (second.stdout, installs(checkout)) == ("ran demo\n", 1)
    assert second.stderr.startswith(f"Zuka: waiting for process {first.pid}, which installs into .venv\n")


def test_the_lock_of_a_crashed_install_is_taken_over(checkout):
    pretend(checkout)
    lock = checkout / ".zuka-install"
    lock.mkdir()
    gone = [subprocess.Popen(["true"]) for _ in range(2)]
    for process in gone:
        process.wait()
    (lock / "pid").write_text(f"{gone[0].pid} {gone[1].pid}\n")
    assert run(checkout, "up").stdout == "ran up\n"
    assert [entry.name for entry in checkout.glob(".zuka-install*")] == []


def test_an_installer_that_outlived_its_run_is_waited_for(checkout, sleeper):
    pretend(checkout)
    lock = checkout / ".zuka-install"
    lock.mkdir()
    gone = subprocess.Popen(["true"])
    gone.wait()
    orphan = sleeper()
    (lock / "pid").write_text(f"{gone.pid} {orphan.pid}\n")
    waiting = start(checkout, "up")
    time.sleep(0.5)
    assert (waiting.poll(), installs(checkout)) == (None, 0)
    orphan.kill()
    orphan.wait()
    assert waiting.wait(timeout=20) == 0
    assert installs(checkout) == 1


def test_a_signal_ends_the_install_and_leaves_no_lock(checkout):
    pretend(checkout, seconds=20)
    process = start(checkout, "up")
    while not (checkout / "installs").exists():
        time.sleep(0.02)
    process.terminate()
    assert process.wait(timeout=10) == 143
    assert not (checkout / ".zuka-install").exists()
    assert (checkout / ".venv" / ".installing").exists()


def test_it_is_plain_sh():
    assert os.access(CHECKOUT / "run.sh", os.X_OK)
    dash = shutil.which("dash") or "sh"
    assert subprocess.run([dash, "-n", str(CHECKOUT / "run.sh")], check=False).returncode == 0
