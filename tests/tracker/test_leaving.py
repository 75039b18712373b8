"""The tracker when its page goes away: what waits leaves at once, each way that a browser tells of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from bench.rig.site import Site
from tests.tracker.conftest import Requests, by_message
from tests.tracker.pages import LittleSite
from tests.tracker.test_browser import visit, wait_until
from tests.tracker.test_lost import told

pytestmark = [pytest.mark.journey, pytest.mark.browser]
# A browser that is closed tells both, some tell only one.
WAYS = {
    "pagehide": "dispatchEvent(new PageTransitionEvent('pagehide'))",
    "hidden": """Object.defineProperty(document, 'visibilityState', {value: 'hidden'});
                 document.dispatchEvent(new Event('visibilitychange'))""",
}
SOON = 2000  # the tracker's own timer waits for five seconds
ASKED = """const asked = window.fetch;
    window.kept = [];
    window.fetch = (address, options) => { window.kept.push(options.keepalive); return asked(address, options); }"""


@pytest.mark.parametrize("way", WAYS)
def test_what_waits_leaves_with_its_page(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests, way: str
) -> None:
    page = visit(profile, f"{site.url}/")
    ids = told(page, 2)
    assert requests.sent == []
    page.evaluate(WAYS[way])
    page.wait_for_timeout(SOON)
    assert [sorted(each) for each in requests.sent] == [sorted(ids)]
    wait_until(lambda: by_message(live_zuka) == dict.fromkeys(ids, 1), "all are stored")


def test_a_request_outlives_its_page_where_browsers_let_it(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    profile.add_init_script(ASKED)
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.flush()")
    wait_until(lambda: len(by_message(live_zuka)) == 1, "the page's view is stored")
    page.evaluate("zuka.track('cart.viewed', {note: 'x'.repeat(70000)}); zuka.flush()")
    wait_until(lambda: page.evaluate("window.kept.length") == 2, "the large one is sent")
    assert page.evaluate("window.kept") == [True, False]
    live_zuka.sql("TRUNCATE analytics_rejected_events")


def test_of_more_than_browsers_let_out_a_part_leaves_and_the_rest_follows(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests
) -> None:
    page = visit(profile, f"{site.url}/")
    page.evaluate(
        """for (let n = 0; n < 6; n++) zuka.track('cart.viewed', {one: 'x'.repeat(7000), two: 'y'.repeat(7000)});
           dispatchEvent(new PageTransitionEvent('pagehide'))"""
    )
    page.wait_for_timeout(SOON)
    assert [len(each) for each in requests.sent] == [3]
    wait_until(lambda: list(by_message(live_zuka).values()) == [1] * 7, "the rest is stored")
