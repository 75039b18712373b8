"""How long staff wait for pages of a large shop, by HTTP on a connection that stays open."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from contextlib import closing
from urllib.parse import quote

import django

from bench.rig.site import Site
from bench.rig.timing import median_ms

ORDERS, PEOPLE, PRODUCTS = (f"/admin/commerce/{table}/" for table in ("order", "user", "product"))
FILTERS = ("status=placed", "status=cancelled", "payment_status=unpaid", "fulfilment_status=unfulfilled")


def staff_cookie(site: Site) -> str:
    """Return the cookie of a signed-in member of staff."""
    os.environ.update(site.environment)
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from commerce.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(email=site.staff["email"]))
    connection.close()
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def pages_of(site: Site) -> dict[str, str]:
    """Return the pages and their addresses."""
    order = site.sql("SELECT id FROM commerce_order WHERE user_id IS NOT NULL ORDER BY id DESC LIMIT 1")[0][0]
    person = site.sql("SELECT user_id FROM commerce_order WHERE id = %s", [order])[0][0]
    product = site.sql("SELECT min(id) FROM commerce_product")[0][0]
    searches = {"number": "ZUKA-2020-0000777", "name": "Customer 4242", "e-mail": "guest4243@crowd.example"}
    return {
        "orders": ORDERS,
        "orders, page 100": f"{ORDERS}?p=100",
        **{f"orders, {each}": f"{ORDERS}?{each.replace('=', '__exact=')}" for each in FILTERS},
        **{f"orders by {what}": f"{ORDERS}?q={quote(words)}" for what, words in searches.items()},
        "an order": f"{ORDERS}{order}/change/",
        "people": PEOPLE,
        "people by name": f"{PEOPLE}?q=Bola",
        "a customer": f"{PEOPLE}{person}/change/",
        "products": PRODUCTS,
        "products by name": f"{PRODUCTS}?q=kaftan",
        "a product": f"{PRODUCTS}{product}/change/",
        "search of everything": f"/admin/search/?extended=1&s={quote(searches['name'])}",
    }


def page_call(line: http.client.HTTPConnection, path: str, cookie: str) -> Callable[[], object]:
    """Return a call that opens a page. Raises RuntimeError when it does not open."""

    def call() -> object:
        line.request("GET", path, headers={"Cookie": cookie})
        answer = line.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return body

    return call


def time_pages(site: Site, *, runs: int) -> list[list[str]]:
    """Return the median wait for each page, and how many times that of the bare view it is."""
    cookie = staff_cookie(site)
    with closing(http.client.HTTPConnection(site.address.host, site.address.port, timeout=120)) as line:
        bare = median_ms(page_call(line, "/bare/", cookie), runs=runs)
        waits = {name: median_ms(page_call(line, path, cookie), runs=runs) for name, path in pages_of(site).items()}
    return [[name, f"{wait:,.0f}", f"{wait / bare:.0f}"] for name, wait in [("the bare view", bare), *waits.items()]]
