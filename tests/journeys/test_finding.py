"""How shoppers find things: filters with counts, search that forgives, what goes together, votes; phone and desk."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from bench.rig.site import Site
from tests.journeys.pictures import keep_picture
from tests.journeys.test_shop_path import DESK, PHONE, picture, sign_up, somebody

pytestmark = [pytest.mark.journey, pytest.mark.browser]
REVIEWED = """
from commerce.catalog.models import Product
from commerce.accounts.models import User
from commerce.reviews.services import write_review
from zuka.platform.actor import Actor
from zuka.platform.clock import now
user = User.objects.create(email="reviewer@example.com", name="Bola Ade")
product = Product.objects.order_by("pk").first()
write_review(product=product, user=user, rating=5, title="Lovely", body="It fits.", actor=Actor(), at=now())
print("slug:" + product.slug)
"""


def chips(page: Page) -> list[str]:
    return page.locator("#chosen li").all_inner_texts()


def found(page: Page) -> int:
    """How many products the page says there are."""
    place = page.locator("#found")
    expect(place).to_have_text(re.compile(r"^\d+ products?$"))
    return int((place.text_content() or "").split()[0])


def expect_found(page: Page, products: int) -> None:
    """Wait until the page says there are so many: what is chosen is drawn before the answer comes."""
    expect(page.locator("#found")).to_have_text(re.compile(rf"^{products} products?$"))


def first_of(page: Page, title: str) -> Locator:
    """The first value of a filter."""
    return page.locator("details.facet", has=page.locator("summary", has_text=title)).locator("label").first


def count_of(label: Locator) -> int:
    return int((label.locator("small").inner_text()).split()[0])


def test_filters_on_a_desk_keep_the_address_and_go_back(shop: Site, browser: Browser) -> None:
    with somebody(browser, shop, DESK) as page:
        page.goto(f"{shop.url}/shop/category/women/")
        everything = found(page)
        picture(page, "category-facets")
        size = first_of(page, "Size")
        left = count_of(size)
        size.click()
        expect_found(page, left)
        expect(page.locator("#chosen li")).to_have_count(1)
        assert "size=" in page.url
        page.locator(".flags label", has_text="In stock").click()
        expect(page.locator("#chosen li")).to_have_count(3)
        assert chips(page)[1:] == ["In stock", "Clear all"]
        picture(page, "category-chosen")
        address = page.url

        page.go_back()
        expect(page.locator("#chosen li")).to_have_count(1)
        expect_found(page, left)
        page.go_back()
        expect(page.locator("#chosen")).to_be_hidden()
        expect_found(page, everything)

        page.goto(address)
        expect(page.locator("#chosen li")).to_have_count(3)
        page.get_by_role("button", name="Remove In stock").click()
        expect(page.locator("#chosen li")).to_have_count(1)
        page.locator("#products a").first.click()
        page.go_back()
        expect(page.locator("#chosen li")).to_have_count(1)
        page.get_by_label("To", exact=True).fill("1")
        expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
        page.get_by_role("button", name="Clear all").click()
        expect(page.locator("#chosen")).to_be_hidden()
        expect_found(page, everything)


def test_filters_on_a_phone_are_a_drawer(shop: Site, browser: Browser) -> None:
    with somebody(browser, shop, PHONE) as page:
        page.goto(f"{shop.url}/shop/search/")
        everything = found(page)
        expect(page.locator("#filters")).to_be_hidden()
        page.get_by_role("button", name="Filters").click()
        colour = first_of(page, "Colour")
        left = count_of(colour)
        colour.click()
        show = page.locator("#filters-show")
        expect(show).to_have_text(re.compile(rf"^Show {left} products?$"))
        keep_picture(page, "shop-drawer-390", whole=False)
        show.click()
        expect(page.locator("#filters")).to_be_hidden()
        expect_found(page, left)
        assert left < everything
        expect(page.get_by_role("button", name="Filters (1)")).to_be_visible()
        picture(page, "search-chosen")


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_the_search_box_suggests_and_forgives(shop: Site, browser: Browser, screen: Any) -> None:
    with somebody(browser, shop, screen) as page:
        page.goto(f"{shop.url}/shop/")
        box = page.locator("#search")
        box.click()
        expect(box).to_have_attribute("role", "combobox")
        box.press_sequentially("ankr", delay=30)
        expect(page.get_by_role("option").first).to_be_visible()
        expect(page.locator("[role=option] img").first).to_be_visible()
        keep_picture(page, f"shop-suggestions-{screen['width']}", whole=False)
        box.press("Escape")
        expect(page.get_by_role("listbox")).to_be_hidden()
        expect(box).to_have_value("ankr")
        box.press("ArrowDown")
        active = page.locator('[role="option"][aria-selected="true"]')
        expect(active).to_have_attribute("id", box.get_attribute("aria-activedescendant") or "")
        box.press("ArrowUp")
        expect(active).to_have_count(0)

        box.fill("ankra dres")
        expect(page.get_by_role("option").first).to_contain_text("Did you mean “ankara")
        box.press("Enter")
        page.wait_for_url("**/shop/search/?q=*")
        expect(page.locator("#meant")).to_contain_text("Nothing is called “ankra dres”")
        assert found(page) > 0
        expect(page.locator("#ordering option").first).to_have_text("Best match")
        picture(page, "search-meant")
        expect(page.locator("#ordering")).to_be_visible()
        page.goto(f"{shop.url}/shop/search/?q=zzzzqq")
        expect(page.get_by_role("heading", name="We found nothing for “zzzzqq”")).to_be_visible()
        expect(page.locator("#ordering")).to_be_hidden()
        expect(page.locator("#filters-toggle")).to_be_hidden()
        expect(page.locator("#filters")).to_be_hidden()

        page.locator("#search").fill("ankara")
        offer = page.locator(".offer", has=page.locator(".picture")).first
        offer.click()
        page.wait_for_url("**/shop/product/**")


def test_what_goes_together_what_was_looked_at_and_votes(shop: Site, browser: Browser) -> None:
    slug = shop.manage("shell", "-v", "0", "-c", REVIEWED).partition("slug:")[2].strip()
    with somebody(browser, shop, PHONE) as page:
        page.goto(f"{shop.url}/shop/product/{slug}/")
        expect(page.get_by_role("heading", name="You may also like")).to_be_visible()
        expect(page.locator("#recent")).to_be_hidden()
        name = page.locator("h1").inner_text()
        page.get_by_role("button", name="Helpful").click()
        expect(page.locator("#toast")).to_contain_text("Sign in to say that a review helped you.")
        page.locator("#related-products a").first.click()
        expect(page.get_by_role("heading", name="You looked at these")).to_be_visible()
        expect(page.locator("#recent-products a")).to_have_text([name])
        picture(page, "product-recent")

        sign_up(page, shop, "voter@example.com")
        page.goto(f"{shop.url}/shop/product/{slug}/")
        page.get_by_role("button", name="Helpful").click()
        expect(page.get_by_role("button", name="Helpful (1)")).to_have_attribute("aria-pressed", "true")
        picture(page, "product-voted")
        page.get_by_role("button", name="Helpful (1)").click()
        expect(page.get_by_role("button", name="Helpful", exact=True)).to_have_attribute("aria-pressed", "false")

        page.evaluate("localStorage.setItem('zuka.consent', 'false')")
        page.reload()
        expect(page.get_by_role("heading", name="You may also like")).to_be_visible()
        assert page.evaluate("localStorage.getItem('zuka.shop.recent')") is None
        expect(page.locator("#recent")).to_be_hidden()
