"""`down`: stop the `up` of this home from another shell, or what a crashed one left behind."""

from __future__ import annotations

import os
import signal
import time

from zuka.up.homes import Home, open_home, read_path
from zuka.up.locks import Taken, hold, is_free
from zuka.up.refusals import Refusal
from zuka.up.runs import clean_up_after_crash, find_run
from zuka.up.servers import all_servers, say_what_stays, stop_unused
from zuka.up.stopping import listening_to_signals
from zuka.up.terminal import say, stage

PATIENCE_SECONDS = 60.0


def run_down(arguments: list[str]) -> int:
    """Stop what runs for this home; 0 also when nothing does. Raises Refusal when it does not end."""
    if arguments:
        raise Refusal(f"down takes no arguments, and got {' '.join(arguments)}", "Another home is chosen by ZUKA_HOME.")
    if not read_path(os.environ).exists():
        say("nothing runs here")
        return 0
    home = open_home(os.environ)
    with listening_to_signals():
        done = stop_run(home)
        done = stop_leftovers(home) or done
    say_what_stays(home)
    say("down" if done else "nothing runs here")
    return 0


def stop_run(home: Home) -> bool:
    """Ask the running `up` to stop and wait until it has; return whether there was one."""
    if is_free(home.run_lock):
        return False
    process = find_run(home)
    if process is None:
        return wait_for_lock(home, "another command, which is stopping it,")
    with stage(f"up (process {process.pid}) stopped"):
        os.kill(process.pid, signal.SIGTERM)
        return wait_for_lock(home, f"process {process.pid}")


def wait_for_lock(home: Home, holder: str) -> bool:
    """Wait until nobody holds the lock of `up`; raises Refusal when that takes too long."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_free(home.run_lock):
        if time.monotonic() > end:
            raise Refusal(
                f"{holder} has not stopped after {PATIENCE_SECONDS:.0f} s", "Look at its terminal, or kill it."
            )
        time.sleep(0.1)
    return True


def stop_leftovers(home: Home) -> bool:
    """Stop what crashed runs left: processes of `up`, servers that no command uses; return whether there was any."""
    try:
        with hold(home.run_lock) as file:
            crashed = clean_up_after_crash(home)
            file.truncate(0)
            stopped = stop_unused(home, all_servers(home))
    except Taken:  # `up` runs, and stops it itself
        return False
    for slot in sorted(home.path.glob("*/slot.lock")):
        if is_free(slot):
            inner = home.inside(slot.parent.name)
            stopped += stop_unused(inner, all_servers(inner))
    return crashed or bool(stopped)
