"""What delivery costs and a coupon takes off, from the checkout to the order, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.rig.site import Beginning, Site, scratch_site
from tests.journeys.test_browser import Complaints
from tests.journeys.test_shop_path import PHONE, choose, picture

pytestmark = [pytest.mark.journey, pytest.mark.browser]
RULES = """
from decimal import Decimal
from commerce.delivery.models import ShippingRate, ShippingZone
from commerce.promotions.models import Coupon
ShippingZone.objects.all().delete()
lagos = ShippingZone.objects.create(name="Lagos", states=["Lagos"])
rest = ShippingZone.objects.create(name="Oyo", states=["Oyo"])
ShippingRate.objects.create(zone=lagos, name="Standard", amount_kobo=150_000, min_days=2, max_days=4)
ShippingRate.objects.create(zone=lagos, name="Motorbike", amount_kobo=350_000, min_days=1, max_days=1)
ShippingRate.objects.create(zone=rest, name="Bus", amount_kobo=250_000, min_days=3, max_days=6)
Coupon.objects.create(code="EID", name="Eid", kind="fixed", amount_kobo=100_000, stackable=True)
Coupon.objects.create(code="BIKE", name="Bike", kind="free_shipping", max_discount_kobo=200_000, stackable=True)
Coupon.objects.create(code="ALONE", name="Alone", kind="percentage", percent=50)
"""

# Chooses Lagos and presses the button in one breath, so that no answer can come between.
LAGOS_AT_ONCE = """() => {
  const state = document.querySelector("#order-form [name=state]");
  state.value = [...state.options].find((each) => each.text === "Lagos").value;
  state.dispatchEvent(new Event("change", { bubbles: true }));
  document.querySelector("#place").click();
}"""


@pytest.fixture(scope="module")
def shop() -> Iterator[Site]:
    """A shop that delivers to two states, with coupons of which two may be used together."""
    with scratch_site(Beginning.SHOP) as site:
        site.manage("shell", "-c", RULES)
        site.start_web()
        yield site


def sums(page: Page) -> dict[str, int]:
    """The sums that the page shows, in kobo."""
    names, amounts = page.locator(".totals dt").all_inner_texts(), page.locator(".totals dd").all_inner_texts()
    digits = ["".join(each for each in amount if each.isdigit()) or "0" for amount in amounts]
    return dict(zip(names, map(int, digits), strict=True))


def vat(*prices: int) -> dict[str, int]:
    """What of some prices is tax, each half a kobo up, as the page names it."""
    return {"Includes VAT 7.5%": sum(int(price * 75 / Decimal(1075) + Decimal("0.5")) for price in prices)}


def apply(page: Page, code: str) -> None:
    """Type a code and press the button."""
    page.get_by_label("Coupons (optional)").fill(code)
    page.get_by_role("button", name="Apply").click()


def combine(page: Page, *, one: dict[str, int], two: dict[str, int]) -> None:
    """Try a code that is for use alone, then use a second one, take it out, and use it again."""
    used = page.get_by_role("list", name="Coupons in use").get_by_role("listitem")
    apply(page, "alone")
    expect(page.get_by_text("ALONE cannot be combined with other codes. Use it alone, or")).to_be_visible()
    picture(page, "checkout-codes-refused")
    assert sums(page) == one
    apply(page, "bike")
    expect(used).to_have_count(2)
    expect(page.locator(".totals")).to_contain_text("−₦2,000.00")
    assert sums(page) == two
    picture(page, "checkout-two-codes")
    page.set_viewport_size({"width": 1280, "height": 900})
    picture(page, "checkout-two-codes-wide")
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Remove BIKE").click()
    expect(used).to_have_count(1)
    expect(page.locator(".totals")).not_to_contain_text("BIKE")
    assert sums(page) == one
    apply(page, "bike")
    expect(page.locator(".totals")).to_contain_text("BIKE")


def test_the_price_follows_the_address_and_the_coupon(shop: Site, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, timezone_id="Africa/Lagos", locale="en-GB")
    page = context.new_page()
    complaints = Complaints(shop)
    complaints.watch(page)
    page.goto(f"{shop.url}/shop/search/")
    choose(page)
    page.goto(f"{shop.url}/shop/checkout/")
    page.get_by_label("Full name").fill("Ngozi Okafor")
    page.get_by_label("Phone").first.fill("0803 123 4567")
    page.get_by_label("Street address").fill("12 Allen Avenue")
    page.get_by_label("City or town").fill("Ikeja")
    goods = sums(page)["Subtotal"]
    assert sums(page) == {"Subtotal": goods, "Total": goods, **vat(goods)}

    page.get_by_label("State").select_option(label="Kano")
    expect(page.get_by_text("We do not deliver to Kano yet.")).to_be_visible()
    page.evaluate(LAGOS_AT_ONCE)
    expect(page.get_by_text("The total is now ₦")).to_be_visible()
    picture(page, "checkout-other-total")
    expect(page.get_by_role("radio", name="Standard")).to_be_checked()
    expect(page.locator(".totals")).to_contain_text("₦1,500.00")
    page.get_by_role("radio", name="Motorbike").check()
    expect(page.locator(".totals")).to_contain_text("₦3,500.00")
    assert sums(page) == {"Subtotal": goods, "Delivery": 350_000, "Total": goods + 350_000, **vat(goods, 350_000)}
    expect(page.get_by_text("We do not deliver to Kano yet.")).to_be_hidden()

    apply(page, "nothing")
    expect(page.get_by_text("We cannot take this code.")).to_be_visible()
    picture(page, "checkout-refused-coupon")
    apply(page, "eid")
    expect(page.locator(".totals")).to_contain_text("−₦1,000.00")
    total = goods + 250_000
    shown = {"Subtotal": goods, "Delivery": 350_000, "Discount EID": 100_000, "Total": total}
    shown |= vat(goods - 100_000, 350_000)
    assert sums(page) == shown
    picture(page, "checkout-price")

    two = {**shown, "Discount BIKE": 200_000, "Total": total - 200_000} | vat(goods - 100_000, 150_000)
    combine(page, one=shown, two=two)

    page.get_by_role("button", name="Place order").click()
    page.wait_for_url("**/thank-you/**")
    expect(page.locator(".totals")).to_contain_text("−₦1,000.00")
    picture(page, "checkout-price-ordered")
    assert sums(page) == two
    columns = "shipping_kobo, discount_kobo, total_kobo, shipping_method, coupon_code"
    placed = (350_000, 300_000, total - 200_000, "Motorbike", "EID")
    assert shop.sql(f"SELECT {columns} FROM commerce_order") == [placed]
    uses = "SELECT code, discount_kobo FROM commerce_coupon_redemption JOIN commerce_coupon c ON c.id = coupon_id"
    assert sorted(shop.sql(uses)) == [("BIKE", 200_000), ("EID", 100_000)]
    context.close()
    assert [each for each in complaints.found if not any(known in each for known in ("ERR_ABORTED", "409"))] == []
