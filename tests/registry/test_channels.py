"""The channel of a visit, by the words of its link and the page before: every rule, as SQL applies it."""

from __future__ import annotations

from uuid import uuid4

import pytest

from analytics.registry.channels import CHANNELS, RULES, UNATTRIBUTED
from analytics.rollup.fill import fill_day
from tests.rollup.story import THURSDAY, at, event, rows

# Channel, utm_source, utm_medium, utm_campaign, host of the page before, click id.
WAYS = [
    ("direct", None, None, None, None, None),
    ("direct", None, None, None, "accounts.google.com", None),
    ("direct", None, None, None, "checkout.paystack.com", None),
    ("direct", None, None, None, "checkout.flutterwave.com", None),
    ("affiliate", "linda", "affiliate", None, None, None),
    ("email", "shop", "Email", "sale", None, None),
    ("email", "newsletter", None, None, None, None),
    ("email", None, None, None, "mail.google.com", None),
    ("email", None, None, None, "mail.yahoo.com", None),
    ("messages", "whatsapp", "social", None, None, None),
    ("messages", None, None, None, "web.whatsapp.com", None),
    ("messages", None, None, None, "t.me", None),
    ("messages", "shop", "sms", None, None, None),
    ("messages", "push", "notification", None, None, None),
    ("display", "jumia", "banner", None, None, None),
    ("paid_search", "google", "cpc", "wear", "www.google.com", "gclid:x"),
    ("paid_search", None, None, None, "www.google.com", "gclid:x"),
    ("paid_search", "google", None, None, None, "GBRAID:x"),
    ("paid_search", "shop", "paid-search", None, None, None),
    ("paid_social", "Instagram", "cpc", None, None, None),
    ("paid_social", "tiktok", "paid_social", None, None, None),
    ("paid_social", None, None, None, "www.tiktok.com", "ttclid:x"),
    ("paid_other", "punch", "ppc", None, None, None),
    ("social", "instagram", "social", None, None, None),
    ("social", None, None, None, "l.instagram.com", None),
    ("social", None, None, None, "m.facebook.com", "fbclid:x"),
    ("social", None, None, None, None, "fbclid:x"),
    ("social", None, None, None, "t.co", None),
    ("social", None, None, None, "nairaland.com", None),
    ("social", "shop", "organic_social", None, None, None),
    ("organic_search", None, None, None, "www.google.com.ng", None),
    ("organic_search", None, None, None, "bing.com", None),
    ("organic_search", None, None, None, "search.brave.com", None),
    ("organic_search", "shop", "organic", None, None, None),
    ("referral", None, None, None, "owambe-diary.example", None),
    ("referral", None, None, None, "notgoogle.com", None),
    ("referral", "blog", "referral", None, None, None),
    ("other", "flyer", "print", "ikeja", None, None),
    ("other", None, None, "ikeja", None, None),
    ("other", None, None, "unpaid", None, None),
    ("other", "flyer", "unpaid", None, None, None),
]


@pytest.mark.django_db
def test_the_first_rule_that_fits_names_the_channel() -> None:
    for number, (_, source, medium, campaign, host, click) in enumerate(WAYS):
        words = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign, "click_id": click}
        page = {"referrer_url": f"https://{host}/x"} if host else {}
        event("page.viewed", at(THURSDAY, 9), visitor_id=f"{number:03}", source_key=uuid4(), **words, **page)
    fill_day(day=THURSDAY)
    found = rows("analytics_touches", "person", "channel")
    assert found == [(f"{number:03}", way[0]) for number, way in enumerate(WAYS)]


def test_every_channel_has_a_rule_and_every_rule_a_channel() -> None:
    assert {rule.channel for rule in RULES} | {UNATTRIBUTED} == set(CHANNELS)
