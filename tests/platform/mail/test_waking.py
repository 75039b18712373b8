"""A mail is tried right after the commit where a broker is there, and a broker that is away fails nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import transaction

from tests.platform.mail.letters import queue, states
from zuka.platform.mail.queueing import SEND

UseBroker = Callable[[str], Celery]


@pytest.fixture
def use_broker(settings: Any) -> Iterator[UseBroker]:
    """Let tasks go to another broker."""
    known = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy has it
    settings.EMAIL_URL = "smtp://127.0.0.1:1"

    def use(url: str) -> Celery:
        settings.REDIS_URL = url
        return Celery("test", broker=url, set_as_current=True)

    yield use
    known.set_current()


def waiting(app: Celery) -> list[str]:
    """The tasks that a worker would find."""
    with app.connection_for_read() as connection, connection.SimpleQueue("celery") as tasks:
        found = []
        while tasks.qsize():
            found.append(tasks.get(timeout=1).headers["task"])
    return found


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_woken_after_the_commit_alone(use_broker: UseBroker) -> None:
    app = use_broker("memory://")
    with transaction.atomic():
        queue(1)
        transaction.set_rollback(True)
    assert waiting(app) == []

    with transaction.atomic():
        queue(2)
        assert waiting(app) == []
    assert waiting(app) == [SEND]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_fails_nothing_and_takes_no_time(
    use_broker: UseBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_broker("redis://127.0.0.1:1/0")
    pauses: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", pauses.append)  # it tries again after each

    queue()

    assert (len(pauses) < 3, sum(pauses)) == (True, 0)
    assert states() == [("person1@example.com", "queued", 0)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("missing", ["REDIS_URL", "EMAIL_URL"])
def test_nobody_is_woken_without_a_broker_or_a_mail_server(use_broker: UseBroker, settings: Any, missing: str) -> None:
    app = use_broker("memory://")
    setattr(settings, missing, "")

    queue()

    assert waiting(app) == []
