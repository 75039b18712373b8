"""From the search to a delivered order and a return, as the shopper and the staff do it in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.rig.site import Site
from tests.journeys.test_browser import sign_in, take_pictures
from tests.journeys.test_shop_path import (
    DESK,
    PHONE,
    choose,
    land_and_search,
    order,
    picture,
    somebody,
)

pytestmark = [pytest.mark.journey, pytest.mark.browser]


def press_step(page: Page, name: str, number: str, done: str) -> None:
    """Take an order a step further by a button of its page."""
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_text(f"Order {number} is {done}.")).to_be_visible()


def answer_dialog(page: Page, link: str, said: str, *, shot: str = "", button: str = "", **fields: str) -> None:
    """Open a dialog of the page, fill it in, send it, and read what staff are told."""
    page.get_by_role("link", name=link, exact=True).click()
    dialog = page.locator("form[hx-post], #modal form, [x-show] form").filter(has=page.get_by_role("button")).last
    for name, value in fields.items():
        dialog.locator(f"[name='{name}']").fill(value)
    if shot:
        page.wait_for_timeout(400)
        picture(page, shot)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(said)).to_be_visible()


def buy_two(page: Page, site: Site) -> str:
    """Find something, order two pieces of it, and return the order's number."""
    land_and_search(page, site)
    choose(page)
    page.get_by_role("button", name="Add to cart").click()
    expect(page.locator("#cart-count")).to_have_text("2")
    return order(page, site)


def line_field(site: Site, number: str) -> str:
    """The name of the field of the order's one line."""
    query = "SELECT id FROM commerce_order_line WHERE order_id = (SELECT id FROM commerce_order WHERE number = %s)"
    return f"line_{site.sql(query, [number])[0][0]}"


def states(site: Site, number: str) -> tuple[str, str, str]:
    """An order's three states."""
    query = "SELECT status, payment_status, fulfilment_status FROM commerce_order WHERE number = %s"
    return site.sql(query, [number])[0]


def open_order(page: Page, site: Site, number: str) -> None:
    """Find the order in the list and open it."""
    page.goto(f"{site.url}/admin/commerce/order/?q={number}")
    page.get_by_role("link", name=number).click()


def pack(page: Page, site: Site, number: str) -> None:
    """Open an order that was placed, and take it as far as the shelf of parcels."""
    open_order(page, site, number)
    press_step(page, "Confirm", number, "confirmed")
    press_step(page, "Mark packed", number, "packed")


def test_an_order_comes_in_two_parcels_and_a_piece_goes_back(shop: Site, browser: Browser) -> None:
    with somebody(browser, shop, PHONE) as page, somebody(browser, shop, DESK) as desk:
        number = buy_two(page, shop)
        sign_in(desk, shop)
        pack(desk, shop, number)
        tracking = {"courier": "GIG Logistics", "tracking_number": "GIG-99812", "tracking_url": "https://gig.example/1"}
        answer_dialog(
            desk,
            "Ship a part",
            f"Parcel 1 of order {number} is shipped.",
            shot="ship-part",
            button="Ship",
            **{line_field(shop, number): "1"},
            **tracking,
        )
        page.reload()
        expect(page.get_by_text("The rest of your order follows.")).to_be_visible()
        expect(page.get_by_role("link", name="See where it is")).to_be_visible()
        picture(page, "parcel")
        press_step(desk, "Mark shipped", number, "shipped")
        press_step(desk, "Mark delivered", number, "delivered")
        press_step(desk, "Cash collected", number, "paid in cash")
        assert states(shop, number) == ("completed", "paid", "delivered")

        page.reload()
        ask_back(page)
        desk.goto(f"{shop.url}/admin/commerce/return/")
        take_pictures(desk, "returns")
        take_back(desk, shop, number)
        assert states(shop, number) == ("completed", "partially_refunded", "delivered")
        page.reload()
        expect(page.locator(".parcels").get_by_text("Done", exact=True)).to_be_visible()
        picture(page, "returned")
        with page.expect_download() as kept:
            page.get_by_role("button", name="Download the invoice").click()
        assert kept.value.suggested_filename == f"invoice-{number}.pdf"
        open_order(desk, shop, number)
        take_pictures(desk, "order-returned")


def ask_back(page: Page) -> None:
    """Ask to send one of the two pieces back."""
    expect(page.get_by_role("heading", name="Where it is")).to_be_visible()
    page.get_by_text("Return something").click()
    picture(page, "return-form")
    page.get_by_role("button", name="Ask to return it").click()
    expect(page.get_by_text("Please choose one.")).to_be_visible()
    page.locator(".return-form select").first.select_option("1")
    page.get_by_label("Why?").select_option(label="Too small")
    page.get_by_role("button", name="Ask to return it").click()
    expect(page.get_by_text("Asked for", exact=True)).to_be_visible()
    picture(page, "return-asked")


def take_back(page: Page, site: Site, number: str) -> None:
    """Staff approve the return, receive it, and send its money back."""
    page.get_by_role("link", name=number).first.click()
    answer_dialog(page, "Approve", "Return 1: Approved, to be sent back.", button="Approve")
    field = {line_field(site, number): "1"}
    answer_dialog(page, "Received", "Return 1: Back at the shop.", button="It is here", shot="receive", **field)
    take_pictures(page, "return")
    answer_dialog(page, "Refund", "Return 1: Closed.", button="Refund", shot="give-back")
    take_pictures(page, "return-closed")


def test_the_rest_of_an_order_is_cancelled_and_its_money_goes_back(shop: Site, browser: Browser) -> None:
    with somebody(browser, shop, PHONE) as page, somebody(browser, shop, DESK) as desk:
        number = buy_two(page, shop)
        sign_in(desk, shop)
        pack(desk, shop, number)
        press_step(desk, "Mark shipped", number, "shipped")
        press_step(desk, "Cash collected", number, "paid in cash")
        press_step(desk, "Delivery refused", number, "refused")
        picture(desk, "order-refused")
        answer_dialog(desk, "Refund", f"of order {number} is begun.", shot="refund-excess", button="Refund")

        page.goto(f"{shop.url}/shop/")
        number = buy_two(page, shop)
        pack(desk, shop, number)
        field = line_field(shop, number)
        answer_dialog(desk, "Ship a part", f"Parcel 1 of order {number} is shipped.", button="Ship", **{field: "1"})
        answer_dialog(
            desk,
            "Cancel a part",
            f"A part of order {number} is cancelled.",
            shot="cancel-part",
            button="Cancel these pieces",
            reason="Sold out",
        )
        assert states(shop, number) == ("confirmed", "unpaid", "shipped")
        take_pictures(desk, "order-parted")
        page.reload()
        expect(page.get_by_text("1 cancelled")).to_be_visible()
        expect(page.get_by_text("Comes to now")).to_be_visible()
        expect(page.get_by_text("The rest of your order follows.")).not_to_be_visible()
        picture(page, "parted")
        press_step(desk, "Mark delivered", number, "delivered")
        press_step(desk, "Cash collected", number, "paid in cash")
        assert states(shop, number) == ("completed", "paid", "delivered")
