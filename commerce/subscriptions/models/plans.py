from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from commerce.accounts.models import KeyTier
from commerce.columns import Timestamped, choice_check, currency_check, currency_field, positive_check
from commerce.subscriptions.models.choices import Interval, PlanLevel

MONTHS = {Interval.MONTH: 1, Interval.YEAR: 12}
LEVELS = list(PlanLevel)


class Plan(Timestamped):
    """What customers subscribe to: its price a period in kobo, tax in it or on top as for goods, and what it gives.

    Who has subscribed keeps the price of that day. A trial needs no card; one a customer. `points_percent` is what
    points of orders are multiplied by, 150 is one and a half times. The `key_tier` is that of the customer's API keys.
    """

    level = models.CharField(max_length=20, choices=PlanLevel)
    interval = models.CharField("every", max_length=10, choices=Interval)
    name = models.CharField(max_length=60, help_text="As customers read it, for example Professional, a year.")
    description = models.CharField(max_length=200, blank=True, default="")
    currency = currency_field()
    price_kobo = models.BigIntegerField("price")
    trial_days = models.PositiveIntegerField(default=0, validators=[MaxValueValidator(365)], help_text="0: no trial.")
    key_tier = models.CharField("tier of API keys", max_length=12, choices=KeyTier, default=KeyTier.FREE)
    free_shipping = models.BooleanField("free delivery", default=False)
    points_percent = models.PositiveIntegerField(
        "points, in per cent",
        default=100,
        validators=[MinValueValidator(100), MaxValueValidator(1000)],
        help_text="100: as everybody; 150: one and a half times.",
    )
    is_active = models.BooleanField("offered", default=True)

    class Meta:
        db_table = "commerce_plan"
        ordering = ["price_kobo", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["level", "interval", "currency"], condition=Q(is_active=True), name="plan_one_offered"
            ),
            positive_check("plan", "price_kobo"),
            models.CheckConstraint(condition=Q(points_percent__gte=100, points_percent__lte=1000), name="plan_points"),
            models.CheckConstraint(condition=Q(trial_days__lte=365), name="plan_trial"),
            currency_check("plan"),
            choice_check("plan", "level", PlanLevel),
            choice_check("plan", "interval", Interval),
            choice_check("plan", "key_tier", KeyTier),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def months(self) -> int:
        """Return how many months a period has."""
        return MONTHS[Interval(self.interval)]

    @property
    def rank(self) -> int:
        """Return where its level stands among the levels, 0 the lowest."""
        return LEVELS.index(PlanLevel(self.level))
