"""A talk with a pet in a real browser, and games: what is said and pressed, and what the shop is told beforehand."""

from __future__ import annotations

import re
from collections import Counter

from playwright.sync_api import Locator, Page, Response, expect

from bench.rig.site import Site
from tests.journeys.test_shop_path import picture

# Things in red from three colours of the demo, a coupon that pets tell of, and somebody who leads the board of memory.
SETTING = """
from commerce.accounts.models import User
from commerce.catalog.models import ProductVariant
from commerce.catalog.services import refresh_search_words
from commerce.promotions.models import Coupon
from commerce.rewards.services.boards import post_score
from django.db import transaction
from zuka.platform.clock import now
red = ProductVariant.objects.filter(colour__in=["Hibiscus", "Oxblood", "Wine"])
red.update(colour="Red", stock_on_hand=9)
refresh_search_words()
Coupon.objects.create(code="BINGO", name="Bingo", kind="percentage", percent=10, suggested=True)
with transaction.atomic():
    rival = User.objects.create(email="rival@shop.example", name="Bola Ade")
    post_score(user_id=rival.pk, game="memory", score=500, at=now())
"""
# An order arrives, and lies there for longer than it may be sent back.
KEPT = """
from datetime import timedelta
from django.conf import settings
from commerce.orders.models import Order
from commerce.orders.services import confirm_order, deliver_order, pack_order, ship_order
from commerce.tasks import settle_points
from zuka.platform.actor import NOBODY
from zuka.platform.clock import now
order = Order.objects.get(number={number!r})
for take in (confirm_order, pack_order, ship_order, deliver_order):
    order = take(order=order, at=now(), actor=NOBODY)
window = timedelta(days=settings.RETURN_DAYS + 1)
Order.objects.filter(pk=order.pk).update(delivered_at=now() - window)
settle_points()
"""
QUICK = "UPDATE commerce_game_play SET started_at = started_at - interval '10 s' WHERE finished_at IS NULL"
PRICE = re.compile(r"₦([\d,]+)\.")


def adopt(page: Page, site: Site, name: str) -> None:
    """Adopt a funny pet, which begins to talk."""
    page.goto(f"{site.url}/shop/pet/")
    page.get_by_role("radio", name="Funny").check(force=True)
    page.get_by_label("Its name").first.fill(name)
    picture(page, "pet-adopt")
    page.get_by_role("button", name="Adopt it").click()
    expect(chat(page).get_by_role("heading", name=name)).to_be_visible()
    expect(chat(page).get_by_role("button", name="Any coupon for me?")).to_be_visible()
    picture(page, "pet-greets")


def chat(page: Page) -> Locator:
    """The talk."""
    return page.locator("dialog.pet-chat")


def say(page: Page, text: str) -> Locator:
    """Say something, and return the pet's last message once it is all there."""
    page.get_by_label("Say something to your pet").fill(text)
    page.get_by_role("button", name="Send").click()
    return answer(page)


def press(page: Page, name: str | re.Pattern[str]) -> Locator:
    """Press a button of the talk, and return what the pet says then."""
    chat(page).get_by_role("button", name=name).first.click()
    return answer(page)


def count_answers(page: Page) -> Counter[str]:
    """Count from now on what was said, by how the shop answered: in a `stream`, or as `messages` at once."""
    answered: Counter[str] = Counter()

    def note(response: Response) -> None:
        request = response.request
        if "/pets/conversations/" in request.url and request.method == "POST" and response.status == 200:
            answered[request.url.rstrip("/").rpartition("/")[2]] += 1

    page.on("response", note)
    return answered


def answer(page: Page) -> Locator:
    """Wait until the pet is done, and return its last message."""
    expect(chat(page)).not_to_have_attribute("aria-busy", "true")
    expect(chat(page).locator(".pet-bad")).to_have_count(0)
    return chat(page).locator(".pet-of-pet").last


def prices(message: Locator) -> list[int]:
    """The prices of the products that a message shows, in naira."""
    shown = message.locator(".pet-card strong").all_inner_texts()
    return [int(found[1].replace(",", "")) for text in shown if (found := PRICE.search(text))]


def open_chat(page: Page) -> None:
    """Open the talk, which goes on where it was left."""
    page.locator("#pet-open").click()
    expect(page.get_by_label("Say something to your pet")).to_be_visible()


def play_memory(page: Page, site: Site) -> None:
    """Play memory without a mistake, by what was dealt; the shop is told that it took ten seconds more."""
    page.goto(f"{site.url}/shop/games/")
    expect(page.get_by_role("row", name="1 B. A. 500")).to_be_visible()
    with page.expect_response("**/games/memory/plays/") as begun:
        page.get_by_role("button", name="Begin").click()
    expect(page.locator("#memory-said")).to_have_text("Turn two cards.")
    site.sql(QUICK)
    dealt = begun.value.json()["dealt"]["cards"]
    for at in sorted(range(len(dealt)), key=lambda at: dealt[at]):
        page.locator(".memory-card").nth(at).click()
    expect(page.locator("#memory-said")).to_have_text(re.compile(r"^\d+ in 8 turns, 10 points earned\.$"))
