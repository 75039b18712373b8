"""The little site, a browser, and what of it was stored. All files share one Zuka: starting it takes 6 s."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Request, sync_playwright

from bench.rig.site import Site, scratch_site
from tests.journeys.conftest import OPTIONS, chromium
from tests.tracker.pages import LittleSite, little_site

__all__ = ["chromium"]


@pytest.fixture(scope="package")
def live_zuka() -> Iterator[Site]:
    """A migrated shop without data, with a staff login and keys, whose web answers."""
    with scratch_site() as site:
        site.start_web()
        yield site


@pytest.fixture(scope="package")
def site(live_zuka: Site) -> Iterator[LittleSite]:
    """The little site."""
    with little_site(f"{live_zuka.url}/t.js", live_zuka.keys["publishable"]) as made:
        yield made


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What starts browsers; there can be one at a time."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One browser; each test has a profile of its own in it."""
    started = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
    yield started
    started.close()


def clear_events(zuka: Site) -> None:
    """Empty the table; `told_events` are those told from now on.

    Pages that go away send twice what nobody has acknowledged; the second copy may arrive during the next test.
    """
    zuka.sql("TRUNCATE analytics_events, analytics_displaced")
    zuka.sql(
        "CREATE OR REPLACE VIEW told_events AS SELECT * FROM analytics_events"
        f" WHERE occurred_at >= '{datetime.now(UTC).isoformat(timespec='milliseconds')}'"
    )


@pytest.fixture
def profile(browser: Browser, live_zuka: Site) -> Iterator[BrowserContext]:
    """A browser profile of somebody new, and no events told yet."""
    clear_events(live_zuka)
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def attributes(site: LittleSite) -> Iterator[LittleSite]:
    """The little site, whose script element a test may change."""
    before = site.attributes
    yield site
    site.attributes = before


class Requests:
    """What pages of a profile sent to the door of events: the message ids of each request."""

    def __init__(self, profile: BrowserContext) -> None:
        self.sent: list[list[str]] = []
        profile.on("request", self.note)

    def note(self, request: Request) -> None:
        """Write down a request's message ids."""
        if request.url.endswith("/api/v1/events") and request.post_data:
            self.sent.append([event["message_id"] for event in json.loads(request.post_data)["events"]])


@pytest.fixture
def requests(profile: BrowserContext) -> Requests:
    """What the profile's pages send from now on."""
    return Requests(profile)


def by_message(zuka: Site) -> dict[str, int]:
    """How many rows each message id has."""
    rows: list[tuple[Any, ...]] = zuka.sql("SELECT message_id::text, count(*) FROM told_events GROUP BY 1")
    return {str(name): int(count) for name, count in rows}


QUEUED = """Object.keys(localStorage).filter((name) => name.startsWith('zuka.queue.'))
    .flatMap((name) => JSON.parse(localStorage.getItem(name)).events.map((event) => event.message_id))"""


def queued(page: Page) -> list[str]:
    """Return the message ids that wait in a page's storage."""
    found: list[str] = page.evaluate(QUEUED)
    return found
