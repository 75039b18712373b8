"""A real worker: what takes long never keeps a mail waiting, and what an earlier release queued is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import settings

from bench.rig.site import Beginning, Site, scratch_site
from tests.platform.queues.long_tasks import LETS_GO, RUNNING
from zuka.platform.queues.declared import EARLIER, NAMES, NOW, SLOW, SOON
from zuka.up.serving import process_table

MAIL = "zuka.platform.tasks.send_waiting_mails"
POINTS = "commerce.tasks.settle_points"
LONG = "tests.platform.queues.long_tasks"


@pytest.fixture
def site() -> Iterator[Site]:
    with scratch_site(beginning=Beginning.EMPTY) as site:
        yield site


@pytest.fixture
def valkey(site: Site) -> Iterator[Any]:
    """The broker, its queues empty before and after."""
    kept = [*NAMES, LETS_GO, RUNNING, "unacked", "unacked_index"]
    with redis.Redis.from_url(site.environment["REDIS_URL"], decode_responses=True) as client:
        client.delete(*kept)
        yield client
        client.set(LETS_GO, 1)
        site.stop_all()
        client.delete(*kept)


def wait_until(is_so: Callable[[], bool], *, what: str) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def runs(site: Site, task: str) -> int:
    return int(site.sql("SELECT count(*) FROM platform_job_run WHERE task = %s", [task])[0][0])


def test_long_tasks_leave_a_slot_to_each_more_urgent_queue(site: Site, valkey: Any) -> None:
    broker = Celery("send", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    for number in range(6):
        broker.send_task(f"{LONG}.slowly", kwargs={"name": f"slow {number}"}, queue=SLOW)
    command = process_table(site.home, site.address, site.environment)["worker"]
    site.start("worker", [*command, "--include", LONG])
    wait_until(lambda: valkey.scard(RUNNING) == 2, what="two slow ones run")

    # A task of before the upgrade lies in the only queue there was.
    broker.send_task(POINTS, queue=EARLIER)
    wait_until(lambda: runs(site, POINTS) == 1, what="the task of before the upgrade ran")

    for number in range(3):
        broker.send_task(f"{LONG}.soon", kwargs={"name": f"soon {number}"}, queue=SOON)
    wait_until(lambda: valkey.scard(RUNNING) == 3, what="one of those that come soon runs")

    for number in range(1, 4):
        broker.send_task(MAIL, queue=NOW)
        wait_until(lambda: runs(site, MAIL) >= number, what="a mail is not kept waiting")  # noqa: B023 - called at once
    assert sorted(name.split()[0] for name in valkey.smembers(RUNNING)) == ["slow", "slow", "soon"]
    assert (valkey.llen(SLOW) >= 4, valkey.llen(SOON) >= 2) == (True, True)

    valkey.set(LETS_GO, 1)
    wait_until(lambda: runs(site, f"{LONG}.slowly") == 6, what="the others follow")
    wait_until(lambda: runs(site, f"{LONG}.soon") == 3, what="those too")
    wait_until(lambda: [valkey.llen(name) for name in NAMES] == [0, 0, 0, 0], what="nothing waits any more")


def test_a_worker_of_one_queue_uses_all_its_slots_and_leaves_the_others_alone(site: Site, valkey: Any) -> None:
    broker = Celery("send", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    broker.send_task(MAIL, queue=NOW)
    for number in range(4):
        broker.send_task(f"{LONG}.slowly", kwargs={"name": f"slow {number}"}, queue=SLOW)
    command = process_table(site.home, site.address, site.environment)["worker"]
    site.start("worker", [*command, "--include", LONG, "--queues", SLOW])
    wait_until(lambda: valkey.scard(RUNNING) == 4, what="all four slots are used")
    assert (valkey.llen(NOW), runs(site, MAIL)) == (1, 0)
