"""How urgent requests are, and from which load on those of an urgency are refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Urgency:
    """Requests that are refused together: when so large a share of a web process's threads has been busy for so long.

    `routes` are names of routes, or routes that have none; `*` stands for any letters.
    """

    name: str
    text: str
    busy_share: float
    seconds: float
    routes: tuple[str, ...]

    def limit(self, threads: int) -> int:
        """Return how many others have to be in work; one at least, so that a single thread never refuses."""
        return max(1, round(self.busy_share * threads))


class NoUrgency(LookupError):  # noqa: N818 - named for what is the case: a row is missing
    """A route stands in no row of the table."""


def find_urgency(urgencies: Sequence[Urgency], route: str) -> Urgency:
    """Return the urgency of a route: the one that names it most exactly. Raises NoUrgency.

    The most letters beside `*` are the most exact, as with limits.
    """
    fitting = [
        (len(pattern.replace("*", "")), urgency)
        for urgency in urgencies
        for pattern in urgency.routes
        if fnmatchcase(route, pattern)
    ]
    if not fitting:
        raise NoUrgency(route)
    return max(fitting, key=lambda each: each[0])[1]
