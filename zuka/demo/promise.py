"""The experiment that the demo shop runs: whether saying how long things can be sent back makes people buy.

The storefront's product page asks for it (`zuka/shop/static/shop/pages/product.js`). It makes no difference to the
invented people, which is what its report says.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from analytics.ingest.identity import VERSION_8, compose
from analytics.store.event import Event
from analytics.store.models import Event as StoredEvent
from analytics.track import track_many
from zuka.demo.draws import random_for
from zuka.demo.moments import millisecond_of
from zuka.demo.plans import Plan
from zuka.platform.flags.bucketing import pick_variant
from zuka.platform.flags.models import FeatureFlag

NAME, SALT, LEAST_DAYS = "product-promise", "demo-promise", 7
VARIANTS = (("control", 50), ("promise", 50))
RUNNING = timedelta(days=28)
COLUMNS = (
    *("occurred_at", "received_at", "user_id", "visitor_id", "session_id", "platform", "device_type", "os"),
    *("browser", "country", "state", "city", "page_path", "source_key"),
)


def save_promise(plan: Plan) -> int:
    """Save the flag and who saw which variant, of a saved history; return how many did. Short ones have none."""
    if plan.days < LEAST_DAYS:
        return 0
    flag = FeatureFlag.objects.create(
        name=NAME,
        text="Says on a product's page how long it can be sent back. More people should order.",
        salt=SALT,
        variants=[list(each) for each in VARIANTS],
        is_public=True,
        started_at=max(plan.until - RUNNING, plan.opened_at),
    )
    return track_many(exposures(flag, seed=plan.seed))


def exposures(flag: FeatureFlag, *, seed: int) -> Iterator[Event]:
    """Yield an event for the first product that each visitor of the web looks at while the flag runs."""
    rng = random_for(seed, "promise")
    views = StoredEvent.objects.filter(
        event_type="product.viewed", occurred_at__gte=flag.started_at, platform="web", flags=0, visitor_id__isnull=False
    )
    first = views.order_by("visitor_id", "occurred_at", "id").distinct("visitor_id").values(*COLUMNS)
    for view in list(first):
        yield exposure(view, bits=rng.getrandbits(80))


def exposure(view: dict[str, Any], *, bits: int) -> Event:
    """Return the event that the tracker sends beside a first look at a product."""
    variant = pick_variant(salt=SALT, unit=view["visitor_id"], variants=VARIANTS)
    said = {"experiment_id": NAME, "variation_id": variant}
    return Event(
        id=UUID(int=compose(millisecond_of(view["occurred_at"]), bits, VERSION_8)),
        event_type="experiment.viewed",
        source_name="experiment.viewed",
        properties=msgspec.json.encode(said).decode(),
        message_id=f"{bits:020x}",
        **view,
    )
