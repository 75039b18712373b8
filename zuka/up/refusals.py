"""What can go wrong at start-up, each said in one line with what to do about it."""

from __future__ import annotations

import errno
from pathlib import Path


class Refusal(Exception):  # noqa: N818 - it is an answer to the user, not a bug
    """An anticipated problem: shown as one line, `Zuka: what. What to do.`"""

    def __init__(self, what: str, do: str) -> None:
        super().__init__(flatten(f"{what}. {do}"))


def flatten(text: str) -> str:
    """Return the text as one line."""
    return " ".join(text.split())


def disk_full(place: Path) -> Refusal:
    """Return the refusal for a file system without room."""
    return Refusal(f"the disk that holds {place} is full", "Free some space there (300 MB are enough), then try again.")


def explain_os_error(error: OSError, *, home: Path) -> Refusal | None:
    """Return the refusal for an error of the operating system that users can mend, else None."""
    place = Path(error.filename) if isinstance(error.filename, str) else home
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return disk_full(place)
    if error.errno == errno.EROFS:
        return Refusal(f"{place} is on a read-only disk", "Set ZUKA_HOME to a folder that can be written.")
    if error.errno in {errno.EACCES, errno.EPERM}:
        return Refusal(
            f"{place} may not be written by this user", "Set ZUKA_HOME to a folder of your own, or change its owner."
        )
    return None
