"""Signing up and in by phone in a real browser; the codes come by a local provider of text messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bench.rig.site import Beginning, Site, scratch_site
from tests.journeys.test_account import open_security, sign_out, visiting
from tests.journeys.test_shop_path import DESK, PHONE, picture, sign_up
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers

pytestmark = [pytest.mark.journey, pytest.mark.browser]


@dataclass(frozen=True, slots=True)
class Street:
    """A shop, and the provider that it sends text messages by."""

    site: Site
    providers: Providers

    def code(self) -> str:
        """Return the code in the newest message."""
        (code,) = re.findall(r"\b\d{8}\b", self.providers.messages[-1].text)
        return str(code)


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    """A shop with products that sends text messages."""
    with scratch_site(Beginning.SHOP) as site, open_providers() as providers:
        site.environment |= {"SMS_URL": providers.sms_url, "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
        site.start_web()
        yield Street(site, providers)


def ask(page: Page, number: str) -> None:
    page.locator("#in-contact").fill(number)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.locator("#code-sent")).to_have_text(number)


def answer(page: Page, code: str) -> None:
    page.locator("#in-code").fill(code)
    page.locator("#code-form").get_by_role("button", name="Go on").click()


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_a_customer_signs_up_in_and_closes_by_phone(street: Street, browser: Browser, screen: ViewportSize) -> None:
    number = f"0803 000 {screen['width']:04}"
    with visiting(browser, street.site, screen) as page:
        page.goto(f"{street.site.url}/shop/account/")
        expect(page.get_by_label("E-mail or phone")).to_be_visible()
        page.get_by_role("button", name="Use my password").click()
        page.locator("#in-contact").fill(number)
        page.locator("#in-password").fill("four ripe plantains")
        page.locator("#sign-in-form").get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("A password goes with your e-mail.")).to_be_visible()
        picture(page, "by-phone-no-password")
        page.get_by_role("button", name="Send me a code instead").click()
        ask(page, number)
        answer(page, "00000000")
        expect(page.get_by_text("This code is not right")).to_be_visible()
        picture(page, "by-phone-code")
        answer(page, street.code())
        page.get_by_label("What is your name?").fill("Ngozi Okafor")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("heading", name="Hello, Ngozi")).to_be_visible()
        open_security(page)
        expect(page.locator("#own-phone-state")).to_contain_text("You can sign in with +234803000")
        picture(page, "security-by-phone")
        sign_out(page)

        page.goto(f"{street.site.url}/shop/account/")
        ask(page, number)
        answer(page, street.code())
        expect(page.get_by_role("heading", name="Hello, Ngozi")).to_be_visible()

        open_security(page)
        page.locator("#close-send").click()
        expect(page.get_by_text("A code is on its way.", exact=True)).to_be_visible()
        page.locator("#close-code").fill(street.code())
        page.get_by_role("button", name="Close my account").click()
        expect(page.get_by_role("heading", name="Your account is closed")).to_be_visible()
    assert street.site.sql("SELECT status FROM commerce_user WHERE auth_provider = 'phone' AND phone IS NOT NULL") == []


def test_a_customer_confirms_the_phone_of_their_account(street: Street, browser: Browser) -> None:
    with visiting(browser, street.site, PHONE) as page:
        sign_up(page, street.site, "phone@shop.example")
        open_security(page)
        page.locator("#own-phone-number").fill("0803 555 0000")
        expect(page.locator("#own-phone-password")).to_be_hidden()
        page.get_by_role("button", name="Send the code").click()
        expect(page.locator("#own-phone-code")).to_be_visible()
        page.locator("#own-phone-code").fill(street.code())
        page.locator("#own-phone-code-form").get_by_role("button", name="Confirm").click()
        expect(page.get_by_text("Your phone is confirmed.")).to_be_visible()
        picture(page, "own-phone")
    query = "SELECT phone, phone_verified_at IS NOT NULL FROM commerce_user WHERE email = 'phone@shop.example'"
    assert street.site.sql(query) == [("+2348035550000", True)]
