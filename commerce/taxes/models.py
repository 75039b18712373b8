from __future__ import annotations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q

from commerce.catalog.models import Category
from commerce.columns import Timestamped


class TaxRate(Timestamped):
    """A tax on what is sold to a country, or to one state of it, in hundredths of a percent: 750 is 7.5 %.

    Included: it is in the prices already and only shown. Added: it comes on top of them. Goods of exempt categories,
    and of those below them, are not taxed.
    """

    name = models.CharField(max_length=40, default="VAT", help_text="As customers read it.")
    country = models.CharField(max_length=2, default="NG", help_text="ISO 3166 code, for example NG.")
    state = models.CharField(max_length=100, blank=True, default="", help_text="Empty: the rest of the country.")
    basis_points = models.PositiveIntegerField(
        "hundredths of a percent", validators=[MaxValueValidator(10_000)], help_text="750 is 7.5 %."
    )
    is_included = models.BooleanField("included in prices", default=True)
    for_delivery = models.BooleanField("delivery is taxed too", default=True)
    is_active = models.BooleanField("active", default=True)
    exempt = models.ManyToManyField(Category, blank=True, related_name="tax_rates")

    class Meta:
        db_table = "commerce_tax_rate"
        constraints = [
            models.CheckConstraint(condition=Q(basis_points__lte=10_000), name="tax_rate_basis_points"),
            models.CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="tax_rate_country"),
            models.UniqueConstraint(
                fields=["country", "state"], condition=Q(is_active=True), name="tax_rate_one_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """Return the tax as it stands on bills: `VAT 7.5%`."""
        return f"{self.name} {self.basis_points / 100:g}%"
