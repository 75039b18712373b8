from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zuka.up.locks import Taken, hold, is_free
from zuka.up.processes import Process, find_group, find_process, from_ps, wait_until_gone
from zuka.up.refusals import Refusal
from zuka.up.stopping import Stop, StopRequested
from zuka.up.supervision import Supervisor, end_leftovers, run_step
from zuka.up.terminal import Stage

SLEEP = "import time; time.sleep(60)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def wait_for_text(path: Path, text: str) -> None:
    end = time.monotonic() + 10
    while text not in path.read_text():
        assert time.monotonic() < end
        time.sleep(0.02)


def wait_for_command(pid: int, command: str) -> Process:
    """Return the process once it has become what it was started as."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        found = find_process(pid)
        if found and found.command == command:
            return found
    raise AssertionError(f"process {pid} has not become {command}")


def test_a_process_is_known_by_pid_and_start(sleeper):
    started = sleeper(start_new_session=True)
    found = wait_for_command(started.pid, "sleep 60.0")
    assert (found.pid, found.group) == (started.pid, started.pid)
    assert find_group(started.pid) == [found]


def test_a_corpse_is_no_process(sleeper):
    started = sleeper()
    started.kill()
    assert wait_until_gone(started.pid, seconds=5)
    assert find_process(started.pid) is None


@pytest.mark.parametrize("pid", [0, 2**22 + 1])
def test_a_pid_of_nobody_is_no_process(pid):
    assert find_process(pid) is None


def test_ps_is_read_where_there_is_no_proc(folder, monkeypatch):
    ps = folder / "ps"
    ps.write_text("#!/bin/sh\n[ $4 = 7 ] && echo '  41 Mon Nov 23 09:00:00 2026 python -m zuka.up up'\n")
    ps.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    assert from_ps(7) == Process(7, 41, "Mon Nov 23 09:00:00 2026", "python -m zuka.up up")
    assert from_ps(8) is None


def test_a_lock_is_held_by_one_and_freed_by_the_end(folder):
    path = folder / "lock"
    with hold(path):
        assert not is_free(path)
        with pytest.raises(Taken), hold(path):
            pass
    assert is_free(path)


def test_shared_locks_do_not_exclude_each_other(folder):
    path = folder / "lock"
    with hold(path, shared=True), hold(path, shared=True):
        assert not is_free(path)


def test_what_a_process_says_is_shown_with_its_name(folder, capsys):
    supervisor = Supervisor(folder, Stop())
    child = supervisor.start("web", python("print('hello')"), environment=os.environ)
    child.process.wait()
    with pytest.raises(Refusal) as caught:
        supervisor.look()
    assert str(caught.value).startswith("web ended with exit code 0, so everything is stopped. Its log is ")
    assert capsys.readouterr().out == "     web | hello\n    hello\n"
    supervisor.end_all()


def test_a_killed_process_is_told_by_its_signal(folder):
    supervisor = Supervisor(folder, Stop())
    child = supervisor.start("worker", python(SLEEP), environment=os.environ)
    child.process.kill()
    child.process.wait()
    with pytest.raises(Refusal, match=r"^worker was killed by SIGKILL"):
        supervisor.look()
    supervisor.end_all()


def test_all_processes_end_with_their_groups(folder):
    supervisor = Supervisor(folder, Stop())
    family = f"import subprocess; print('ready', flush=True); subprocess.run({python(SLEEP)!r})"
    child = supervisor.start("web", python(family), environment=os.environ)
    wait_for_text(child.log, "ready")
    supervisor.end_all()
    assert find_group(child.process.pid) == []


def test_a_second_signal_kills_what_does_not_listen(folder):
    stop = Stop()
    supervisor = Supervisor(folder, stop)
    child = supervisor.start("web", python(STUBBORN), environment=os.environ)
    wait_for_text(child.log, "ready")
    stop.receive(signal.SIGINT, None)
    stop.receive(signal.SIGINT, None)
    supervisor.end_all()
    assert child.process.returncode == -signal.SIGKILL


def test_a_step_that_fails_is_refused_with_its_output_shown(folder, capsys):
    with pytest.raises(Refusal, match=r"^migrate failed \(exit code 3\)"):
        run_step(
            "migrate",
            python("import sys; print('no table'); sys.exit(3)"),
            environment=os.environ,
            logs=folder,
            stop=Stop(),
            stage=Stage("tables"),
        )
    assert capsys.readouterr().out == " migrate | no table\n"


def test_a_signal_ends_a_step(folder):
    stop = Stop()
    stop.receive(signal.SIGTERM, None)
    with pytest.raises(StopRequested):
        run_step(
            "demo",
            python(SLEEP),
            environment=os.environ,
            logs=folder,
            stop=stop,
            stage=Stage("demo"),
        )


def test_processes_die_with_a_killed_parent(folder):
    code = (
        "import os, sys, time; from pathlib import Path; from zuka.up.stopping import Stop; "
        "from zuka.up.supervision import Supervisor; "
        f"supervisor = Supervisor(Path({str(folder)!r}), Stop()); "
        f"child = supervisor.start('web', {python(SLEEP)!r}, environment=os.environ); "
        "print(child.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(python(code), stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert wait_until_gone(pid, seconds=5)


def test_leftovers_are_ended_and_strangers_are_not(sleeper):
    ours = sleeper(start_new_session=True)
    stranger = sleeper(start_new_session=True)
    started = find_process(ours.pid)
    assert started is not None
    assert end_leftovers({ours.pid: started.started, stranger.pid: "another time"}) == [ours.pid]
    assert ours.wait(timeout=5) == -signal.SIGTERM
    assert stranger.poll() is None
