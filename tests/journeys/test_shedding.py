"""A web process whose threads all wait: what is cheap to lose is refused at once, carts are taken, nothing is lost."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg

from bench.rig.site import Beginning, Site, scratch_site

THREADS = 8
STUCK = 6  # more than browsing may keep busy, less than buying may
PAGE = {"Accept": "text/html"}


def status(site: Site, path: str, **headers: str) -> tuple[int, Any]:
    found, body = site.send("GET", path, headers=headers)
    return found, body["code"] if isinstance(body, dict) and "code" in body else ""


def wait_for_shut(site: Site) -> None:
    """Wait until the catalogue is refused."""
    end = time.monotonic() + 20
    while status(site, "/api/v1/categories/") != (503, "busy"):
        assert time.monotonic() < end, "nothing was refused"
        time.sleep(0.1)


def test_a_crowd_loses_what_is_cheap_and_orders_go_on() -> None:
    with scratch_site(Beginning.SHOP) as site:
        site.environment |= {"WEB_WORKERS": "1", "WEB_THREADS": str(THREADS)}
        site.start_web()
        before = status(site, "/api/v1/categories/")
        with psycopg.connect(site.database_url) as holder, ThreadPoolExecutor(STUCK) as pool:
            holder.execute("LOCK TABLE commerce_product IN ACCESS EXCLUSIVE MODE")
            stuck: list[Future[tuple[int, Any]]] = [
                pool.submit(status, site, f"/api/v1/products/?page_size={number}") for number in range(1, STUCK + 1)
            ]
            wait_for_shut(site)
            during = {
                "suggestions": status(site, "/api/v1/search/suggestions/?q=gown"),
                "catalogue": status(site, "/api/v1/products/"),
                "back office": status(site, "/admin/", **PAGE),
                "cart": status(site, "/api/v1/cart/"),
                "an order": status(site, "/api/v1/orders/ZUKA-2026-000001/"),
                "health": status(site, "/readyz"),
                "event": site.send("POST", "/v1/track", {"writeKey": site.keys["publishable"], "event": "Seen"})[0],
            }
            body = site.send("GET", "/shop/", headers=PAGE)[1].decode()
            holder.rollback()
            answered = [each.result()[0] for each in stuck]
        after = status(site, "/api/v1/categories/")
        log = (site.folder / "web.log").read_text()
    assert during == {
        "suggestions": (503, "busy"),
        "catalogue": (503, "busy"),
        "back office": (503, ""),
        "cart": (200, ""),
        "an order": (404, "not_found"),
        "health": (200, ""),
        "event": 200,
    }
    assert "The shop is very busy" in body
    assert '<meta http-equiv="refresh" content="5">' in body
    assert (before, after, answered) == ((200, ""), (200, ""), [200] * STUCK)
    told = {each: log.count(each) for each in ("load.shed", "load.taken_again", "Service Unavailable")}
    assert told == {"load.shed": 2, "load.taken_again": 2, "Service Unavailable": 0}
