"""Consent: nothing is kept or sent before it, all is forgotten without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page

from bench.rig.site import Site
from tests.tracker.conftest import Requests, by_message
from tests.tracker.pages import LittleSite
from tests.tracker.test_browser import stored, visit, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.browser]
STORED = "Object.entries({...localStorage}).sort()"


def pending(profile: BrowserContext, site: LittleSite) -> Page:
    """Open a page that waits for consent, and tell it something."""
    site.attributes += ' data-consent="pending"'
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.identify('u1'); zuka.track('cart.viewed', {}); zuka.flush()")
    page.wait_for_timeout(300)
    return page


def test_pending_then_granted(
    live_zuka: Site, attributes: LittleSite, profile: BrowserContext, requests: Requests
) -> None:
    page = pending(profile, attributes)
    assert (page.evaluate(STORED), page.evaluate("zuka.headers()"), requests.sent) == ([], {}, [])
    page.evaluate("zuka.consent(true)")
    rows = stored(live_zuka, "event_type, user_id", 3)
    assert sorted(rows, key=str) == [("cart.viewed", "u1"), ("page.viewed", None), ("user.identified", "u1")]
    assert set(by_message(live_zuka).values()) == {1}
    assert len(set(live_zuka.sql("SELECT visitor_id, session_id FROM told_events"))) == 1
    visit(profile, f"{attributes.url}/later").evaluate("zuka.flush()")
    assert len(stored(live_zuka, "id", 4)) == 4
    assert len(set(live_zuka.sql("SELECT visitor_id, session_id FROM told_events"))) == 1


def test_pending_then_denied(
    live_zuka: Site, attributes: LittleSite, profile: BrowserContext, requests: Requests
) -> None:
    page = pending(profile, attributes)
    page.evaluate("zuka.consent(false); zuka.track('cart.viewed', {}); zuka.flush()")
    page.goto(f"{attributes.url}/later")
    page.evaluate("zuka.identify('u2'); zuka.flush()")
    assert page.evaluate(STORED) == [["zuka.consent", "false"]]
    page.goto("about:blank")
    page.wait_for_timeout(1500)
    assert (requests.sent, by_message(live_zuka)) == ([], {})


def test_a_no_leaves_what_the_shop_keeps_under_our_name(
    live_zuka: Site, attributes: LittleSite, profile: BrowserContext
) -> None:
    page = visit(profile, f"{attributes.url}/")
    page.evaluate("zuka.identify('u1'); localStorage.setItem('zuka.shop.session', '1')")
    own = page.evaluate("Object.keys({...localStorage}).filter((name) => name !== 'zuka.shop.session').length")
    assert own == 4  # visitor, session, user, and the copy of what waits
    page.evaluate("zuka.consent(false)")
    assert page.evaluate(STORED) == [["zuka.consent", "false"], ["zuka.shop.session", "1"]]


def test_pending_leaves_nothing_behind(
    live_zuka: Site, attributes: LittleSite, profile: BrowserContext, requests: Requests
) -> None:
    page = pending(profile, attributes)
    page.goto(f"{attributes.url}/next")
    page.wait_for_timeout(6000)
    assert (page.evaluate(STORED), requests.sent, by_message(live_zuka)) == ([], [], {})


def test_taken_back_in_another_tab(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    first, second = visit(profile, f"{site.url}/one"), visit(profile, f"{site.url}/two")
    first.evaluate("zuka.flush()")
    second.evaluate("zuka.flush()")
    visitors = set(stored(live_zuka, "visitor_id", 2))
    second.evaluate("zuka.consent(false)")
    first.evaluate("zuka.track('cart.viewed', {})")
    wait_until(lambda: first.evaluate(STORED) == [["zuka.consent", "false"]], "the first tab forgets as well")
    first.evaluate("zuka.track('cart.viewed', {}); zuka.flush()")
    assert first.evaluate(STORED) == [["zuka.consent", "false"]]
    first.evaluate("zuka.consent(true); zuka.track('checkout.started', {}); zuka.flush()")
    rows = stored(live_zuka, "event_type, visitor_id", 3)
    assert [row[0] for row in rows] == ["page.viewed", "page.viewed", "checkout.started"]
    assert rows[2][1:] not in visitors


def test_a_tab_with_a_wrong_key_takes_back_no_consent(
    live_zuka: Site, attributes: LittleSite, profile: BrowserContext
) -> None:
    right, attributes.attributes = attributes.attributes, 'data-key="zpk_wrong"'
    wrong = visit(profile, f"{attributes.url}/wrong")
    with wrong.expect_response(lambda answer: answer.status == 401):
        wrong.evaluate("zuka.flush()")
    attributes.attributes = right
    page = visit(profile, f"{attributes.url}/right")
    page.evaluate("zuka.consent(true); zuka.flush()")
    ((visitor,),) = stored(live_zuka, "visitor_id", 1)
    page.wait_for_timeout(300)
    kept = dict(page.evaluate(STORED))
    assert (kept["zuka.consent"], kept["zuka.visitor"]) == ("true", f'"{visitor}"')


@pytest.mark.parametrize(("said", "names"), [("", []), ('data-cookie="on"', ["zuka"])])
def test_a_cookie_only_where_it_is_allowed(
    live_zuka: Site, attributes: LittleSite, profile: BrowserContext, said: str, names: list[str]
) -> None:
    attributes.attributes += f" {said}"
    page = visit(profile, f"{attributes.url}/")
    page.evaluate("zuka.flush()")
    ((visitor,),) = stored(live_zuka, "visitor_id", 1)
    baked = {each.get("name"): each.get("value") for each in profile.cookies()}
    assert baked == dict.fromkeys(names, visitor)
    page.evaluate("zuka.consent(false)")
    assert profile.cookies() == []


def test_hashes_are_pages_where_they_are_allowed(
    live_zuka: Site, attributes: LittleSite, profile: BrowserContext
) -> None:
    attributes.attributes += ' data-hash="on"'
    page = visit(profile, f"{attributes.url}/shop")
    page.evaluate("location.hash = '/gowns?token=secret'")
    wait_until(lambda: len(page.evaluate("Object.keys(localStorage)")) > 0, "the page is told")
    page.wait_for_timeout(200)
    page.evaluate("zuka.flush()")
    assert stored(live_zuka, "page_path", 2) == [("/shop",), ("/shop#/gowns",)]
