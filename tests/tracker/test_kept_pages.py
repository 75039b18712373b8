"""A page that the browser keeps whole and shows again (the back-forward cache) is another view of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Playwright

from bench.rig.site import Site
from tests.journeys.conftest import OPTIONS
from tests.tracker.conftest import by_message, clear_events
from tests.tracker.pages import LittleSite
from tests.tracker.test_browser import visit, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.browser]
SAY_SO = """addEventListener('pageshow', (event) => {
    zuka.track('cart.viewed', {cart_id: 'kept: ' + event.persisted});
    zuka.flush();
})"""
VIEWS = "SELECT page_path FROM told_events WHERE event_type = 'page.viewed' ORDER BY occurred_at, id"


@pytest.fixture
def keeping(playwright: Playwright, chromium: str, live_zuka: Site) -> Iterator[BrowserContext]:
    """A profile of a browser that may keep pages, which Playwright's browsers are told not to."""
    browser = playwright.chromium.launch(
        executable_path=chromium, args=OPTIONS, ignore_default_args=["--disable-back-forward-cache"]
    )
    clear_events(live_zuka)
    yield browser.new_context()
    browser.close()


def test_going_back_to_a_kept_page(live_zuka: Site, site: LittleSite, keeping: BrowserContext) -> None:
    page = visit(keeping, f"{site.url}/one")
    page.evaluate(SAY_SO)
    page.goto(f"{site.url}/two")
    # Not `go_back`, which waits for a load that a kept page does not have.
    page.evaluate("zuka.flush(); setTimeout(() => history.back())")
    wait_until(lambda: len(live_zuka.sql(VIEWS)) >= 3, "three pages are seen")
    if live_zuka.sql("SELECT 1 FROM told_events WHERE event_type = 'cart.viewed'") == []:
        # Debian's full Chromium keeps them, and then nothing is skipped.
        pytest.skip("this Chromium keeps no pages: a headless shell cannot")
    assert live_zuka.sql("SELECT properties ->> 'cart_id' FROM told_events WHERE event_type = 'cart.viewed'") == [
        ("kept: true",)
    ]
    assert live_zuka.sql(VIEWS) == [("/one",), ("/two",), ("/one",)]
    assert set(by_message(live_zuka).values()) == {1}
    assert len(set(live_zuka.sql("SELECT visitor_id, session_id FROM told_events"))) == 1
