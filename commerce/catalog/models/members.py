"""Who works for a brand that the shop sells."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from commerce.catalog.models.products import Brand


class BrandMember(models.Model):
    """A brand's own staff: they may see their brand's figures, and nothing else in the back office."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="brands",
        help_text="Give this person the role “Brand staff” as well. No other right of theirs counts.",
    )
    brand = models.ForeignKey(Brand, models.CASCADE, related_name="members")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "commerce_brand_member"
        ordering = ["brand", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "brand"], name="brand_member_once")]

    def __str__(self) -> str:
        return f"{self.user}, {self.brand}"
