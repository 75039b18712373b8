"""A partner in a real browser: their keys, a plan that raises them, and flags that the browser draws as we do."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.test_online_payment import Market, market, shopper
from tests.journeys.test_shop_path import DESK, PHONE, picture, sign_up
from zuka.platform.flags.bucketing import is_rolled_out, pick_variant

pytestmark = [pytest.mark.journey, pytest.mark.browser]
__all__ = ["market"]
EMAIL, SALT, HALF, PAIR = "partner@shop.example", "f00d", 5_000, (("control", 50), ("promise", 50))
MAKING = f"""
from commerce.accounts.models import User
from commerce.subscriptions.models import Plan
from django.utils.timezone import now
from zuka.platform.keys.issuing import issue_key
from zuka.platform.models import FeatureFlag
owner = User.objects.get(email="{EMAIL}")
key, token = issue_key(name="Price robot", kind="secret", scopes=["track", "reports"], owner=owner)
Plan.objects.all().delete()
Plan.objects.create(level="basic", interval="month", name="Plus", price_kobo=500_000, free_shipping=True)
Plan.objects.create(level="professional", interval="month", name="Pro", price_kobo=1_000_000, key_tier="pro")
usual = {{"salt": "{SALT}", "is_public": True, "started_at": now()}}
FeatureFlag.objects.create(name="half", rollout={HALF}, **usual)
FeatureFlag.objects.create(name="promise", variants={[list(each) for each in PAIR]}, **usual)
print(token)
"""
LOAD_FLAGS = """
key => new Promise(done => {
  const script = document.createElement("script");
  script.src = "/flags.js";
  script.dataset.key = key;
  script.onload = () => zuka.flags(done);
  document.head.append(script);
})
"""
DRAW = """
ids => {
  const { headers, track } = zuka;
  let seen = 0;
  zuka.track = () => { seen += 1; };
  const drawn = ids.map(id => {
    zuka.headers = () => ({ "X-Zuka-Visitor": id });
    return [zuka.flag("half"), zuka.flag("promise")];
  });
  Object.assign(zuka, { headers, track });
  sessionStorage.removeItem("zuka.seen.promise");
  return { drawn, seen };
}
"""
SEEN = """
    SELECT count(*), min(properties ->> 'variation_id') FROM analytics_events
    WHERE event_type = 'experiment.viewed' AND visitor_id = %s
"""


def pictures(page: Page, name: str) -> None:
    """Look at a page as a desk and as a phone show it, and stay with the phone."""
    for screen in (DESK, PHONE):
        page.set_viewport_size(screen)
        picture(page, name)


def validate(market: Market, token: str) -> int:
    """Return the status of a validation, as the partner's app asks."""
    return market.site.send("POST", "/api/v1/keys/validate", {"key": token})[0]


def rotate(page: Page, market: Market, old: str) -> str:
    """Give the key a new secret, copy it the one time it is shown, and return it."""
    page.get_by_role("button", name="New secret for Price robot").click()
    pictures(page, "keys-rotate")
    page.get_by_role("button", name="Make a new secret").click()
    shown = page.get_by_label("The new secret")
    expect(shown).to_have_value(re.compile("^zsk_[0-9a-f]{40}$"))
    new = shown.input_value()
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("The secret is copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == new
    pictures(page, "keys-secret")
    page.get_by_role("button", name="I have copied it").click()
    expect(shown).to_be_hidden()
    page.reload()
    expect(page.get_by_text(f"The secret {old[:10]}… still works until")).to_be_visible()
    assert new not in page.content()
    assert [validate(market, each) for each in (old, new)] == [200, 200]
    return new


def keys_are_shown(page: Page, market: Market, token: str) -> None:
    """See what was used of a key and what limits it, and rotate it."""
    assert [validate(market, token) for _ in range(3)] == [200] * 3
    page.goto(f"{market.site.url}/shop/account/keys/")
    expect(page.get_by_text("Validations today: 3 of 1,000")).to_be_visible()
    card = page.get_by_role("region", name="Price robot")
    expect(card.get_by_role("row", name="All other calls 3,600 20,000 120")).to_be_visible()
    expect(card.get_by_role("table", name="Validations by day").get_by_role("row")).to_have_count(2)
    pictures(page, "keys")
    rotate(page, market, token)


def a_plan_is_taken_raised_and_ended(page: Page, market: Market) -> None:
    """Take a plan on the provider's page, change to a larger one by the card known since, and end it."""
    page.goto(f"{market.site.url}/shop/subscription/")
    plan = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Plus"))
    pictures(page, "plans")
    plan.get_by_role("button", name="Take it").click()
    page.wait_for_url(f"{market.providers.url}/pay/**")
    page.get_by_role("button", name="Pay", exact=True).click()
    expect(page.locator("#charge-said")).to_have_text("We have received ₦5,000.00. Thank you.", timeout=30_000)
    expect(page.get_by_text("Active", exact=True)).to_be_visible()
    page.get_by_role("button", name="Change to it").click()
    pictures(page, "plan-change")
    page.locator("#change-yes").click()
    mine = page.locator("#current")
    expect(mine.get_by_role("heading", name="Pro")).to_be_visible()
    mine.get_by_role("button", name="End my plan").click()
    expect(mine.get_by_text("Nothing more is charged.")).to_be_visible()
    pictures(page, "plan-ends")
    row = market.site.sql(
        "SELECT p.name, s.status, s.cancel_at_period_end FROM commerce_subscription s"
        " JOIN commerce_plan p ON p.id = s.plan_id"
    )
    assert row == [("Pro", "active", True)]
    page.goto(f"{market.site.url}/shop/account/keys/")
    expect(page.get_by_role("region", name="Price robot").get_by_text("pro", exact=True)).to_be_visible()


def flags_are_drawn_as_by_us(page: Page, market: Market) -> None:
    """Draw for 200 visitors in the browser; see an experiment three times, which is told once."""
    page.goto(f"{market.site.url}/shop/")
    page.wait_for_function("window.zuka && window.zuka.headers")
    page.evaluate(LOAD_FLAGS, market.site.keys["publishable"])
    visitors = [f"visitor-{number}" for number in range(200)]
    found = page.evaluate(DRAW, visitors)
    assert found["drawn"] == [
        [is_rolled_out(salt=SALT, unit=who, rollout=HALF), pick_variant(salt=SALT, unit=who, variants=PAIR)]
        for who in visitors
    ]
    me = page.evaluate("zuka.headers()['X-Zuka-Visitor']")
    variant = pick_variant(salt=SALT, unit=me, variants=PAIR)
    assert [page.evaluate("zuka.flag('promise')") for _ in range(3)] == [variant] * 3
    with page.expect_response("**/api/v1/events"):
        page.evaluate("zuka.flush()")
    end = time.monotonic() + 10
    while market.site.sql(SEEN, [me]) != [(1, variant)] and time.monotonic() < end:
        time.sleep(0.1)
    assert market.site.sql(SEEN, [me]) == [(1, variant)]


def test_a_partner_uses_their_keys_takes_a_plan_and_sees_the_variant_that_we_draw(
    market: Market, browser: Browser
) -> None:
    with shopper(browser, market, PHONE, refused=("404",)) as page:  # who has no plan is told so by 404
        page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=market.site.url)
        sign_up(page, market.site, EMAIL)
        token = market.site.manage("shell", "--no-imports", "-c", MAKING).split()[-1]
        assert token.startswith("zsk_")
        keys_are_shown(page, market, token)
        a_plan_is_taken_raised_and_ended(page, market)
        flags_are_drawn_as_by_us(page, market)
