"""Signing up and in by Google and Apple in a real browser, at a local server that plays both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from bench.rig.site import Beginning, Site, scratch_site
from tests.journeys.test_account import PASSWORD, have_account, open_security, sign_out, type_sign_in, visiting
from tests.journeys.test_shop_path import DESK, PHONE, mailed_code, picture, pictures
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.server import open_providers

pytestmark = [pytest.mark.journey, pytest.mark.browser]


@dataclass(frozen=True, slots=True)
class Town:
    """A shop, and the providers that its customers sign in by."""

    site: Site
    providers: Providers

    def accounts(self, email: str) -> list[tuple[str, bool]]:
        """Return how those with an e-mail signed up, and whether the e-mail is confirmed."""
        query = "SELECT auth_provider, email_verified_at IS NOT NULL FROM commerce_user WHERE email = %s"
        return [(str(how), bool(is_proved)) for how, is_proved in self.site.sql(query, [email])]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    """A shop with products whose customers may sign in by Google and Apple."""
    with scratch_site(Beginning.SHOP) as site, open_providers() as providers:
        site.environment |= {**providers.sign_in_settings, "no_proxy": "127.0.0.1", "NO_PROXY": "127.0.0.1"}
        site.start_web()
        yield Town(site, providers)


def be(page: Page, email: str, name: str = "Ngozi Okafor") -> None:
    """Say at a provider's page who one is."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("E-mail", exact=True).fill(email)


def leave_for(page: Page, town: Town, provider: str, *, query: str = "") -> None:
    page.goto(f"{town.site.url}/shop/account/{query}")
    page.get_by_role("button", name=f"Continue with {provider}").click()
    page.wait_for_url(f"{town.providers.url}/**")


# One provider is tried on a phone and the other on a desk: the way to them and back is the same. Pages are looked at on
# both.
def test_a_customer_signs_up_and_in_by_google(town: Town, browser: Browser) -> None:
    email = "google@shop.example"
    with visiting(browser, town.site, PHONE, also=town.providers.url) as page:
        page.goto(f"{town.site.url}/shop/account/")
        expect(page.get_by_role("button", name="Continue with Apple")).to_be_visible()
        pictures(page, "sign-in-by-provider")
        leave_for(page, town, "Google")
        be(page, email)
        pictures(page, "practice-google")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("heading", name="Hello, Ngozi")).to_be_visible()
        assert page.url == f"{town.site.url}/shop/account/"
        open_security(page)
        expect(page.locator("#own-provider-list li").first).to_contain_text(email)
        pictures(page, "security-by-google")
        page.get_by_role("button", name="Disconnect Google").click()
        expect(page.get_by_text("Google does not sign you in any more.")).to_be_visible()
        sign_out(page)

        leave_for(page, town, "Google", query="?next=cart")
        be(page, email)
        page.get_by_role("button", name="Continue").click()
        page.wait_for_url("**/shop/cart/")
        expect(page.locator("#account-link")).to_have_accessible_name("Account")
    assert town.accounts(email) == [("google", True)]


def test_a_customer_hides_their_e_mail_at_apple(town: Town, browser: Browser) -> None:
    email = "apple@shop.example"
    with visiting(browser, town.site, DESK, also=town.providers.url) as page:
        leave_for(page, town, "Apple")
        be(page, email, "Bayo Ade")
        page.get_by_label("Hide my e-mail").check()
        pictures(page, "practice-apple")
        page.get_by_role("button", name="Continue").click()
        pictures(page, "practice-apple-back")
        page.get_by_role("button", name="Back to the shop").click()
        expect(page.get_by_role("heading", name="Hello, Bayo")).to_be_visible()
        open_security(page)
        expect(page.locator("#own-provider-list li").nth(1)).to_contain_text("@privaterelay.appleid.com")


def test_who_cancels_or_brings_another_s_answer_is_not_signed_in(town: Town, browser: Browser) -> None:
    with visiting(browser, town.site, PHONE, also=town.providers.url) as page:
        leave_for(page, town, "Apple")
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Back to the shop").click()
        expect(page.get_by_text("You left Apple without signing in.")).to_be_visible()
        picture(page, "left-apple")

        page.goto(f"{town.site.url}/shop/account/back/#state=stolen&id_token=x")
        expect(page.get_by_text("This sign-in was not begun here.")).to_be_visible()
        assert page.url == f"{town.site.url}/shop/account/"

        leave_for(page, town, "Google")
        page.get_by_label("Google has not confirmed the e-mail").check()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("did not give us an e-mail that is confirmed")).to_be_visible()
        picture(page, "refused-by-google")


def test_a_customer_connects_and_disconnects_google(town: Town, browser: Browser) -> None:
    email = "connects@shop.example"
    with visiting(browser, town.site, DESK, also=town.providers.url) as page:
        have_account(town.site, email)
        type_sign_in(page, town.site, email, PASSWORD)
        open_security(page)
        expect(page.get_by_text("Confirm your e-mail, then you can connect them.")).to_be_visible()
        picture(page, "connect-unconfirmed")
        page.get_by_role("button", name="Send a new code").click()
        expect(page.get_by_text("A new code is on its way.")).to_be_visible()
        page.get_by_label("Confirm your e-mail").fill(mailed_code(town.site, email, "account.email_code"))
        page.get_by_role("button", name="Confirm", exact=True).click()
        page.get_by_role("button", name="Connect Google").click()
        be(page, "other@gmail.example")
        page.get_by_role("button", name="Continue").click()
        page.locator("#connect-password").fill(PASSWORD)
        picture(page, "connect-password")
        page.get_by_role("button", name="Connect", exact=True).click()
        expect(page.locator("#own-provider-list li").first).to_contain_text("other@gmail.example")
        picture(page, "connected")
        sign_out(page)

        leave_for(page, town, "Google")
        be(page, "other@gmail.example")
        page.get_by_role("button", name="Continue").click()
        open_security(page)
        page.get_by_role("button", name="Disconnect Google").click()
        expect(page.get_by_text("Google does not sign you in any more.")).to_be_visible()
        expect(page.get_by_role("button", name="Connect Google")).to_be_visible()
    assert town.accounts(email) == [("email", True)]
