"""File locks: the kernel frees them when their process dies, so none can be stale."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO


class Taken(Exception):  # noqa: N818 - an answer
    """Another process holds the lock."""


@contextlib.contextmanager
def hold(path: Path, *, shared: bool = False, wait: bool = False) -> Iterator[TextIO]:
    """Hold a lock on the file while the block runs and yield the file; raises Taken when somebody else has it."""
    with path.open("a+", encoding="utf-8") as file:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(file, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Taken(str(path)) from error
        yield file


def is_free(path: Path) -> bool:
    """Return whether nobody holds the lock, in either way."""
    try:
        with hold(path):
            return True
    except Taken:  # that is the answer
        return False
