"""PostgreSQL away: trackers are told 200 after the disk has their events, and each is stored once when it is back."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.journeys.crowd import Crowd, sending, stored_ids
from tests.journeys.mortal import Mortal, wait_until

pytestmark = pytest.mark.journey

LOAD = 300
WAITING = 15_000
PATIENCE = 30.0


def waiting_folder(mortal: Mortal) -> Path:
    return Path(mortal.site.environment["SPOOL_PATH"])


def wait_until_drained(mortal: Mortal) -> None:
    end = time.monotonic() + PATIENCE
    while list(waiting_folder(mortal).iterdir()):
        assert time.monotonic() < end, f"{list(waiting_folder(mortal).iterdir())} are still there"
        time.sleep(0.05)


def received_and_stored(mortal: Mortal) -> tuple[int, int]:
    """How many events were received so far, and how many are stored."""
    [(received,)] = mortal.site.sql("SELECT coalesce(sum(received), 0) FROM ingest_counts")
    [(stored,)] = mortal.site.sql("SELECT count(*) FROM analytics_events")
    return int(received), stored


def assert_kept_once(crowd: Crowd) -> None:
    assert crowd.unanswered == []
    assert stored_ids(crowd.site, crowd.name) == dict.fromkeys(crowd.acknowledged, 1)
    counted = crowd.site.sql("SELECT sum(received) - sum(accepted + duplicate + rejected + dropped) FROM ingest_counts")
    assert counted == [(0,)]


def test_postgresql_stops_in_mid_load_and_no_client_notices(spooling: Mortal) -> None:
    with sending(spooling.site, "calm") as crowd:
        crowd.wait_for(LOAD)
        spooling.postgres.stop()
        crowd.wait_for(LOAD)
        assert list(waiting_folder(spooling).glob("*.spool")), "nothing waits on disk, so nothing was shown"
        assert spooling.site.send("GET", "/readyz")[1]["spool"] == "ok"
        spooling.postgres.start()
        crowd.wait_for(LOAD)
    wait_until_drained(spooling)
    assert set(crowd.answers) == {"200"}
    assert_kept_once(crowd)


def test_web_is_killed_while_events_wait_and_the_next_one_stores_them(spooling: Mortal) -> None:
    site = spooling.site
    with sending(site, "killed") as crowd:
        crowd.wait_for(LOAD)
        spooling.postgres.stop()
        crowd.wait_for(LOAD)
        for pid in site.members("web"):
            os.kill(pid, signal.SIGKILL)
        site.kill("web")
        spooling.postgres.start()
        site.start_web()
        crowd.wait_for(LOAD)
    wait_until_drained(spooling)
    assert_kept_once(crowd)


def test_web_is_killed_while_it_drains_and_what_came_once_is_counted_once(spooling: Mortal) -> None:
    site = spooling.site
    with sending(site, "known") as crowd:
        crowd.wait_for(LOAD)
    received, stored = received_and_stored(spooling)
    spooling.postgres.stop()
    with sending(site, "drained", size=100) as crowd:
        crowd.wait_for(WAITING)
    assert set(crowd.answers) == {"200"}
    spooling.postgres.start()
    wait_until(lambda: received_and_stored(spooling)[1] > stored, what="the first of them are stored")
    site.kill("web")
    assert spooling.waiting_files() != [], "everything was stored already, so nothing was shown"
    site.start_web()
    wait_until_drained(spooling)
    sent = len(crowd.acknowledged)
    assert received_and_stored(spooling) == (received + sent, stored + sent)
    assert stored_ids(site, "drained") == dict.fromkeys(crowd.acknowledged, 1)
