"""The tracker when things break: whatever happens, each event has one row in the end."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from bench.rig.site import Site
from tests.tracker.conftest import QUEUED, Requests, by_message, queued
from tests.tracker.pages import LittleSite
from tests.tracker.test_browser import nothing_left, visit, wait_until

pytestmark = [pytest.mark.journey, pytest.mark.browser]
DOOR = "**/api/v1/events"


def once(zuka: Site, ids: list[str]) -> None:
    """Wait until all are stored; then each has one row, and nothing else has any."""
    wait_until(lambda: by_message(zuka).keys() >= set(ids), "all are stored")
    assert by_message(zuka) == dict.fromkeys(ids, 1)


def told(page: Page, count: int) -> list[str]:
    """Tell some events; return the message ids of everything that waits, looked at before any of it can be sent."""
    tell = f"for (let n = 0; n < {count}; n++) zuka.track('cart.viewed', {{cart_id: 'c' + n}});"
    ids: list[str] = page.evaluate(f"() => {{ {tell} return {QUEUED}; }}")
    return ids


def test_offline_and_back(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    page = visit(profile, f"{site.url}/")
    profile.set_offline(True)
    ids = told(page, 12)
    page.wait_for_timeout(1500)
    assert (len(ids), by_message(live_zuka)) == (13, {})
    profile.set_offline(False)
    once(live_zuka, ids)
    wait_until(lambda: nothing_left(page), "everything is acknowledged")


def test_a_line_that_is_back_is_used_at_once(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    page = visit(profile, f"{site.url}/")
    ids = told(page, 2)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(2000)  # the timer waits for five seconds
    assert by_message(live_zuka) == dict.fromkeys(ids, 1)


def test_the_next_page_sends_what_one_that_left_offline_could_not(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    page = visit(profile, f"{site.url}/")
    profile.set_offline(True)
    ids = told(page, 3)
    other = profile.new_page()  # the profile outlives its last page
    page.close(run_before_unload=True)
    other.wait_for_timeout(1000)
    assert page.is_closed()
    profile.set_offline(False)
    page = visit(profile, f"{site.url}/next")
    once(live_zuka, sorted({*ids, *queued(page)}))
    wait_until(lambda: nothing_left(page), "everything is acknowledged")


def test_a_tab_closed_in_the_middle_of_a_batch(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests
) -> None:
    page = visit(profile, f"{site.url}/")
    ids = told(page, 4)
    assert (len(ids), requests.sent) == (5, [])
    page.close(run_before_unload=True)
    once(live_zuka, ids)


def test_ten_events_do_not_wait(live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests) -> None:
    page = visit(profile, f"{site.url}/")
    told(page, 8)
    page.wait_for_timeout(300)
    assert requests.sent == []
    ids = told(page, 1)
    once(live_zuka, ids)
    page.wait_for_timeout(100)
    assert [sorted(each) for each in requests.sent] == [sorted(ids)]


@pytest.mark.parametrize("status", [503, 429])
def test_a_busy_server_gets_the_same_ids_again(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests, status: int
) -> None:
    left = [2]

    # The first is stored and its answer lost, which is what doubles events that have no ids.
    def refuse(route: Route) -> None:
        if left[0] == 0:
            return route.continue_()
        if left[0] == 2:
            route.fetch()
        left[0] -= 1
        return route.fulfill(status=status, headers={"Access-Control-Allow-Origin": "*"})

    profile.route(DOOR, refuse)
    page = visit(profile, f"{site.url}/")
    ids = told(page, 5)
    page.evaluate("zuka.flush()")
    page.wait_for_timeout(600)
    assert len(requests.sent) == 1  # the first pause is a second
    wait_until(lambda: nothing_left(page), "everything is acknowledged")
    once(live_zuka, ids)
    assert [sorted(each) for each in requests.sent] == [sorted(ids)] * 3


def test_retry_after_is_kept_to(live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests) -> None:
    headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After", "Retry-After": "4"}
    profile.route(DOOR, lambda route: route.fulfill(status=503, headers=headers), times=1)
    page = visit(profile, f"{site.url}/")
    ids = queued(page)
    page.evaluate("zuka.flush()")
    page.wait_for_timeout(3000)
    assert (len(requests.sent), by_message(live_zuka)) == (1, {})
    once(live_zuka, ids)


@pytest.mark.parametrize("case", [(401, 0), (400, 1)])
def test_a_refusal_is_not_tried_again(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests, case: tuple[int, int]
) -> None:
    status, later = case
    headers = {"Access-Control-Allow-Origin": "*"}
    profile.route(DOOR, lambda route: route.fulfill(status=status, headers=headers))
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.flush()")
    wait_until(lambda: nothing_left(page), "what was refused is let go")
    page.evaluate("zuka.track('cart.viewed'); zuka.flush()")
    page.wait_for_timeout(1500)
    assert (len(requests.sent), by_message(live_zuka)) == (1 + later, {})


def test_two_tabs_send_their_own(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests
) -> None:
    first, second = visit(profile, f"{site.url}/one"), visit(profile, f"{site.url}/two")
    told(first, 3)
    ids = told(second, 3)
    assert len(ids) == 8
    first.close(run_before_unload=True)
    second.evaluate("zuka.flush()")
    once(live_zuka, ids)
    assert len(requests.sent[-1]) == 4  # the second tab left the first one's alone


def test_a_page_that_comes_back_from_the_cache_is_another_view(
    live_zuka: Site, site: LittleSite, profile: BrowserContext
) -> None:
    page = visit(profile, f"{site.url}/")
    ids = told(page, 2)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    once(live_zuka, ids)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    again = queued(page)
    assert len(set(again) - set(ids)) == 1
    page.evaluate("zuka.flush()")
    once(live_zuka, sorted({*ids, *again}))
    assert live_zuka.sql("SELECT count(*) FROM told_events WHERE event_type = 'page.viewed'") == [(2,)]


def test_blocked_storage_loses_nothing_while_the_page_is_there(
    live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests
) -> None:
    profile.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('no') }})")
    profile.route(DOOR, lambda route: route.abort(), times=1)
    page = visit(profile, f"{site.url}/")
    page.evaluate("zuka.track('cart.viewed'); zuka.flush()")
    page.wait_for_timeout(2500)
    assert len(requests.sent) == 2
    assert sorted(requests.sent[0]) == sorted(requests.sent[1])
    once(live_zuka, requests.sent[0])


def test_one_request_at_a_time(live_zuka: Site, site: LittleSite, profile: BrowserContext, requests: Requests) -> None:
    held: list[Route] = []
    profile.route(DOOR, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright asks a function's own name
    page = visit(profile, f"{site.url}/")
    ids = told(page, 2)
    page.evaluate("zuka.flush(); zuka.flush()")
    ids = sorted({*ids, *told(page, 2)})
    page.evaluate("zuka.flush()")
    page.wait_for_timeout(500)
    assert [len(each) for each in requests.sent] == [3]
    held[0].continue_()
    wait_until(lambda: nothing_left(page), "everything is acknowledged")
    once(live_zuka, ids)
    assert [len(each) for each in requests.sent] == [3, 2]


def test_the_queue_is_bounded(live_zuka: Site, site: LittleSite, profile: BrowserContext) -> None:
    profile.route(DOOR, lambda route: route.abort())
    page = visit(profile, f"{site.url}/")
    ids = told(page, 230)
    assert (len(ids), ids == sorted(ids, key=lambda each: each[:13])) == (200, True)
    assert by_message(live_zuka) == {}
