"""What customers do with their account in a real browser: confirm, forget, sign out elsewhere, a second step, leave."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, ViewportSize, expect

from bench.rig.site import Site
from tests.journeys.test_browser import Complaints
from tests.journeys.test_shop_path import (
    DESK,
    PHONE,
    choose,
    come_by_mail,
    fill_address,
    mailed_code,
    picture,
    sign_up,
)

pytestmark = [pytest.mark.journey, pytest.mark.browser]
RICH = """
from commerce.accounts.models import User
from commerce.promotions.models import Coupon
from commerce.rewards.models import RewardProfile
from commerce.rewards.services import earn_points
from zuka.platform.clock import now
friend, newcomer = (User.objects.get(email=f"{name}@shop.example") for name in ("friend", "newcomer"))
RewardProfile.objects.create(user=friend, referral_code="FRIEND23")
earn_points(user_id=newcomer.pk, source_type="adjustment", source_id="rich", points=90_000, xp=0, at=now())
Coupon.objects.create(code="HALF", name="Half", kind="percentage", percent=50)
"""
PASSWORD, NEW = "four ripe plantains", "seven green mangoes"


@contextmanager
def visiting(browser: Browser, site: Site, screen: ViewportSize, *, also: str = "nowhere") -> Iterator[Page]:
    """A page of a new profile; nothing may go wrong behind it but what a sign-in or sign-out is answered with.

    It leaves the shop for `also` alone, an address.
    """
    context = browser.new_context(viewport=screen, timezone_id="Africa/Lagos", locale="en-GB")
    page = context.new_page()
    complaints = Complaints(site)
    complaints.watch(page)
    expect.set_options(timeout=20_000)  # passwords are slow to check, on a busy machine more so
    yield page
    context.close()
    known = ("ERR_ABORTED", "t.js", f"elsewhere: {also}")
    left = [each for each in complaints.found if not any(word in each for word in known)]
    assert [each for each in left if not re.search(r"\b40[0149]\b", each)] == []


def open_security(page: Page) -> None:
    page.get_by_role("tab", name="Security").click()
    expect(page.get_by_text("This device")).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.wait_for_url("**/shop/")


def have_account(site: Site, email: str) -> None:
    """Make an account with a password, as they were made before e-mails were confirmed first."""
    code = f"""
from commerce.accounts.services import register_customer
from zuka.platform.actor import Actor
from zuka.platform.clock import now
register_customer(email={email!r}, password={PASSWORD!r}, name="Ngozi Okafor", at=now(), actor=Actor())
"""
    site.manage("shell", "-c", code)


def type_sign_in(page: Page, site: Site, email: str, password: str) -> None:
    page.goto(f"{site.url}/shop/account/")
    page.get_by_role("button", name="Use my password").click()
    page.locator("#in-contact").fill(email)
    page.locator("#in-password").fill(password)
    picture(page, "by-password")
    page.locator("#sign-in-form").get_by_role("button", name="Sign in", exact=True).click()


def close(page: Page) -> None:
    page.locator("#close-password").fill(NEW)
    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("heading", name="Your account is closed")).to_be_visible()


def erase(page: Page) -> None:
    page.get_by_role("button", name="Delete everything").click()
    expect(page.locator("#erase-form")).to_contain_text("Please tick this.")
    page.locator("#erase-password").fill(NEW)
    page.get_by_label("Delete all my data.").check()
    page.get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("heading", name="Your data is being deleted")).to_be_visible()


@pytest.mark.parametrize("screen", [PHONE, DESK], ids=["phone", "desk"])
def test_a_customer_confirms_forgets_and_leaves(shop: Site, browser: Browser, screen: ViewportSize) -> None:
    email = f"ada{screen['width']}@shop.example"
    with visiting(browser, shop, screen) as page:
        have_account(shop, email)
        type_sign_in(page, shop, email, PASSWORD)
        expect(page.locator("#account-link")).to_have_accessible_name("Account")
        page.get_by_role("link", name="Notices").click()
        expect(page.get_by_role("tab", name="Notices")).to_have_attribute("aria-selected", "true")
        picture(page, "account-notices")
        picture(page, "account-confirm")
        page.get_by_role("button", name="Send a new code").click()
        expect(page.get_by_text("A new code is on its way.")).to_be_visible()
        page.get_by_label("Confirm your e-mail").fill(mailed_code(shop, email, "account.email_code"))
        page.get_by_role("button", name="Confirm", exact=True).click()
        expect(page.get_by_text("Your e-mail is confirmed.")).to_be_visible()
        expect(page.locator("#confirm-form")).to_be_hidden()
        sign_out(page)

        page.goto(f"{shop.url}/shop/account/")
        page.locator("#in-contact").fill(email)
        page.get_by_role("button", name="Use my password").click()
        page.get_by_role("button", name="Forgot your password?").click()
        picture(page, "forgot")
        page.get_by_role("button", name="Send the code").click()
        expect(page.locator("#reset-email")).to_have_text(email)
        page.locator("#reset-code").fill(mailed_code(shop, email, "account.password_code"))
        page.locator("#reset-password").fill(NEW)
        picture(page, "reset")
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_role("button", name="Sign out", exact=True).first).to_be_visible()

        open_security(page)
        picture(page, "security")
        leave = close if screen is PHONE else erase
        leave(page)
        expect(page.locator("#bell")).to_be_hidden()
        picture(page, "account-left")
    left = shop.sql("SELECT count(*) FROM commerce_user WHERE email = %s", [email])[0][0]
    asked = shop.sql("SELECT count(*) FROM platform_erasure_request WHERE person->>'emails' LIKE %s", [f"%{email}%"])
    assert (left, asked) == ((0, [(0,)]) if screen is PHONE else (1, [(1,)])), "who is erased is so by a worker"


def test_a_customer_signs_out_elsewhere_and_links_an_app(shop: Site, browser: Browser) -> None:
    email = "two@shop.example"
    with visiting(browser, shop, DESK) as page, visiting(browser, shop, PHONE) as other:
        sign_up(page, shop, email)
        other.goto(f"{shop.url}/shop/account/")
        come_by_mail(other, shop, email)
        expect(other.get_by_role("button", name="Sign out", exact=True).first).to_be_visible()

        page.reload()
        open_security(page)
        expect(page.locator("#devices li")).to_have_count(2)
        picture(page, "devices")
        page.get_by_role("button", name="Sign out everywhere else").click()
        expect(page.locator("#devices li")).to_have_count(1)
    assert shop.sql("SELECT revoked_because FROM commerce_device_session WHERE revoked_at IS NOT NULL", []) != []


def test_a_customer_links_an_app_and_signs_in_with_its_code(shop: Site, browser: Browser) -> None:
    email = "step@shop.example"
    with visiting(browser, shop, PHONE) as page:
        sign_up(page, shop, email)
        expect(page.locator("#confirm-form")).to_be_hidden()
        open_security(page)
        expect(page.locator("#step-password")).to_be_hidden()
        page.get_by_role("button", name="Link an app").click()
        expect(page.locator("#step-secret")).to_be_visible()
        picture(page, "second-step")
        secret = (page.locator("#step-secret").text_content() or "").replace(" ", "")
        page.locator("#step-code").fill(code_of(secret))
        page.get_by_role("button", name="Link it").click()
        expect(page.locator("#step-codes li")).to_have_count(10)
        picture(page, "recovery-codes")
        recovery, another = page.locator("#step-codes li").all_text_contents()[:2]
        sign_out(page)

        page.goto(f"{shop.url}/shop/account/")
        come_by_mail(page, shop, email)
        page.locator("#second-code").fill("000000")
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_text("Incorrect code.")).to_be_visible()
        picture(page, "second-code")
        page.locator("#second-code").fill(recovery)
        page.get_by_role("button", name="Go on").click()
        expect(page.get_by_role("button", name="Sign out", exact=True).first).to_be_visible()

        open_security(page)
        page.locator("#step-own-code").fill(another)
        picture(page, "unlink")
        page.get_by_role("button", name="Unlink the app").click()
        expect(page.get_by_text("Off: nothing more is asked for.")).to_be_visible()


def code_of(secret: str) -> str:
    """Return what an app shows now, once it shows it for long enough to be typed and sent."""
    left = 30 - time.time() % 30
    if left < 10:
        time.sleep(left)
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def turn_card(page: Page, at: int) -> str:
    """Turn a card by keyboard, and return what is on it."""
    card = page.locator(".memory-card").nth(at)
    card.focus()
    page.keyboard.press("Enter")
    expect(card).to_have_class(re.compile("is-open"))
    page.wait_for_timeout(300)  # results that came quicker than people turn cards are refused
    return card.inner_text()


def find_pairs(page: Page) -> None:
    """Look at every card, then turn the pairs."""
    seen = [turn_card(page, at) for at in range(16)]
    left = [
        at for at in range(16) if "is-found" not in (page.locator(".memory-card").nth(at).get_attribute("class") or "")
    ]
    while left:
        first = left.pop(0)
        second = next(at for at in left if seen[at] == seen[first])
        left.remove(second)
        turn_card(page, first)
        turn_card(page, second)


def test_a_customer_plays_for_points_and_climbs_the_board(shop: Site, browser: Browser) -> None:
    have_account(shop, "player@shop.example")
    with visiting(browser, shop, PHONE) as page:
        type_sign_in(page, shop, "player@shop.example", PASSWORD)
        expect(page.locator("#account-link")).to_have_accessible_name("Account")
        page.goto(f"{shop.url}/shop/games/")
        expect(page.get_by_text("Nobody yet. Be the first.").first).to_be_visible()
        page.get_by_role("button", name="Turn the wheel").click()
        expect(page.locator("#wheel-said")).to_have_text(re.compile("points are yours|Come back tomorrow"))
        page.get_by_role("button", name="Begin").click()
        expect(page.locator("#memory-said")).to_have_text("Turn two cards.")
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("button", name="Card 2, face down")).to_be_focused()
        find_pairs(page)
        expect(page.locator("#memory-said")).to_have_text(re.compile(r"^\d+ in \d+ turns, \d+ points earned\.$"))
        expect(page.get_by_role("row", name="1 N. O. you")).to_be_visible()
        picture(page, "games")
        page.goto(f"{shop.url}/shop/rewards/")
        expect(page.get_by_text("A game · Memory")).to_be_visible()
        page.get_by_label("A nickname").fill("Queen N")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Others see you as Queen N.")).to_be_visible()
        picture(page, "points")


def test_a_friends_newcomer_pays_with_points_and_a_coupon(shop: Site, browser: Browser) -> None:
    have_account(shop, "friend@shop.example")
    have_account(shop, "newcomer@shop.example")
    shop.manage("shell", "-c", RICH)
    (code,) = shop.sql("SELECT referral_code FROM commerce_reward_profile WHERE referral_code = 'FRIEND23'")[0]
    with visiting(browser, shop, PHONE) as page:
        page.goto(f"{shop.url}/shop/rewards/?friend={code}")
        expect(page.get_by_text("A friend sent you")).to_be_visible()
        page.goto(f"{shop.url}/shop/search/")
        choose(page)
        type_sign_in(page, shop, "newcomer@shop.example", PASSWORD)
        expect(page.locator("#account-link")).to_have_accessible_name("Account")
        page.goto(f"{shop.url}/shop/checkout/")
        fill_address(page)
        page.get_by_role("checkbox", name=re.compile("Pay with")).check()
        expect(page.locator(".totals")).to_contain_text("Points")
        page.get_by_label("Coupons (optional)").fill("half")
        page.get_by_role("button", name="Apply").click()
        expect(page.get_by_text(re.compile("points pay for these goods"))).to_be_visible()
        picture(page, "checkout-points-refused")
        expect(page.get_by_role("list", name="Coupons in use").get_by_role("listitem")).to_have_count(1)
        expect(page.locator(".totals")).not_to_contain_text("Points")
        page.get_by_role("button", name="Place order").click()
        expect(page.locator("#order-number")).to_contain_text("ZUKA-")
    assert shop.sql("SELECT status FROM commerce_referral") == [("joined",)]
    assert shop.sql("SELECT coupon_code, points_used FROM commerce_order ORDER BY id DESC LIMIT 1") == [("HALF", 0)]
