"""Stories that are told once for a whole file of tests: a second each, and some files ask a hundred things of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import pytest
import time_machine
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_views
from tests.rollup.story import SATURDAY, at

EVENING = at(SATURDAY, 20)
Told = TypeVar("Told")


@contextmanager
def telling(tell: Callable[[], Told], *, has_views: bool = True) -> Iterator[Told]:
    """Tell a story on Saturday evening and count it; it is gone after the block."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # it counts its own readings: no two would be the same
            cursor.execute("DROP EXTENSION IF EXISTS pg_stat_statements")
        with time_machine.travel(EVENING, tick=False):
            told = tell()
            fill_dirty()
            if has_views:
                refresh_views(at=EVENING)
        yield told
        transaction.set_rollback(True)


def told_once(tell: Callable[[], Told], *, has_views: bool = True) -> Any:
    """Return a fixture of what a story tells; what a test does to it ends with the test.

    The tests of its file share a transaction that is never committed, so none of them may need commits of its own, and
    tests of other days stand before the first that asks for it.
    """

    @pytest.fixture(scope="module")
    def told(
        request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
    ) -> Iterator[Told]:
        here = [item for item in request.session.items if item.path == request.path]
        committing = [item.name for item in here if is_committing(item)]
        assert committing == [], "these need commits, which the story's transaction would take away"
        with django_db_blocker.unblock(), telling(tell, has_views=has_views) as known:
            yield known

    return told


def is_committing(item: pytest.Item) -> bool:
    """Say whether a test's database is emptied after it, and not rolled back."""
    marks = (mark.kwargs.get("transaction") for mark in item.iter_markers("django_db"))
    return any(marks) or "transactional_db" in getattr(item, "fixturenames", ())
