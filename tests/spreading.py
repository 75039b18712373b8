"""Which of the parallel workers runs which files, and when."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

# What starts servers, browsers and commands is long, and waits more than it computes.
LONG = ("tests/up/test_journey.py", "tests/tracker/", "tests/journeys/")
# Files that share a running site, and so run on one worker.
SHARING = (
    ("tests/tracker/",),
    tuple(f"tests/journeys/test_{name}.py" for name in ("account", "finding", "return", "shop_path")),
)


class Spreading(LoadFileScheduling):
    """Whole files, the long ones first; of three workers one begins at the other end.

    So short tests run beside those that wait, and no worker is busy long after the others: the files that are left
    where both ends meet are short ones.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return what one worker runs: a file, or those that share a site."""
        return next((each[0] for each in SHARING if nodeid.startswith(each)), super()._split_scope(nodeid))

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Give a worker what it runs next."""
        if int(node.gateway.id.removeprefix("gw")) % 3 == 0:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


def make_scheduler(config: pytest.Config, log: Any) -> Spreading | None:
    """Return how `--dist loadfile` spreads tests; None for any other way."""
    return Spreading(config, log) if config.getoption("dist") == "loadfile" else None


def put_long_first(items: list[pytest.Item]) -> None:
    """Bring long files to the front; all else stays in its order."""
    items.sort(key=lambda item: next((at for at, each in enumerate(LONG) if item.nodeid.startswith(each)), len(LONG)))
