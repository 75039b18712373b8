"""Every task says which queue it is for, and every surface tells the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import redis
import yaml
from celery import current_app
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.commerce.factories import UserFactory
from zuka.celery import app
from zuka.platform.queues import waiting
from zuka.platform.queues.declared import EARLIER, NAMES, NOW, QUEUES, SLOTS, SLOW, SOON, broker_url
from zuka.platform.queues.documents import declared_tasks
from zuka.platform.queues.routing import queue_of
from zuka.platform.queues.slots import open_queues
from zuka.up.homes import CHECKOUT


def test_each_task_names_one_known_queue_and_goes_there() -> None:
    tasks = declared_tasks()
    known = {queue.name for queue in QUEUES}
    assert {task: queue for task, queue in tasks.items() if queue not in known} == {}
    routed = {task: app.amqp.router.route({}, task)["queue"].name for task in tasks}
    assert routed == tasks
    assert {tasks[name] for name in tasks} == known


def test_each_queue_has_an_exchange_of_its_own_so_that_nothing_is_queued_twice() -> None:
    queues = app.amqp.queues
    found = {name: (queues[name].exchange.name, queues[name].exchange.type, queues[name].routing_key) for name in NAMES}
    assert found == {name: (name, "direct", name) for name in NAMES}
    assert list(queues.consume_from) == list(NAMES)


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("zuka.platform.tasks.send_waiting_mails", NOW),
        ("analytics.tasks.restore_month", SLOW),
        ("somebody.elses.tasks.job", SOON),
        ("nothing", SOON),
    ],
)
def test_a_task_is_known_by_its_name_alone(task: str, queue: str) -> None:
    assert queue_of(task) == queue


@pytest.mark.parametrize(
    ("slots", "at_work", "is_open"),
    [
        (4, {}, [NOW, SOON, SLOW, EARLIER]),
        (4, {SLOW: 1}, [NOW, SOON, SLOW, EARLIER]),
        (4, {SLOW: 2}, [NOW, SOON, EARLIER]),
        (4, {SLOW: 2, SOON: 1}, [NOW]),
        (4, {SOON: 3}, [NOW]),
        (4, {NOW: 4}, [NOW, SOON, SLOW, EARLIER]),
        (3, {SLOW: 1}, [NOW, SOON, EARLIER]),
        (2, {SLOW: 1}, [NOW]),
        (2, {SOON: 1}, [NOW]),
        (1, {}, [NOW, SOON, SLOW, EARLIER]),
        (1, {SLOW: 1}, [NOW]),
    ],
)
def test_a_slot_is_kept_for_each_more_urgent_queue(slots: int, at_work: dict[str, int], is_open: list[str]) -> None:
    assert open_queues(served=NAMES, at_work=at_work, slots=slots) == [name for name in NAMES if name in is_open]


@pytest.mark.parametrize(
    ("served", "at_work", "is_open"),
    [
        ([SLOW], {SLOW: 3}, [SLOW]),
        ([SOON, SLOW], {SLOW: 3}, [SOON]),
        ([SOON, SLOW], {SLOW: 2, SOON: 1}, [SOON, SLOW]),
        ([SOON, SLOW], {SLOW: 2, SOON: 2}, []),
        ([NOW, SOON, EARLIER], {SOON: 3}, [NOW]),
    ],
)
def test_a_worker_keeps_slots_among_its_own_queues(
    served: Sequence[str], at_work: dict[str, int], is_open: list[str]
) -> None:
    assert open_queues(served=served, at_work=at_work, slots=4) == is_open


def test_containers_run_the_worker_with_as_many_slots() -> None:
    worker = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]["worker"]["command"]
    assert worker[worker.index("--concurrency") + 1] == str(SLOTS)
    assert "--queues" not in worker


@pytest.fixture
def queued() -> Any:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete(*NAMES)
        for name in ("forget_old_mails", "forget_job_runs"):
            current_app.send_task(f"zuka.platform.tasks.{name}")
        current_app.send_task("zuka.platform.tasks.send_waiting_mails")
        yield
        client.delete(*NAMES)


@pytest.mark.usefixtures("queued")
@pytest.mark.django_db
def test_staff_and_metrics_see_what_waits_in_each_queue() -> None:
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    page = client.get(reverse("admin:django_celery_beat_periodictask_changelist"))
    assert [(row["name"], row["waiting"]) for row in page.context["queues"]] == [(NOW, 1), (SOON, 0), (SLOW, 2)]
    scraped = client.get("/metrics").content.decode().splitlines()
    assert sorted(line for line in scraped if line.startswith("zuka_queue_tasks")) == [
        f'zuka_queue_tasks{{queue="{name}"}} {count}'
        for name, count in sorted({EARLIER: 0.0, NOW: 1.0, SLOW: 2.0, SOON: 0.0}.items())
    ]


def test_the_page_says_so_where_nobody_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    assert [row["waiting"] for row in waiting.waiting_rows()] == [None, None, None]
    monkeypatch.setattr(settings, "REDIS_URL", "")
    assert waiting.count_waiting() == {}


@pytest.mark.usefixtures("queued")
def test_what_an_earlier_release_queued_is_shown_while_there_is_any() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.lpush(EARLIER, "{}")
        assert [(row["name"], row["waiting"]) for row in waiting.waiting_rows()][-1] == (EARLIER, 1)


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("", "memory://"),
        ("redis://:secret@10.0.0.2:6379/3", "redis://:secret@10.0.0.2:6379/3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock"),
        ("unix:///run/valkey.sock?db=2", "redis+socket:///run/valkey.sock?virtual_host=2"),
    ],
)
def test_celery_and_the_cache_mean_the_same_database(redis_url: str, broker: str) -> None:
    assert broker_url(redis_url) == broker
