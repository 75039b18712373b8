"""The commands of `./run.sh`, by name."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from zuka.up.commands import (
    run_backup,
    run_bench,
    run_check_command,
    run_demo,
    run_manage,
    run_pooled_tests,
    run_replica_tests,
    run_restore,
    run_sdks,
    run_shell,
    run_tests,
    run_warehouse_tests,
)
from zuka.up.ending import run_down
from zuka.up.homes import read_path
from zuka.up.refusals import Refusal, explain_os_error
from zuka.up.serving import run_up
from zuka.up.stopping import StopRequested
from zuka.up.terminal import complain, use_plain_output

COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "up": run_up,
    "down": run_down,
    "test": run_tests,
    "test-pgbouncer": run_pooled_tests,
    "test-replica": run_replica_tests,
    "test-warehouse": run_warehouse_tests,
    "sdks": run_sdks,
    "check": run_check_command,
    "bench": run_bench,
    "demo": run_demo,
    "backup": run_backup,
    "restore": run_restore,
    "shell": run_shell,
    "manage": run_manage,
}


def main(arguments: list[str]) -> int:
    """Run a command and return its exit code; what users can mend is one line, not a traceback."""
    use_plain_output()
    name, *rest = arguments or [""]
    if name not in COMMANDS:
        complain(f"there is no command {name!r}. Choose from {', '.join(COMMANDS)}.")
        return 2
    try:
        return COMMANDS[name](rest)
    except StopRequested:
        return 130
    except Refusal as refusal:
        complain(str(refusal))
    except OSError as error:
        refusal_for_error = explain_os_error(error, home=read_path(os.environ))
        if refusal_for_error is None:
            raise
        complain(str(refusal_for_error))
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
