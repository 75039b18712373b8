"""A visitor's path from the first page to an order in a real browser, and how staff see it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bench.rig.site import Site
from tests.journeys.pictures import look_at
from tests.journeys.test_browser import (
    Complaints,
    column_texts,
    headlines,
    sign_in,
    take_order_through,
    take_pictures,
)

pytestmark = [pytest.mark.journey, pytest.mark.browser]

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
CAMPAIGN = "utm_source=instagram&utm_medium=social&utm_campaign=detty-december"
PATH = [
    "page.viewed /shop/",
    "page.viewed /shop/search/",
    "product.searched /shop/search/",
    "page.viewed /shop/product",
    "product.viewed /shop/product",
    "cart.item_added by Shop",
    "cart.item_added /shop/product",
    "page.viewed /shop/account/",
    "user.created by Shop",
    "user.created /shop/account/",
    "user.identified /shop/account/",
    "page.viewed /shop/checkout/",
    "checkout.started by Shop",
    "checkout.started /shop/checkout/",
    "order.created by Shop",
    "order.created /shop/checkout/",
    "page.viewed /shop/thank-you",
]


@contextmanager
def somebody(
    browser: Browser, site: Site, screen: ViewportSize, *, blocks: bool = False, refused: str = "ERR_BLOCKED_BY_CLIENT"
) -> Iterator[Page]:
    """A page of a new profile; nothing may go wrong behind it but what the visitor blocks, or is `refused`."""
    context = browser.new_context(viewport=screen, timezone_id="Africa/Lagos", locale="en-GB")
    page = context.new_page()
    if blocks:
        page.route("**/t.js", lambda route: route.abort("blockedbyclient"))
    complaints = Complaints(site)
    complaints.watch(page)
    yield page
    context.close()
    # A page that is left may have a request of its own under way.
    left = [each for each in complaints.found if "t.js" not in each and "ERR_ABORTED" not in each]
    assert [each for each in left if refused not in each] == []


def picture(page: Page, name: str) -> None:
    """Look at a page of the shop: nothing may be wider than the screen."""
    look_at(page, f"shop-{name}")


def pictures(page: Page, name: str) -> None:
    """Look at a page of the shop as a phone and as a desk show it; it is as wide as before then."""
    was = page.viewport_size
    for screen in (PHONE, DESK):
        page.set_viewport_size(screen)
        picture(page, name)
    page.set_viewport_size(was or PHONE)


def land_and_search(page: Page, site: Site) -> None:
    """Land by a campaign's link and look for something."""
    page.goto(f"{site.url}/shop/?{CAMPAIGN}")
    expect(page.get_by_role("heading", name="New arrivals")).to_be_visible()
    picture(page, "home")
    page.get_by_label("Search the shop").fill("ankara")
    page.get_by_label("Search the shop").press("Enter")
    expect(page.locator("main a[href*='/shop/product/']").first).to_be_visible()
    picture(page, "search")


def choose(page: Page) -> None:
    """Open the first product, choose what there is to choose, and put it in the cart."""
    page.locator("main a[href*='/shop/product/']").first.click()
    add = page.get_by_role("button", name="Add to cart")
    expect(add).to_be_visible()
    for group in page.locator("#product fieldset").all():
        group.locator("label:has(input:enabled)").first.click()
    picture(page, "product")
    add.click()
    expect(page.locator("#cart-count")).to_have_text("1")


def mailed_code(site: Site, email: str, kind: str) -> str:
    """Return the code in the newest mail of a kind; the shop of journeys has no mail server."""
    rows = site.sql(
        "SELECT text FROM platform_outgoing_mail WHERE recipient = %s AND template = %s ORDER BY id DESC LIMIT 1",
        [email, kind],
    )
    (code,) = re.findall(r"^\d{8}$", rows[0][0], re.MULTILINE)
    return str(code)


def come_by_mail(page: Page, site: Site, email: str) -> None:
    """Come in by a mailed code, from the page where one signs in."""
    page.locator("#in-contact").fill(email)
    picture(page, "come-in")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.locator("#code-sent")).to_have_text(email)
    picture(page, "come-in-code")
    page.locator("#in-code").fill(mailed_code(site, email, "account.entry_code"))
    page.locator("#code-form").get_by_role("button", name="Go on").click()


def sign_up(page: Page, site: Site, email: str) -> None:
    """Make an account."""
    page.goto(f"{site.url}/shop/account/")
    come_by_mail(page, site, email)
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    picture(page, "account-new")
    page.get_by_label("What is your name?").fill("Ngozi Okafor")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Hello, Ngozi")).to_be_visible()
    expect(page.locator("#name-form")).to_be_hidden()
    picture(page, "account")


def fill_address(page: Page) -> None:
    """Say at the checkout who gets the order, and where."""
    page.get_by_label("Full name").fill("Ngozi Okafor")
    page.get_by_label("Phone").first.fill("0803 123 4567")
    page.get_by_label("Street address").fill("12 Allen Avenue")
    page.get_by_label("City or town").fill("Ikeja")
    page.get_by_label("State").select_option(label="Lagos")


def order(page: Page, site: Site) -> str:
    """Check out with cash on delivery and return the order's number."""
    page.goto(f"{site.url}/shop/checkout/")
    fill_address(page)
    picture(page, "checkout")
    page.get_by_role("button", name="Place order").click()
    number = page.locator("#order-number")
    expect(number).to_contain_text("ZUKA-")
    picture(page, "thank-you")
    return (number.text_content() or "").strip()


def totals(site: Site) -> dict[str, Any]:
    """The overview's figures now."""
    site.manage("rollup", "fill")
    return dict(site.get("/api/v1/reports/overview?period=today&compare=none")["totals"])


def report(site: Site, name: str, **params: str) -> list[dict[str, Any]]:
    """The rows of a report of today."""
    query = "&".join(f"{key}={value}" for key, value in params.items())
    return list(site.get(f"/api/v1/reports/{name}?period=today&compare=none&{query}")["rows"])


def moved(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What sums moved by."""
    sums = ("visitors", "sessions", "signups", "orders", "revenue_kobo")
    return {name: after[name] - before[name] for name in sums}


def steps(site: Site, visit: str) -> list[str]:
    """A visit's path: events with the page a client was on, or that the shop itself says so."""
    path = report(site, "session_path", visit=visit)
    told = [row for row in path if row["event_type"] in {step.split()[0] for step in PATH}]
    where = {"Shop": lambda _row: "by Shop", "Client": lambda row: short(row["page"])}
    return sorted(f"{row['event_type']} {where[row['said_by']](row)}" for row in told)


def short(page: str) -> str:
    """A path without the name of a product or an order."""
    return "/".join(page.split("/")[:3]) if page.startswith(("/shop/product", "/shop/thank-you")) else page


# What staff do with an order is the same whatever it was ordered on.
@pytest.mark.parametrize(("screen", "staff_too"), [(PHONE, True), (DESK, False)], ids=["phone", "desk"])
def test_a_visitor_comes_by_a_campaign_and_orders_and_staff_see_the_path(
    shop: Site, browser: Browser, screen: ViewportSize, staff_too: bool
) -> None:
    before = totals(shop)
    email = f"ngozi{screen['width']}@shop.example"
    with somebody(browser, shop, screen) as page:
        land_and_search(page, shop)
        choose(page)
        sign_up(page, shop, email)
        number = order(page, shop)
        with page.expect_response("**/api/v1/events"):  # the tracker would wait five seconds for more
            page.evaluate("zuka.flush()")

    after = totals(shop)
    assert moved(before, after) == {"visitors": 1, "sessions": 1, "signups": 1, "orders": 1, "revenue_kobo": 0}
    (visit,) = report(shop, "session_list", order=number)
    assert (visit["outcome"], visit["entry_page"], visit["order_ref"]) == ("Ordered", "/shop/", number)
    assert (visit["campaign"], visit["referrer"]) == ("instagram / social / detty-december", "Direct or unknown")
    assert steps(shop, visit["id"]) == sorted(PATH)
    assert [row["utm_campaign"] for row in orders_of(shop, number)] == ["detty-december"]
    if staff_too:
        staff_see(shop, browser, number)


def orders_of(site: Site, number: str) -> list[dict[str, Any]]:
    """What the ledger says of an order."""
    rows = site.sql("SELECT utm_campaign, total_kobo FROM commerce_order WHERE number = %s", [number])
    return [{"utm_campaign": campaign, "total_kobo": total} for campaign, total in rows]


def staff_see(site: Site, browser: Browser, number: str) -> None:
    """Staff find the visit, follow its path, see its campaign, and take the order to its money."""
    with somebody(browser, site, DESK) as page:
        sign_in(page, site)
        page.goto(f"{site.url}/admin/reports/session_list/?order={number}")
        assert (column_texts(page, "Outcome"), column_texts(page, "Order")) == (["Ordered"], [number])
        take_pictures(page, "visits")
        page.get_by_role("link", name="See path").click()
        page.wait_for_url("**/session_path/**")
        expect(page.get_by_role("columnheader", name="Said by")).to_be_visible()
        assert {"order.created", "page.viewed"} <= set(column_texts(page, "Event"))
        take_pictures(page, "visit-path")
        page.goto(f"{site.url}/admin/reports/campaigns/?period=today")
        assert "detty-december" in column_texts(page, "Campaign")
        paid = totals(site)["revenue_kobo"]
        take_order_through(page, site, number)
        assert totals(site)["revenue_kobo"] - paid == orders_of(site, number)[0]["total_kobo"]


def test_a_blocked_tracker_hides_the_visit_and_nothing_of_the_order(shop: Site, browser: Browser) -> None:
    before, told = totals(shop), claims(shop)
    with somebody(browser, shop, PHONE, blocks=True) as page:
        land_and_search(page, shop)
        choose(page)
        number = order(page, shop)

    after = totals(shop)
    assert moved(before, after) == {"visitors": 1, "sessions": 0, "signups": 0, "orders": 1, "revenue_kobo": 0}
    assert report(shop, "session_list", order=number) == []
    now = claims(shop)
    change = {fact: tuple(map(int.__sub__, now[fact], told.get(fact, (0, 0)))) for fact in now}
    assert {fact: counts for fact, counts in change.items() if any(counts)} == {
        "Orders": (1, 0),
        "Cart additions": (1, 0),
        "Checkouts": (1, 0),
    }
    with somebody(browser, shop, DESK) as page:
        sign_in(page, shop)
        page.goto(f"{shop.url}/admin/reports/tracked_and_actual/?period=today")
        take_pictures(page, "tracked-and-actual")
        assert column_texts(page, "Fact")[0] == "Orders"
        take_order_through(page, shop, number)
        page.goto(f"{shop.url}/admin/")
        shown = headlines(page)
    total = orders_of(shop, number)[0]["total_kobo"]
    assert totals(shop)["revenue_kobo"] - after["revenue_kobo"] == total
    assert shown["Orders"] == str(after["orders"])


def claims(site: Site) -> dict[str, tuple[int, int]]:
    """What happened in the shop and how much of it clients told, by fact."""
    return {row["fact"]: (row["facts"], row["matched"]) for row in report(site, "tracked_and_actual")}
