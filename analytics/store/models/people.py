"""Who came: anonymous visitors tied to users, and their visits."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models


class IdentityLink(models.Model):
    """An anonymous visitor's user: the first one ever seen with it.

    `linked_at` and `event_id` are those of the earliest event that carried both ids, whatever order events came in.
    """

    visitor_id = models.TextField(primary_key=True)
    user_id = models.TextField()
    linked_at = models.DateTimeField()
    event_id = models.UUIDField()

    class Meta:
        db_table = "analytics_identity_links"
        indexes: ClassVar = [models.Index(fields=["user_id"], name="identity_user")]

    def __str__(self) -> str:
        return f"{self.visitor_id} is {self.user_id}"


class VisitorSession(models.Model):
    """One visit of one device, cut from its events by the rules in `people/sessions.py`; written by the fill alone.

    `visitor` is whose events were cut (visitor id, else user id), `person` who that is by now. `day` is the shop's day
    on which it began. `is_seen` says that a client spoke; visits that only the shop's own facts tell of are kept but
    not counted. The moments from `viewed_at` to `ordered_at` are funnel steps, each at or after the one before, null
    where not reached in that order; the flags beside them do not ask for order. `value_kobo` adds up the `orders` that
    the ledger counts, in kobo of `currency`. `pages` are all that were looked at, in order, for the paths of visits.
    """

    id = models.UUIDField(primary_key=True)
    day = models.DateField()
    visitor = models.TextField()
    visitor_id = models.TextField(null=True)
    user_id = models.TextField(null=True)
    person = models.TextField()
    person_key = models.BigIntegerField()
    is_known = models.BooleanField()
    is_seen = models.BooleanField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    duration_seconds = models.IntegerField()
    events = models.IntegerField()
    page_views = models.IntegerField()
    product_views = models.IntegerField()
    searches = models.IntegerField()
    cart_adds = models.IntegerField()
    viewed_at = models.DateTimeField(null=True)
    carted_at = models.DateTimeField(null=True)
    checkout_at = models.DateTimeField(null=True)
    ordered_at = models.DateTimeField(null=True)
    has_cart = models.BooleanField()
    has_checkout = models.BooleanField()
    has_order = models.BooleanField()
    orders = models.IntegerField()
    order_ref = models.TextField(null=True)
    currency = models.TextField(null=True)
    value_kobo = models.BigIntegerField()
    entry_page = models.TextField(null=True)
    exit_page = models.TextField(null=True)
    referrer_url = models.TextField(null=True)
    referrer_host = models.TextField(null=True)
    utm_source = models.TextField(null=True)
    utm_medium = models.TextField(null=True)
    utm_campaign = models.TextField(null=True)
    utm_term = models.TextField(null=True)
    utm_content = models.TextField(null=True)
    click_id = models.TextField(null=True)
    platform = models.TextField(null=True)
    device_type = models.TextField(null=True)
    os = models.TextField(null=True)
    browser = models.TextField(null=True)
    country = models.TextField(null=True)
    state = models.TextField(null=True)
    is_bounce = models.BooleanField()
    pages = ArrayField(models.TextField(), null=True)

    class Meta:
        db_table = "analytics_sessions"
        ordering = ["-started_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["started_at", "id"], name="session_started"),
            models.Index(fields=["visitor", "started_at"], name="session_visitor"),
            models.Index(fields=["person", "started_at"], name="session_person"),
            models.Index(fields=["day"], name="session_day"),
        ]

    def __str__(self) -> str:
        return f"{self.visitor} at {self.started_at:%Y-%m-%d %H:%M}"
