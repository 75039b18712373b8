"""From a product to a paid order on the providers' own pages, in a real browser; and what becomes of one not paid."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bench.rig.site import Beginning, Site, reserved_port, scratch_site
from tests.journeys import pets
from tests.journeys.pictures import keep_picture
from tests.journeys.test_browser import Complaints
from tests.journeys.test_shop_path import DESK, PHONE, choose, picture, pictures, sign_up
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers

pytestmark = [pytest.mark.journey, pytest.mark.browser]
# The shop's pages know the provider by its name alone, and the providers' pages are one: each is tried on one screen,
# and looked at on both.
PROVIDERS = pytest.mark.parametrize(
    ("screen", "provider"), [(PHONE, "Paystack"), (DESK, "Flutterwave")], ids=["Paystack", "Flutterwave"]
)


@dataclass(frozen=True, slots=True)
class Market:
    """A shop with products, and the providers that it takes payments by."""

    site: Site
    providers: Providers

    def order(self, number: str) -> tuple[Any, ...]:
        """What the ledger says of an order: how it stands, and its payments, the oldest first."""
        query = (
            "SELECT o.status, o.payment_status, array_agg(p.provider || ' ' || p.status ORDER BY p.id)"
            " FROM commerce_order o LEFT JOIN commerce_payment p ON p.order_id = o.id WHERE number = %s GROUP BY o.id"
        )
        (found,) = self.site.sql(query, [number])
        return found

    def told(self, number: str) -> list[str]:
        """The facts of an order that the shop and browsers told."""
        query = "SELECT event_type FROM analytics_events WHERE properties->>'order_id' = %s ORDER BY 1"
        return [event for (event,) in self.site.sql(query, [number])]

    def seen(self, number: str) -> int:
        """How often a browser said that the order's page was seen."""
        query = "SELECT count(*) FROM analytics_events WHERE event_type = 'page.viewed' AND page_path = %s"
        return int(self.site.sql(query, [f"/shop/thank-you/{number}/"])[0][0])

    def webhooks(self, number: str) -> int:
        """How many messages of the providers about an order were handled."""
        query = "SELECT count(*) FROM commerce_webhook_delivery WHERE handled_at IS NOT NULL AND body LIKE %s"
        return int(self.site.sql(query, [f"%{number}%"])[0][0])

    def expire(self, number: str) -> None:
        """Let so much time go by that the order is not kept any longer."""
        for past in (
            "UPDATE commerce_order SET placed_at = placed_at - interval '1 day' WHERE number = %s",
            "UPDATE commerce_payment SET created_at = created_at - interval '1 day' WHERE reference LIKE %s || '%%'",
        ):
            self.site.sql(past, [number])
        self.site.manage("shell", "-c", "from commerce.tasks import watch_payments; watch_payments()")


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    """A shop that streams what pets say, and its providers; they know of each other."""
    with scratch_site(Beginning.SHOP) as site, open_providers(site.url) as providers, reserved_port() as port:
        site.environment |= keys_of(providers) | {"ZUKA_STREAM_PORT": str(port)}
        site.start_web()
        site.start_streams(port)
        yield Market(site, providers)


def keys_of(providers: Providers) -> dict[str, str]:
    """The settings with which a shop takes payments by them."""
    return {
        "PAYSTACK_URL": providers.paystack_url,
        "PAYSTACK_SECRET_KEY": providers.keys.paystack_secret,
        "FLUTTERWAVE_URL": providers.flutterwave_url,
        "FLUTTERWAVE_SECRET_KEY": providers.keys.flutterwave_secret,
        "FLUTTERWAVE_SECRET_HASH": providers.keys.flutterwave_hash,
        "PAYMENTS_TEST_MODE": "true",
    }


@contextmanager
def shopper(browser: Browser, market: Market, screen: ViewportSize, *, refused: tuple[str, ...] = ()) -> Iterator[Page]:
    """A page of a new profile; nothing may go wrong behind it but what is refused on purpose."""
    context = browser.new_context(viewport=screen, timezone_id="Africa/Lagos", locale="en-GB")
    page = context.new_page()
    complaints = Complaints(market.site)
    complaints.watch(page)
    yield page
    context.close()
    # A page that is left may have a request of its own under way; the providers are elsewhere by their nature.
    known = ("ERR_ABORTED", f"elsewhere: {market.providers.url}/", *refused)
    assert [each for each in complaints.found if not any(part in each for part in known)] == []


def fill_in(page: Page, site: Site, provider: str) -> None:
    """Put the first product in the cart, go to the checkout, and fill it in but for the e-mail."""
    page.goto(f"{site.url}/shop/search/")
    choose(page)
    page.goto(f"{site.url}/shop/checkout/")
    fill_form(page, provider)


def fill_form(page: Page, provider: str) -> None:
    """Fill the checkout in but for the e-mail."""
    page.get_by_label("Full name").fill("Ngozi Okafor")
    page.get_by_label("Phone").first.fill("0803 123 4567")
    page.get_by_label("Street address").fill("12 Allen Avenue")
    page.get_by_label("City or town").fill("Ikeja")
    page.get_by_label("State").select_option(label="Lagos")
    expect(page.locator("#delivery")).to_be_visible()  # what is pressed before the price is known is not ordered
    page.get_by_role("radio", name=provider).check()


def check_out(page: Page, site: Site, provider: str, shot: str = "") -> None:
    """Be told that the e-mail is missing, and give it."""
    fill_in(page, site, provider)
    page.get_by_role("button", name="Place order and pay").click()
    email = page.get_by_label("E-mail")
    expect(email).to_be_focused()
    expect(page.get_by_text(f"{provider} needs it: your receipt goes there.")).to_be_visible()
    if shot:
        pictures(page, f"{shot}-email")
    email.fill("ngozi@shop.example")
    if shot:
        pictures(page, f"{shot}-checkout")


def picture_of_screen(page: Page, name: str) -> None:
    """Keep what the screen shows right now, while something is under way."""
    keep_picture(page, f"shop-{name}-{PHONE['width']}", whole=False)


def place(page: Page, market: Market) -> None:
    """Place the order and come to the provider's page."""
    page.get_by_role("button", name="Place order and pay").click()
    page.wait_for_url(f"{market.providers.url}/pay/**")


def come_back(page: Page, market: Market, choice: str, title: str) -> str:
    """Choose what happens on the provider's page, and read what the shop says then; return the order's number."""
    page.get_by_role("button", name=choice, exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible(timeout=15_000)
    number = (page.locator("#order-number").text_content() or "").strip()
    assert page.url == f"{market.site.url}/shop/thank-you/{number}/"
    return number


@PROVIDERS
def test_an_order_is_paid_on_the_provider_s_page(
    market: Market, browser: Browser, screen: ViewportSize, provider: str
) -> None:
    shot = f"pay-{provider.lower()}"
    with shopper(browser, market, screen) as page:
        check_out(page, market.site, provider, shot)
        place(page, market)
        pictures(page, f"{shot}-provider")
        number = come_back(page, market, "Pay", "Payment received")
        expect(page.get_by_text("Thank you. Your order is placed.")).to_be_visible()
        pictures(page, f"{shot}-received")
        with page.expect_response("**/api/v1/events"):  # the tracker would wait five seconds for more
            page.evaluate("zuka.flush()")
        assert market.seen(number) == 1
        page.reload()
        expect(page.get_by_role("heading", name="Payment received")).to_be_visible()
        expect(page.get_by_role("button", name="Pay now")).to_have_count(0)
    assert market.order(number) == ("placed", "paid", [f"{provider.lower()} captured"])
    assert market.told(number) == ["order.created", "order.created", "order.paid"]
    assert market.webhooks(number) == 1


@PROVIDERS
def test_a_payment_fails_and_the_next_one_pays(
    market: Market, browser: Browser, screen: ViewportSize, provider: str
) -> None:
    name = provider.lower()
    with shopper(browser, market, screen) as page:
        check_out(page, market.site, provider)
        place(page, market)
        number = come_back(page, market, "Let it fail", "The payment did not go through")
        pictures(page, f"pay-{name}-failed")
        assert market.order(number) == ("placed", "failed", [f"{name} failed"])
        page.get_by_role("button", name="Pay now").click()
        page.wait_for_url(f"{market.providers.url}/pay/**")
        assert come_back(page, market, "Pay", "Payment received") == number
    assert market.order(number) == ("placed", "paid", [f"{name} failed", f"{name} captured"])


CANCELLED = {"Paystack": "We are waiting for your bank", "Flutterwave": "You have not paid yet"}


@PROVIDERS
def test_who_cancels_is_told_that_nothing_was_charged(
    market: Market, browser: Browser, screen: ViewportSize, provider: str
) -> None:
    with shopper(browser, market, screen) as page:
        check_out(page, market.site, provider)
        place(page, market)
        number = come_back(page, market, "Cancel", CANCELLED[provider])
        expect(page.locator("#order").get_by_text("nothing was charged")).to_be_visible()
        expect(page.get_by_role("button", name="Pay now")).to_be_visible()
        pictures(page, f"pay-{provider.lower()}-cancelled")
    assert market.order(number) == ("placed", "pending", [f"{provider.lower()} pending"])


def test_a_second_press_while_the_provider_thinks_places_no_second_order(market: Market, browser: Browser) -> None:
    with shopper(browser, market, PHONE) as page:
        check_out(page, market.site, "Paystack")
        before = market.site.sql("SELECT count(*) FROM commerce_order")
        market.providers.hang_next(2.5)
        button = page.locator("#place")
        button.click()
        expect(button).to_have_text("Taking you to Paystack…")
        picture_of_screen(page, "pay-leaving")
        button.click(force=True)
        page.wait_for_url(f"{market.providers.url}/pay/**")
        number = come_back(page, market, "Pay", "Payment received")
    assert market.site.sql("SELECT count(*) FROM commerce_order") == [(before[0][0] + 1,)]
    assert market.order(number) == ("placed", "paid", ["paystack captured"])


def test_who_goes_back_from_the_provider_s_page_comes_to_the_order(market: Market, browser: Browser) -> None:
    with shopper(browser, market, PHONE) as page:
        check_out(page, market.site, "Paystack")
        place(page, market)
        paying = page.url
        page.go_back()
        expect(page.get_by_role("heading", name="This order is not paid yet")).to_be_visible(timeout=15_000)
        picture(page, "pay-gone-back")
        page.get_by_role("button", name="Pay now").click()
        page.wait_for_url(paying)


def test_an_order_whose_payment_cannot_begin_is_kept_and_paid_later(market: Market, browser: Browser) -> None:
    with shopper(browser, market, PHONE, refused=("503",)) as page:
        check_out(page, market.site, "Paystack")
        market.providers.fail_next()
        page.get_by_role("button", name="Place order and pay").click()
        expect(page.get_by_role("alert").filter(has_text="The payment provider does not answer.")).to_be_visible()
        expect(page.get_by_role("heading", name="This order is not paid yet")).to_be_visible()
        picture(page, "pay-not-begun")
        page.get_by_role("button", name="Pay now").click()
        page.wait_for_url(f"{market.providers.url}/pay/**")
        number = come_back(page, market, "Pay", "Payment received")
    assert market.order(number) == ("placed", "paid", ["paystack failed", "paystack captured"])


def test_a_customer_finds_what_is_not_paid_in_the_account(market: Market, browser: Browser) -> None:
    with shopper(browser, market, PHONE) as page:
        sign_up(page, market.site, "unpaid@shop.example")
        fill_in(page, market.site, "Flutterwave")
        place(page, market)
        page.goto(f"{market.site.url}/shop/account/")
        picture(page, "pay-account")
        page.get_by_role("link", name="Pay now for order").click()
        expect(page.get_by_role("button", name="Pay now")).to_be_visible()
        number = (page.locator("#order-number").text_content() or "").strip()
        market.expire(number)
        page.reload()
        expect(page.get_by_role("heading", name="This order has expired")).to_be_visible()
        expect(page.get_by_text("Expired", exact=True)).to_be_visible()
        expect(page.get_by_role("button", name="Pay now")).to_have_count(0)
        picture(page, "pay-expired")


def fill_cart_by_talk(page: Page) -> int:
    """Be shown things in red under ₦20,000, the cheapest first, and have one put in the cart; return its price."""
    shown = pets.prices(pets.say(page, "show me something red under ₦20,000"))
    assert (len(shown) > 1, [price for price in shown if price > 20_000]) == (True, [])
    cheaper = pets.prices(pets.say(page, "cheaper"))
    assert (cheaper, cheaper[0] <= min(shown)) == (sorted(cheaper), True)
    picture(page, "pet-cheaper")
    pets.say(page, "add the first one")
    yes = pets.chat(page).get_by_role("button", name="Yes, do it")
    if not yes.count():  # it comes in several sizes
        pets.press(page, re.compile("Red"))
    expect(page.locator("#cart-count")).to_be_hidden()
    pets.press(page, "Yes, do it")
    expect(page.locator("#cart-count")).to_have_text("1")
    return cheaper[0]


def test_a_pet_sells_and_what_was_bought_brings_points_and_games_a_place(market: Market, browser: Browser) -> None:
    site = market.site
    site.manage("shell", "-c", pets.SETTING)
    away = (f"elsewhere: http://127.0.0.1:{site.environment['ZUKA_STREAM_PORT']}/", "ERR_CONNECTION_REFUSED")
    with shopper(browser, market, PHONE, refused=("404", *away)) as page:  # who has no pet yet is told so
        answered = pets.count_answers(page)
        sign_up(page, site, "pet@shop.example")
        pets.adopt(page, site, "Bingo")
        expect(pets.say(page, "my points")).to_contain_text("Quartz, 0 XP · 250 XP to Sapphire")
        price = fill_cart_by_talk(page)
        expect(pets.say(page, "any coupon for me?")).to_contain_text("BINGO")
        pets.say(page, "apply coupon BINGO")
        pets.press(page, "Yes, do it")
        picture(page, "pet-coupon")

        pets.chat(page).get_by_role("link", name="Go to the checkout").click()
        fill_form(page, "Paystack")
        expect(page.locator(".totals")).to_contain_text(f"−₦{price / 10:,.2f}")
        place(page, market)
        number = come_back(page, market, "Pay", "Payment received")
        assert market.order(number) == ("placed", "paid", ["paystack captured"])
        site.manage("shell", "-c", pets.KEPT.format(number=number))

        assert answered == {"stream": sum(answered.values())}
        answered.clear()
        site.stop("streams")  # a shop whose streams are away answers all the same, at once
        pets.open_chat(page)
        ((earned,),) = site.sql("SELECT points_earned FROM commerce_order WHERE number = %s", [number])
        assert earned == price * 9 // 1000  # a hundredth of what was paid, at a naira a point
        expect(pets.say(page, "how many points do I have")).to_contain_text(f"{earned:,} points")
        expect(pets.say(page, "leaderboard")).to_contain_text("1. B. A., 500")
        picture(page, "pet-points")
        pets.play_memory(page, site)
        expect(page.get_by_role("row", name="1 N. O. you")).to_be_visible()
        pets.open_chat(page)
        expect(pets.say(page, "leaderboard")).to_contain_text("1. N. O. (you)")
        assert answered == {"messages": 3}
        picture(page, "pet-board")
