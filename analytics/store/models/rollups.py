"""Rollups: one row a day and entity. Filled by `rollup/fill.py` from the SELECT in `sql/rollups/`, never by hand."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RollupEvent(models.Model):
    """Events a day, type and platform, bots left out. `claimed` of them are clients' words on the shop's facts."""

    day = models.DateField()
    event_type = models.TextField()
    platform = models.TextField()
    events = models.BigIntegerField()
    claimed = models.BigIntegerField()

    class Meta:
        db_table = "rollup_events"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "event_type", "platform"], name="rollup_events_once")
        ]


class RollupProduct(models.Model):
    """A product's day: views and cart additions from events; orders, units, revenue (kobo) from the ledger.

    `viewers` are distinct people of the day and cannot be summed over days: of a month as a whole they are not known.
    """

    day = models.DateField()
    product_ref = models.TextField()
    currency = models.CharField(max_length=3)
    views = models.BigIntegerField()
    viewers = models.BigIntegerField(null=True)
    cart_adds = models.BigIntegerField()
    cart_units = models.BigIntegerField()
    orders = models.BigIntegerField()
    units = models.BigIntegerField()
    revenue_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_products"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "product_ref", "currency"], name="rollup_products_once")
        ]
        indexes: ClassVar = [models.Index(fields=["product_ref", "day"], name="rollup_products_of_one")]


class RollupViewedPair(models.Model):
    """Two products that the same visitors looked at on a day, the smaller reference first. `visits` counts visitors of
    the day, so that over days it counts each of their days.
    """

    day = models.DateField()
    product_ref = models.TextField()
    other_ref = models.TextField()
    visits = models.BigIntegerField()

    class Meta:
        db_table = "rollup_viewed_pairs"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "product_ref", "other_ref"], name="rollup_viewed_pairs_once")
        ]


class RollupSignup(models.Model):
    """Sign-ups a day, source, platform and country; a person counts once a day."""

    day = models.DateField()
    source = models.TextField()
    platform = models.TextField()
    country = models.TextField()
    signups = models.BigIntegerField()

    class Meta:
        db_table = "rollup_signups"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "source", "platform", "country"], name="rollup_signups_once")
        ]


class RollupSession(models.Model):
    """Visits a day by platform, device and country. `viewed` to `ordered` are the funnel: nested, each step in order.

    `converted` are visits with an order that the ledger counts. Amounts in kobo of `currency`.
    """

    day = models.DateField()
    platform = models.TextField()
    device_type = models.TextField()
    country = models.TextField()
    currency = models.TextField()
    sessions = models.BigIntegerField()
    bounces = models.BigIntegerField()
    page_views = models.BigIntegerField()
    seconds = models.BigIntegerField()
    viewed = models.BigIntegerField()
    carted = models.BigIntegerField()
    checked_out = models.BigIntegerField()
    ordered = models.BigIntegerField()
    converted = models.BigIntegerField()
    orders = models.BigIntegerField()
    value_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_sessions"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "platform", "device_type", "country", "currency"], name="rollup_sessions_once"
            )
        ]


class RollupSource(models.Model):
    """Visits a day by what led to them: the page they came from, and the campaign of their link. '' is none."""

    day = models.DateField()
    referrer_host = models.TextField()
    utm_source = models.TextField()
    utm_medium = models.TextField()
    utm_campaign = models.TextField()
    currency = models.TextField()
    sessions = models.BigIntegerField()
    bounces = models.BigIntegerField()
    carted = models.BigIntegerField()
    converted = models.BigIntegerField()
    orders = models.BigIntegerField()
    value_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_sources"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "referrer_host", "utm_source", "utm_medium", "utm_campaign", "currency"],
                name="rollup_sources_once",
            )
        ]


class RollupLanding(models.Model):
    """Visits a day by the page or screen they began with."""

    day = models.DateField()
    entry_page = models.TextField()
    currency = models.TextField()
    sessions = models.BigIntegerField()
    bounces = models.BigIntegerField()
    page_views = models.BigIntegerField()
    converted = models.BigIntegerField()
    orders = models.BigIntegerField()
    value_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_landings"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "entry_page", "currency"], name="rollup_landings_once")
        ]


class RollupClaim(models.Model):
    """What the shop did and what clients said of it, a day: `matched` are claims that speak of one of the facts."""

    day = models.DateField()
    event_type = models.TextField()
    platform = models.TextField()
    facts = models.BigIntegerField()
    claims = models.BigIntegerField()
    matched = models.BigIntegerField()
    facts_kobo = models.BigIntegerField()
    claims_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_claims"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "event_type", "platform"], name="rollup_claims_once")
        ]


class RollupOrder(models.Model):
    """Orders and money a day, from the ledger: placed by placing day, paid and refunded by their own, delivered too.

    Amounts in kobo. What was placed is `gross_kobo − discount_kobo + shipping_kobo + tax_kobo`; paid revenue is
    `captured_kobo − refunded_kobo`.
    """

    day = models.DateField()
    currency = models.CharField(max_length=3)
    payment_method = models.TextField()
    channel = models.TextField()
    placed_orders = models.BigIntegerField()
    gross_kobo = models.BigIntegerField(db_default=0)
    discount_kobo = models.BigIntegerField(db_default=0)
    shipping_kobo = models.BigIntegerField(db_default=0)
    tax_kobo = models.BigIntegerField(db_default=0)
    placed_kobo = models.BigIntegerField()
    paid_orders = models.BigIntegerField()
    captured_kobo = models.BigIntegerField()
    refunded_kobo = models.BigIntegerField()
    delivered_orders = models.BigIntegerField()
    delivered_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_orders"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "currency", "payment_method", "channel"], name="rollup_orders_once")
        ]


class RollupGood(models.Model):
    """What was ordered of a product on a day, and what is left of it until now; amounts in kobo.

    `kept_kobo` is without pieces cancelled, refused or sent back, less discounts, with tax on top. `cost_kobo` is that
    of `costed_lines`; where they are fewer than `lines`, the cost of the rest is not known.
    """

    day = models.DateField()
    product_ref = models.TextField()
    currency = models.CharField(max_length=3)
    lines = models.BigIntegerField()
    costed_lines = models.BigIntegerField()
    units = models.BigIntegerField()
    gross_kobo = models.BigIntegerField()
    kept_kobo = models.BigIntegerField()
    cost_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_goods"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "product_ref", "currency"], name="rollup_goods_once")
        ]


class RollupCash(models.Model):
    """Orders placed on a day for cash on delivery, by the state they go to, and how far they came until now; kobo."""

    day = models.DateField()
    state = models.TextField()
    currency = models.CharField(max_length=3)
    placed_orders = models.BigIntegerField()
    dispatched_orders = models.BigIntegerField()
    delivered_orders = models.BigIntegerField()
    collected_orders = models.BigIntegerField()
    refused_orders = models.BigIntegerField()
    placed_kobo = models.BigIntegerField()
    dispatched_kobo = models.BigIntegerField()
    delivered_kobo = models.BigIntegerField()
    collected_kobo = models.BigIntegerField()
    refused_kobo = models.BigIntegerField()

    class Meta:
        db_table = "rollup_cash"
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "state", "currency"], name="rollup_cash_once")]


class RollupVisitor(models.Model):
    """A person's day: what distinct visitors of any period are counted from.

    `person_key` is a 64-bit hash of `person`: counting it takes a third of the time of grouping text (42 against 120 ms
    for 90 days of 5 million events), and two people share one in a shop of a million with a chance of 1 in 37 million.
    """

    day = models.DateField()
    person = models.TextField()
    person_key = models.BigIntegerField()
    is_known = models.BooleanField()
    events = models.BigIntegerField()
    page_views = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        db_table = "rollup_visitors"
        indexes: ClassVar = [
            models.Index(fields=["day", "person_key"], name="rollup_visitors_key"),
            models.Index(fields=["person_key", "day"], name="rollup_visitors_days"),
        ]
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "person"], name="rollup_visitors_once")]


class RollupJourney(models.Model):
    """Who did a thing on a day, and when: what funnels follow without reading raw events, through `journey_events`.

    Three arrays as long as each other, by person, time and event id: 32 bytes an event, where a row would take 80.
    Claims of clients stand apart from the shop's facts. A person's key is that of `RollupVisitor`.
    """

    day = models.DateField()
    event_type = models.TextField()
    is_claim = models.BooleanField()
    person_keys = ArrayField(models.BigIntegerField())
    moments = ArrayField(models.DateTimeField())
    event_ids = ArrayField(models.UUIDField())

    class Meta:
        db_table = "rollup_journeys"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "event_type", "is_claim"], name="rollup_journeys_once")
        ]


class RollupRecency(models.Model):
    """How many people of a day had last been there so many days before; 0 days: never.

    The different people of `[first, last]` are the sum over those away since before `first`, and never: exact, for any
    period, without looking at a single person.
    """

    day = models.DateField()
    days_away = models.IntegerField()
    visitors = models.BigIntegerField()

    class Meta:
        db_table = "rollup_recency"
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "days_away"], name="rollup_recency_once")]


class RollupSearch(models.Model):
    """Searches a day by what was asked for, in lower case and with single spaces.

    `found` adds up the results of those `counted`, which said how many there were. After each came, within half an
    hour, a look at a product (`followed`), another search (`refined`) or neither: `lost` are those of the last kind
    that found nothing.
    """

    day = models.DateField()
    query = models.TextField()
    searches = models.BigIntegerField()
    counted = models.BigIntegerField()
    found = models.BigIntegerField()
    followed = models.BigIntegerField()
    refined = models.BigIntegerField()
    empty = models.BigIntegerField()
    lost = models.BigIntegerField()

    class Meta:
        db_table = "rollup_searches"
        constraints: ClassVar = [models.UniqueConstraint(fields=["day", "query"], name="rollup_searches_once")]


class RollupTraffic(models.Model):
    """How many people came on a day, so that a chart of days need not count them again. Never to be summed.

    `known` have an account, `logged_in` signed in on that very day.
    """

    day = models.DateField(unique=True)
    visitors = models.BigIntegerField()
    known = models.BigIntegerField()
    logged_in = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "rollup_traffic"
