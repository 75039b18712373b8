"""A cart that was left and what was wished for, by mail and in the account, until both are ordered."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bench.rig.site import Beginning, Site, scratch_site
from tests.journeys.test_shop_path import DESK, PHONE, choose, come_by_mail, picture, sign_up, somebody

pytestmark = [pytest.mark.journey, pytest.mark.browser]
SCREENS = pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
LEFT = """
from datetime import timedelta
from commerce.cart.models import Cart
from commerce.tasks import watch_carts
for cart in Cart.objects.all():
    Cart.objects.filter(pk=cart.pk).update(last_active_at=cart.last_active_at - timedelta(hours=4))
watch_carts()
"""
BACK = """
from commerce.catalog.models import ProductVariant
from commerce.tasks import tell_who_waits
ProductVariant.objects.filter(stock_on_hand=0).update(stock_on_hand=5)
tell_who_waits()
"""
SOLD_OUT = """
from commerce.catalog.models import Product, ProductVariant
product = Product.objects.published().order_by("-id")[5]
ProductVariant.objects.filter(product=product).update(stock_on_hand=0, stock_reserved=0)
print("slug=" + product.slug)
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[Site]:
    """A shop that knows where it is, so that its mails have links."""
    with scratch_site(Beginning.SHOP) as site:
        site.environment |= {"SHOP_URL": site.url}
        site.start_web()
        yield site


def run(site: Site, code: str) -> str:
    """What a piece of Python says inside the shop."""
    return str(site.manage("shell", "-c", code))


def last_mail(site: Site, template: str) -> tuple[str, str]:
    """Whom the newest mail of a kind goes to, and its text."""
    query = "SELECT recipient, text FROM platform_outgoing_mail WHERE template = %s ORDER BY id DESC LIMIT 1"
    [(recipient, text)] = site.sql(query, [template])
    return recipient, text


def link_in(text: str, part: str) -> str:
    """The address in a mail that holds a part."""
    [found] = [each for each in re.findall(r"https?://\S+", text) if part in each]
    return str(found)


def write_contact(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.url}/shop/checkout/")
    page.get_by_label("E-mail", exact=False).first.fill(email)


@SCREENS
def test_a_guest_comes_back_by_the_link_on_another_device_and_orders(
    shop: Site, browser: Browser, screen: ViewportSize
) -> None:
    email = f"left-{screen['width']}@shop.example"
    with somebody(browser, shop, screen) as page:
        page.goto(f"{shop.url}/shop/search/")
        choose(page)
        write_contact(page, shop, email)
        with page.expect_response("**/api/v1/cart/reminder/"):
            page.get_by_label("E-mail me once").check()
        picture(page, "left-checkout")
    run(shop, LEFT)
    recipient, text = last_mail(shop, "cart.reminder")
    assert recipient == email

    with somebody(browser, shop, screen) as page:
        page.goto(link_in(text, "#recover="))
        expect(page.get_by_text("Here is what you had chosen.")).to_be_visible()
        expect(page.locator(".cart-line")).to_have_count(1)
        assert "recover" not in page.url
        picture(page, "left-recovered")
        page.reload()
        expect(page.locator(".cart-line")).to_have_count(1)
        page.goto(f"{shop.url}/shop/checkout/")
        page.get_by_label("Full name").fill("Ngozi Okafor")
        page.get_by_label("Phone").first.fill("0803 123 4567")
        page.get_by_label("Street address").fill("12 Allen Avenue")
        page.get_by_label("City or town").fill("Ikeja")
        page.get_by_label("State").select_option(label="Lagos")
        expect(page.locator("#delivery")).to_be_visible()  # what is pressed before the price is known is not ordered
        page.get_by_role("button", name="Place order").click()
        expect(page.get_by_text("Thank you.").first).to_be_visible()
        page.goto(link_in(text, "/unsubscribe/"))
        picture(page, "left-unsubscribe")
        page.get_by_role("button", name="Yes, stop them").click()
        expect(page.get_by_text("We will not send you this again.")).to_be_visible()
    query = "SELECT utm_source, utm_medium FROM commerce_order ORDER BY id DESC LIMIT 1"
    assert shop.sql(query) == [("cart-reminder", "email")]
    assert shop.sql("SELECT count(*) FROM commerce_address_opt_out")[0][0] >= 1


def test_a_customer_s_link_asks_a_stranger_to_sign_in(shop: Site, browser: Browser) -> None:
    with somebody(browser, shop, PHONE) as page:
        sign_up(page, shop, "owner@shop.example")
        page.get_by_role("tab", name="Notices").click()
        page.get_by_label("By e-mail: Your cart").check()
        expect(page.get_by_text("Your choice is saved.")).to_be_visible()
        picture(page, "left-preferences")
        page.goto(f"{shop.url}/shop/search/")
        choose(page)
    run(shop, LEFT)
    _, text = last_mail(shop, "cart.reminder")

    with somebody(browser, shop, PHONE, refused="403") as page:
        page.goto(link_in(text, "#recover="))
        expect(page.get_by_role("heading", name="Your cart is waiting")).to_be_visible()
        picture(page, "left-sign-in-first")
        page.locator("#cart").get_by_role("link", name="Sign in").click()
        come_by_mail(page, shop, "owner@shop.example")
        expect(page.get_by_text("Here is what you had chosen.")).to_be_visible()
        expect(page.locator(".cart-line")).to_have_count(1)


@SCREENS
def test_wishes_of_a_guest_come_along_and_what_is_sold_out_is_told_of(
    shop: Site, browser: Browser, screen: ViewportSize
) -> None:
    slug = re.search(r"slug=(\S+)", run(shop, SOLD_OUT))
    assert slug
    with somebody(browser, shop, screen) as page:
        page.goto(f"{shop.url}/shop/search/")
        page.get_by_role("button", name="Wishlist:").first.click()
        expect(page.get_by_text("It is on your wishlist.")).to_be_visible()
        picture(page, "wish-cards")
        page.goto(f"{shop.url}/shop/product/{slug[1]}/")
        page.locator(".product-side").get_by_role("button", name="Wishlist:").click()
        expect(page.get_by_role("link", name="Sign in, and we tell you")).to_be_visible()
        picture(page, "wish-sold-out")
        page.goto(f"{shop.url}/shop/wishlist/")
        expect(page.locator(".wish img")).to_have_count(2)
        picture(page, "wish-guest")

        sign_up(page, shop, f"wish-{screen['width']}@shop.example")
        page.goto(f"{shop.url}/shop/product/{slug[1]}/")
        page.locator("#awaiting button").first.click()
        expect(page.get_by_text("We tell you when it is back.", exact=True)).to_be_visible()
        picture(page, "wish-awaiting")
        run(shop, BACK)

        page.goto(f"{shop.url}/shop/wishlist/")
        expect(page.locator(".wish img")).to_have_count(2)
        expect(page.locator("#bell-count")).to_have_text("1")
        picture(page, "wish-customer")
        page.locator("#bell").click()
        expect(page.get_by_role("link", name="is back in stock")).to_be_visible()
        picture(page, "wish-notices")
        page.get_by_role("link", name="is back in stock").click()
        expect(page.get_by_role("button", name="Add to cart")).to_be_visible()
        expect(page.locator("#bell-count")).to_be_hidden()
        page.goto(f"{shop.url}/shop/wishlist/")
        page.locator(".wish").first.get_by_role("button", name="Remove").click()
        expect(page.locator(".wish")).to_have_count(1)
    recipient, text = last_mail(shop, "stock.back")
    assert recipient == f"wish-{screen['width']}@shop.example"
    assert link_in(text, "/shop/product/") == f"{shop.url}/shop/product/{slug[1]}/"
