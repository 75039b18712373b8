"""The tracker in a real browser, on a site of another origin: what it sends is stored, once, under the right ids."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from bench.rig.site import Site
from tests.tracker.pages import LittleSite

pytestmark = [pytest.mark.journey, pytest.mark.browser]
PATIENCE = 15.0
UTM = "utm_source=instagram&utm_medium=social&utm_campaign=detty"
IDS = "Object.fromEntries(Object.entries(localStorage).filter(([name]) => !name.startsWith('zuka.queue.')))"


def wait_until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


def stored(zuka: Site, columns: str, count: int) -> list[tuple[Any, ...]]:
    """The stored events, once there are so many."""
    wait_until(lambda: zuka.sql("SELECT count(*) FROM told_events") >= [(count,)], f"{count} events")
    assert zuka.sql("SELECT reason, message FROM analytics_rejected_events") == []
    return zuka.sql(f"SELECT {columns} FROM told_events ORDER BY occurred_at, id")


def nothing_left(page: Page) -> bool:
    return bool(page.evaluate("Object.keys(localStorage).every((name) => !name.startsWith('zuka.queue.'))"))


def visit(profile: BrowserContext, address: str) -> Page:
    page = profile.new_page()
    page.goto(address)
    return page


def test_every_call_is_an_event(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    page = visit(profile, f"{site.url}/gowns?{UTM}#token=secret")
    page.evaluate(
        """() => {
            const product = {product_id: "p1", name: "Gown", price: 2500, currency: "NGN"};
            zuka.product(product);
            zuka.search("gele", 0);
            zuka.cart("added", {...product, quantity: 2});
            zuka.cart("removed", {...product, quantity: 1});
            zuka.cart("viewed", {cart_id: "c1", value: 2500});
            zuka.checkout("started", {value: 2500, currency: "NGN"});
            zuka.checkout("step_completed", {step: 1});
            zuka.identify("u1", {plan: "gold"});
            zuka.identify("u1");
            zuka.order({order_id: "o1", total: 2500, currency: "NGN"});
            zuka.track("wishlist.item_added", product);
            zuka.flush();
        }"""
    )
    columns = "event_type, user_id, product_ref, search_query, order_ref, value_kobo, page_path, utm_source, platform"
    rows = stored(live_zuka, columns, 11)
    where = ("/gowns", None, "web")
    # Several fall into one millisecond, in which no order is told.
    assert sorted(rows, key=str) == sorted(
        [
            ("page.viewed", None, None, None, None, None, "/gowns", "instagram", "web"),
            ("product.viewed", None, "p1", None, None, 250_000, *where),
            ("product.searched", None, None, "gele", None, None, *where),
            ("cart.item_added", None, "p1", None, None, 500_000, *where),
            ("cart.item_removed", None, "p1", None, None, 250_000, *where),
            ("cart.viewed", None, None, None, None, 250_000, *where),
            ("checkout.started", None, None, None, None, 250_000, *where),
            ("checkout.step_completed", None, None, None, None, None, *where),
            ("user.identified", "u1", None, None, None, None, *where),
            ("order.created", "u1", None, None, "o1", 250_000, *where),
            ("wishlist.item_added", "u1", "p1", None, None, 250_000, *where),
        ],
        key=str,
    )
    assert len(set(live_zuka.sql("SELECT visitor_id, session_id FROM told_events"))) == 1
    assert live_zuka.sql("SELECT count(*) FROM told_events WHERE properties::text ~ 'secret'") == [(0,)]
    wait_until(lambda: nothing_left(page), "everything is acknowledged")


def test_pages_are_told_however_they_are_shown(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    page = profile.new_page()
    page.goto(f"{site.url}/first", referer="https://www.google.com/search")
    page.evaluate("history.pushState({}, '', '/second')")
    page.evaluate("history.replaceState({}, '', '/second')")
    page.go_back()
    page.click("#next")
    rows = stored(live_zuka, "event_type, page_path, referrer_url", 4)
    assert rows == [
        ("page.viewed", "/first", "https://www.google.com/search"),
        ("page.viewed", "/second", None),
        ("page.viewed", "/first", None),
        ("page.viewed", "/next", None),
    ]


@pytest.mark.parametrize("end", ["close", "leave"])
def test_what_is_told_last_arrives_though_the_page_goes_away(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, end: str
) -> None:
    page = visit(profile, f"{site.url}/")
    stored(live_zuka, "id", 1)
    page.evaluate("zuka.track('cart.viewed', {})")
    if end == "close":
        page.close(run_before_unload=True)
    else:
        page.goto("about:blank")
    assert stored(live_zuka, "event_type", 2) == [("page.viewed",), ("cart.viewed",)]


@pytest.mark.parametrize("wish", ["navigator.doNotTrack = '1'", "navigator.globalPrivacyControl = true"])
def test_who_does_not_want_it_is_not_tracked(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, wish: str
) -> None:
    name, value = wish.removeprefix("navigator.").split(" = ")
    profile.add_init_script(f"Object.defineProperty(Navigator.prototype, '{name}', {{get: () => {value}}})")
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.identify('u1'); zuka.track('cart.viewed', {}); zuka.flush()")
    assert page.evaluate("[zuka.headers(), localStorage.length, document.cookie]") == [{}, 0, ""]
    page.goto("about:blank")
    time.sleep(1.5)
    assert live_zuka.sql("SELECT count(*) FROM told_events") == [(0,)]


def test_a_lost_connection_loses_and_doubles_nothing(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    def fail(route: Route) -> None:
        route.abort()

    profile.route("**/api/v1/events", fail)
    page = visit(profile, f"{site.url}/")
    for number in range(45):
        page.evaluate(f"zuka.track('product.searched', {{query: 'q{number}'}})")
    page.wait_for_timeout(1500)
    assert live_zuka.sql("SELECT count(*) FROM told_events") == [(0,)]
    profile.unroute("**/api/v1/events", fail)
    page.evaluate("zuka.flush()")
    rows = stored(live_zuka, "search_query", 46)
    assert sorted(rows[1:]) == sorted((f"q{number}",) for number in range(45))
    wait_until(lambda: nothing_left(page), "everything is acknowledged")


def test_a_later_page_sends_what_an_earlier_could_not(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    def fail(route: Route) -> None:
        route.abort()

    profile.route("**/api/v1/events", fail)
    page = visit(profile, f"{site.url}/lost")
    page.evaluate("zuka.flush()")
    page.wait_for_timeout(300)
    page.evaluate(
        """() => Object.keys(localStorage).filter((name) => name.startsWith('zuka.queue.')).forEach((name) => {
            const left = JSON.parse(localStorage.getItem(name));
            localStorage.setItem(name, JSON.stringify({...left, at: left.at - 61000}));
        })"""
    )
    page.close()
    profile.unroute("**/api/v1/events", fail)
    later = visit(profile, f"{site.url}/found")
    assert stored(live_zuka, "page_path", 2) == [("/lost",), ("/found",)]
    wait_until(lambda: nothing_left(later), "everything is acknowledged")


def sessions_of(zuka: Site, count: int) -> list[str]:
    return [session for (session,) in stored(zuka, "session_id", count)]


def test_tabs_share_a_visit_which_ends_after_half_an_hour_or_with_another_campaign(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    first = visit(profile, f"{site.url}/one?{UTM}")
    visit(profile, f"{site.url}/two")
    sessions = sessions_of(live_zuka, 2)
    assert len(set(sessions)) == 1
    headers = first.evaluate("zuka.headers()")
    ids = first.evaluate(IDS)
    assert headers == {
        "X-Zuka-Visitor": ids["zuka.visitor"].strip('"'),
        "X-Zuka-Session": sessions[0],
        "X-Zuka-Campaign": "&".join(sorted(UTM.split("&"))),
    }
    first.evaluate(
        """() => {
            const known = JSON.parse(localStorage.getItem('zuka.session'));
            localStorage.setItem('zuka.session', JSON.stringify({...known, at: known.at - 30 * 60000}));
        }"""
    )
    first.evaluate("zuka.track('cart.viewed', {}); zuka.flush()")
    second = sessions_of(live_zuka, 3)[2]
    visit(profile, f"{site.url}/three?utm_source=tiktok")
    third = sessions_of(live_zuka, 4)[3]
    visit(profile, f"{site.url}/four?utm_source=tiktok")
    assert sessions_of(live_zuka, 5)[4] == third
    assert len({sessions[0], second, third}) == 3


def test_signing_out_is_somebody_else(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.identify('u1'); zuka.reset(); zuka.track('cart.viewed', {}); zuka.flush()")
    rows = stored(live_zuka, "event_type, user_id, visitor_id", 3)
    assert [row[:2] for row in rows] == [("page.viewed", None), ("user.identified", "u1"), ("cart.viewed", None)]
    assert [rows[0][2] == row[2] for row in rows] == [True, True, False]


def test_a_page_without_storage_is_tracked_all_the_same(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    profile.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})")
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.track('cart.viewed', {}); zuka.flush()")
    assert stored(live_zuka, "event_type", 2) == [("page.viewed",), ("cart.viewed",)]
    assert len(set(live_zuka.sql("SELECT visitor_id, session_id FROM told_events"))) == 1


def test_a_full_storage_changes_nobody_into_many(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    profile.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.identify('u1'); zuka.identify('u1'); zuka.track('cart.viewed', {}); zuka.flush()")
    rows = stored(live_zuka, "event_type, user_id", 3)
    assert sorted(rows, key=str) == [("cart.viewed", "u1"), ("page.viewed", None), ("user.identified", "u1")]
    assert len(set(live_zuka.sql("SELECT visitor_id, session_id FROM told_events"))) == 1


def test_large_events_travel_in_pieces_that_browsers_let_through(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    page = visit(profile, f"{site.url}/gowns?token=secret")
    page.evaluate("for (let n = 0; n < 25; n++) zuka.track('cart.viewed', {note: 'é'.repeat(4000)}); zuka.flush()")
    assert len(stored(live_zuka, "id", 26)) == 26
    wait_until(lambda: nothing_left(page), "everything is acknowledged")
    assert page.evaluate("zuka.headers()['X-Zuka-Campaign']") is None


def test_nothing_it_is_told_breaks_the_page(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    page = visit(profile, f"{site.url}/")
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate("const loop = {}; loop.loop = loop; zuka.track('cart.viewed', loop)")
    page.evaluate("zuka.cart(); zuka.product(); zuka.search(); zuka.checkout(1n)")
    page.evaluate("zuka.track('cart.viewed', {cart_id: 'after'}); zuka.flush()")
    wait_until(
        lambda: live_zuka.sql("SELECT count(*) FROM told_events WHERE properties ->> 'cart_id' = 'after'") == [(1,)],
        "the event after the broken ones",
    )
    assert errors == []
    live_zuka.sql("TRUNCATE analytics_rejected_events")
