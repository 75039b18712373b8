"""What staff see in a real browser: an SDK's events and an API's order as numbers, and every dashboard and report."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Response, ViewportSize, expect
from segment.analytics.client import Client

from analytics.registry.dashboards import DASHBOARDS
from analytics.registry.reports import REPORTS
from bench.rig.site import Beginning, Site, scratch_site
from tests.journeys import dashboards
from tests.journeys.pictures import look_at
from zuka.platform import clock

pytestmark = [pytest.mark.journey, pytest.mark.browser]

WIDTHS = (390, 1280)
WALL = 1920
# Of a shop whose keys are well nothing is refused, a coupon may have had no use in so few orders, and two reports are
# about what a link names.
# A new shop has no runs of these jobs yet, and the tests' PostgreSQL counts no queries.
MAY_BE_EMPTY = {
    *("rejections-table", "coupons-table", "verify_runs-table", "slow_queries-table", "disk_use-chart"),
    *("rewards-table", "wishes-table"),  # few have so many points, and few wish
    # Nobody calls the API of an invented shop.
    *("api_performance-chart", "api_performance-table", "api_hours-chart", "api_keys-table", "key_validations-chart"),
}
EMPTY_REPORTS = {
    *("rejections", "coupons", "product_days", "session_path", "person_timeline", "attributed_orders"),
    *("verify_runs", "slow_queries", "disk_use"),
    "before_zuka",  # nothing was brought from elsewhere
    *("rewards", "wishes", "pet_gaps"),  # in a shop of so few customers
    *("api_performance", "api_hours", "api_keys", "api_users", "api_requests", "key_validations"),
    "person_products",  # of one person, who is to be named
}
HEIGHT = 900
# Each button of an order from placed to paid, and the word that confirms it.
STEPS = {
    "Confirm": "confirmed",
    "Mark packed": "packed",
    "Mark shipped": "shipped",
    "Mark delivered": "delivered",
    "Cash collected": "paid in cash",
}
ADDRESS = {
    "recipient_name": "Ngozi Okafor",
    "phone": "+2348031234567",
    "street_address": "12 Allen Avenue",
    "city": "Ikeja",
    "state": "Lagos",
}


@dataclass
class Complaints:
    """Whatever goes wrong in the browser behind what the page shows."""

    site: Site
    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Note errors, failed requests, and requests to anybody else."""
        page.on("console", self.note_console)
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("requestfailed", lambda request: self.found.append(f"failed: {request.url} {request.failure}"))
        page.on("request", self.note_request)
        page.on("response", self.note_response)

    def note_console(self, message: ConsoleMessage) -> None:
        """Note errors and warnings of the console."""
        if message.type in {"error", "warning"}:
            self.found.append(f"console: {message.text}")

    def note_request(self, request: Request) -> None:
        """Note what leaves the shop."""
        if not request.url.startswith((f"{self.site.url}/", "data:", "blob:")):
            self.found.append(f"elsewhere: {request.url}")

    def note_response(self, response: Response) -> None:
        """Note refused requests."""
        if response.status >= 400:
            self.found.append(f"{response.status}: {response.url}")


@contextmanager
def browsing(browser: Browser) -> Iterator[Page]:
    """A page of a new profile."""
    screen: ViewportSize = {"width": WIDTHS[-1], "height": HEIGHT}
    context = browser.new_context(viewport=screen, timezone_id="Africa/Lagos", locale="en-GB")
    try:
        yield context.new_page()
    finally:
        context.close()


def take_pictures(page: Page, name: str) -> None:
    """Look at the page as a phone and as a desk show it: nothing may be wider than the screen."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        look_at(page, name)


def send_events(site: Site, product: dict[str, Any]) -> None:
    """A visitor looks at a page and a product, puts it in the cart and signs up, as an SDK tells it."""
    errors: list[Exception] = []
    client = Client(site.keys["publishable"], host=site.url, on_error=lambda error, _items: errors.append(error))
    began = clock.now() - timedelta(seconds=30)
    facts = iter([{"anonymous_id": "visitor-1", "timestamp": began + timedelta(seconds=each)} for each in range(4)])
    properties = {"product_id": product["id"], "name": product["name"], "currency": "NGN"}
    client.page(name="Dresses", properties={"path": "/dresses"}, **next(facts))
    client.track(event="Product Viewed", properties=properties, **next(facts))
    client.track(event="Product Added", properties=properties, **next(facts))
    client.track(event="Signed Up", properties={"source": "instagram"}, **next(facts))
    client.shutdown()
    assert errors == []


def place_order(site: Site, sku: str) -> dict[str, Any]:
    """The same visitor orders two pieces, to be paid on delivery."""
    order = {
        "lines": [{"sku": sku, "quantity": 2}],
        "contact": {"name": "Ngozi Okafor", "email": "ngozi@shop.example"},
        "shipping_address": ADDRESS,
        "payment_method": "cash_on_delivery",
    }
    status, placed = site.send("POST", "/api/v1/orders/", order, headers={"X-Zuka-Visitor": "visitor-1"})
    assert status == 201, placed
    return dict(placed)


def sign_in(page: Page, site: Site) -> None:
    """Staff sign in and land on the overview."""
    page.goto(f"{site.url}/admin/")
    page.locator("input[name=username]").fill(site.staff["email"])
    page.locator("input[name=password]").fill(site.staff["password"])
    take_pictures(page, "sign-in")
    page.locator("input[name=password]").press("Enter")
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible(timeout=dashboards.PATIENCE_MS)
    expect(page.locator("[data-widget][aria-busy], [data-wait]")).to_have_count(0, timeout=dashboards.PATIENCE_MS)


def headline(page: Page, title: str) -> str:
    """The exact figure of one of the overview's cards."""
    card = page.get_by_role("region", name=title, exact=True)
    return card.locator(".report-total").get_attribute("title") or ""


def headlines(page: Page) -> dict[str, str]:
    """The figures of the overview."""
    titles = (
        *("Visitors", "Visits", "Sign-ups", "Orders"),
        *("Conversion", "Revenue paid", "Average order value", "Bounce rate"),
    )
    return {title: headline(page, title) for title in titles}


def wait_for_headlines(page: Page, site: Site, wanted: dict[str, str]) -> None:
    """Open the overview until it shows figures: on a busy machine a table that took long is shown for some seconds."""
    end = time.monotonic() + 60
    page.goto(f"{site.url}/admin/")
    while (found := headlines(page)) != wanted:
        assert time.monotonic() < end, found
        page.wait_for_timeout(1_000)
        page.goto(f"{site.url}/admin/")


def column_texts(page: Page, head: str) -> list[str]:
    """The cells of a column of the report on the page, from top to bottom."""
    heads = [text.strip() for text in page.locator("table.report-table thead th").all_inner_texts()]
    rows = page.locator("table.report-table tbody:not(.report-summaries) tr")
    place = [text.lower() for text in heads].index(head.lower())
    return [rows.nth(row).locator("td").nth(place).inner_text().strip() for row in range(rows.count())]


def take_order_through(page: Page, site: Site, number: str) -> None:
    """Staff find the order in its list, open it, and take it from placed to paid by its buttons."""
    page.goto(f"{site.url}/admin/commerce/order/")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    take_pictures(page, "orders")
    page.get_by_role("link", name=number).click()
    for button, done in STEPS.items():
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_text(f"Order {number} is {done}.")).to_be_visible()
    take_pictures(page, "order")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A shop with products and no past."""
    with scratch_site(Beginning.SHOP) as site:
        site.start_web()
        yield site


def test_staff_see_an_sdk_s_events_and_an_order(site: Site, browser: Browser) -> None:
    product = next(each for each in site.get("/api/v1/products/")["results"])
    send_events(site, product)
    detail = site.get(f"/api/v1/products/{product['slug']}/")
    placed = place_order(site, detail["variants"][0]["sku"])
    site.manage("rollup", "fill")

    complaints = Complaints(site)
    with browsing(browser) as page:
        complaints.watch(page)
        sign_in(page, site)
        came = {"Visitors": "1", "Visits": "1", "Sign-ups": "1", "Orders": "1", "Conversion": "100.0%"}
        unpaid = {**came, "Revenue paid": "₦0.00", "Average order value": "–", "Bounce rate": "0.0%"}
        assert headlines(page) == unpaid
        take_order_through(page, site, placed["number"])

        site.manage("rollup", "fill")
        total = placed["total"]["display"]
        wait_for_headlines(page, site, {**unpaid, "Revenue paid": total, "Average order value": total})
        take_pictures(page, "overview")

        page.goto(f"{site.url}/admin/reports/recent_events/")
        facts = ["order.created", "order.delivered", "order.paid", "order.shipped"]
        claims = ["cart.item_added", "page.viewed", "product.viewed", "user.created"]
        assert sorted(column_texts(page, "Event")) == sorted(facts + claims)
        sent_as = {"Product Viewed", "Product Added", "Signed Up", "page"}
        assert sent_as <= set(column_texts(page, "Sent as"))
        take_pictures(page, "explorer")
    assert complaints.found == []


def test_every_dashboard_and_report_shows_its_figures(site: Site, browser: Browser) -> None:
    dashboards.refill_shop(site, may_be_empty=EMPTY_REPORTS)
    complaints, empty = Complaints(site), set[str]()
    with browsing(browser) as page:
        complaints.watch(page)
        sign_in(page, site)
        for dashboard in DASHBOARDS.values():
            page.set_viewport_size({"width": WALL, "height": HEIGHT})
            dashboards.open_filled(page, f"{site.url}/admin/dashboards/{dashboard.id}/?period=30d")
            assert (dashboard.id, dashboards.blank_charts(page)) == (dashboard.id, [])
            assert (dashboard.id, dashboards.moved_share(page) < 0.1) == (dashboard.id, True)
            empty |= set(dashboards.empty_widgets(page))
            take_pictures(page, f"dashboard-{dashboard.id}")
        assert empty <= MAY_BE_EMPTY

        found = {report: dashboards.answer_of(page, f"{site.url}/admin/reports/{report}/") for report in REPORTS}
        shown = {report: (each["status"], each["blank"]) for report, each in found.items()}
        assert shown == dict.fromkeys(REPORTS, (200, []))
        assert {report for report, each in found.items() if each["empty"]} <= EMPTY_REPORTS
    assert complaints.found == []


def test_a_dashboard_is_usable_by_keyboard_as_a_picture_and_after_a_failure(site: Site, browser: Browser) -> None:
    with browsing(browser) as page:
        sign_in(page, site)
        address = f"{site.url}/admin/dashboards/overview/?period=7d"
        words = dashboards.fail_once(page, address, "overview-chart")
        others = str(len(DASHBOARDS["overview"].widgets) - 1)
        assert words == ["The figures cannot be shown at the moment (500).", others, "0"]
        assert "Revenue paid: ₦" in dashboards.spoken_by_keys(page, "overview-chart")
        # A day of ratings between days without any is a dot, for no line leads to it.
        assert dashboards.radii_of(page, [4.0, None, None, 5.0, None, 3.0, 0.0]) == [3, 0, 0, 3, 0, 0, 0]
        name, picture = dashboards.saved_picture(page, "overview-chart")
        assert (name, picture[:8], len(picture) > 10_000) == ("revenue-paid.png", b"\x89PNG\r\n\x1a\n", True)
