"""A random fortnight of a shop with everything that reports over events tell of; the same for a seed."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any
from uuid import UUID

from analytics.store.models import CampaignSpend
from analytics.track import track_many
from tests.platform.flags.making import make_flag
from tests.report.selling import sell
from tests.rollup.story import SATURDAY, at, build_event, pay, place, refund

DAYS, EVENTS = 45, 1_200
TYPES = (
    *("page.viewed",) * 6,
    *("product.viewed",) * 6,
    *("product.searched",) * 3,
    *("cart.item_added",) * 3,
    "cart.item_removed",
    "checkout.started",
    "order.created",
    "user.created",
    "user.logged_in",
    "user.logged_out",
    "user.identified",
    "product.reviewed",
    *("experiment.viewed",) * 3,
    "order.shipped",
    "custom.ọjà",
    "screen.viewed",
    "product.wishlisted",
)
WORDS = ("ankara  Gown", "ANKARA gown", "Àdìrẹ", "àdìrẹ", "shoe's", 'a "cap"', "back\\slash", "", "100% wool", None)
SOURCES = (None, "google", "Instagram", "newsletter ", "ìròyìn", "x" * 120)
KEY = UUID(int=77)


def properties(draw: random.Random, kind: str) -> dict[str, Any]:
    if kind == "product.searched":
        return draw.choice([{}, {"results": 0}, {"results": 7}, {"results": "3"}, {"results": "many"}])
    if kind == "user.created":
        return draw.choice(
            [{}, {"source": "web"}, {"source": None}, {"source": "Ìbàdàn", "country": "GH", "platform": 5}]
        )
    if kind == "experiment.viewed":
        variant = draw.choice(["control", "promise", "promise", "green"])
        return {"experiment_id": draw.choice(["promise", "promise", "nothing"]), "variation_id": variant}
    if kind == "user.identified":
        return {"previous_id": f"v{draw.randrange(30)}"}
    return {}


def told_event(draw: random.Random) -> Any:
    kind, person = draw.choice(TYPES), draw.randrange(30)
    moment = at(SATURDAY, 23, 59) - timedelta(minutes=draw.randrange(DAYS * 1440), microseconds=draw.randrange(10**6))
    product = draw.choice(["gown", "cap", "gone-product", None])
    columns: dict[str, Any] = {
        **draw.choice(
            [
                *({"visitor_id": f"v{person}"},) * 6,
                {"visitor_id": f"v{person}", "user_id": f"u{person // 2}"},
                {"user_id": f"u{person // 2}"},
            ]
        ),
        "platform": draw.choice(["web", "ios", "android", "server", None]),
        "device_type": draw.choice(["mobile", "desktop", None]),
        "browser": draw.choice(["Firefox", None]),
        "country": draw.choice(["NG", "GH", "Côte d'Ivoire", None]),
        "page_path": draw.choice(["/", "/gown", "/order/123456", "/ọjà?q='x'", None]),
        "referrer_url": draw.choice([None, "https://www.Google.com/search", "http://t.co/x"]),
        "utm_source": draw.choice(SOURCES),
        "utm_medium": draw.choice([None, "cpc", "email"]),
        "utm_campaign": draw.choice([None, "xmas", "Ọdún"]),
        "product_ref": product,
        "quantity": draw.choice([None, 1, 3]),
        "value_kobo": draw.choice([None, 150_001, 99]),
        "currency": draw.choice(["NGN", "USD", None]),
        "order_ref": draw.choice([None, "ZUKA-2026-000002", "ZUKA-2026-000003"]) if kind == "order.created" else None,
        "search_query": draw.choice(WORDS) if kind == "product.searched" else None,
        "source_key": draw.choice([KEY, KEY, None]),
        "flags": draw.choice([0, 0, 0, 1, 2, 4, 4]),
        "properties": json.dumps(properties(draw, kind)),
    }
    return build_event(kind, moment, **columns)


def tell(seed: int = 20261122) -> None:
    """Tell it, with the orders of tests/report/selling.py in it."""
    draw = random.Random(seed)
    sell()
    track_many([told_event(draw) for _ in range(EVENTS)])
    make_flag(
        started_at=at(SATURDAY, 0) - timedelta(days=DAYS), variants=[["control", 50], ["promise", 50], ["bold", 1]]
    )
    make_flag("over", started_at=at(SATURDAY, 0) - timedelta(days=40), ended_at=at(SATURDAY, 0) - timedelta(days=30))
    for person in range(40):
        tell_order(draw, f"v{person % 30}")
    for campaign, source in (("xmas", "google"), ("xmas", ""), ("", "newsletter"), ("Ọdún", "ìròyìn")):
        for number in range(3):
            spent: dict[str, Any] = {"day": SATURDAY - timedelta(days=number), "spend_kobo": draw.randrange(10**6)}
            CampaignSpend.objects.create(
                campaign=campaign, source=source, currency=draw.choice(["NGN", "USD"]), **spent
            )


def tell_order(draw: random.Random, visitor: str) -> None:
    """An order that is mostly paid for, sometimes twice, and sometimes paid back."""
    moment = at(SATURDAY, 12) - timedelta(minutes=draw.randrange(DAYS * 1440))
    buyer = draw.choice(["", f"{visitor}@example.com", "ada@example.com"])
    currency = draw.choice(["NGN", "NGN", "USD"])
    told: dict[str, Any] = {
        "visitor_id": visitor,
        "guest_email": buyer,
        "currency": currency,
        "is_test": draw.random() < 0.1,
    }
    order = place("gown", moment, quantity=draw.randrange(1, 4), status=draw.choice(["confirmed", "cancelled"]), **told)
    for hours in range(draw.randrange(3)):
        payment = pay(order, moment + timedelta(hours=hours), kobo=draw.randrange(1, 10**8))
        if draw.random() < 0.4:
            refund(payment, moment + timedelta(days=3), draw.randrange(1, payment.amount_kobo + 1))
