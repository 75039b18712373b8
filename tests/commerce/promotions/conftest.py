from __future__ import annotations

import pytest
from django.core.cache import cache

from commerce.delivery.models import ShippingRate, ShippingZone


@pytest.fixture
def delivery(db: None) -> None:
    """Delivery costs ₦1,500 everywhere."""
    zone = ShippingZone.objects.create(name="Nigeria")
    ShippingRate.objects.create(zone=zone, name="Standard", amount_kobo=150_000)


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Forget guesses of other tests, and who had which coupon accepted."""
    cache.clear()
