"""One small history in the database for all tests of a module."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import transaction

from analytics.rollup.fill import rebuild
from zuka.demo.catalogue import make_catalogue
from zuka.demo.loading import load
from zuka.demo.plans import Plan

UNTIL = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
PLAN = Plan(seed=9, days=24, events=10_000, until=UNTIL)


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The history of a small plan, saved and counted; gone after the module."""
    with django_db_blocker.unblock(), transaction.atomic():
        history, _ = load(PLAN, make_catalogue(seed=PLAN.seed, opened_at=PLAN.opened_at))
        rebuild(first=PLAN.first, last=PLAN.last)
        yield history
        transaction.set_rollback(True)
