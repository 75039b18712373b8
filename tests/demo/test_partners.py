"""Partners of the demo shop: their keys, calls and validations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db.models import Count, Max, Min

from tests.commerce.factories import UserFactory
from zuka.demo.partners import PARTNERS, save_partners
from zuka.demo.plans import Plan
from zuka.platform.keys.issuing import check_scopes, check_tier
from zuka.platform.models import ApiKey, ApiUsage, ValidationDay

pytestmark = pytest.mark.django_db
UNTIL = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_partners_call_and_validate_each_day_until_now_and_the_same_seed_draws_the_same(
    settings: Any,
) -> None:
    settings.API_USAGE_DAYS = 90
    UserFactory.create_batch(3)
    plan = Plan(seed=1, days=5, events=1_000, until=UNTIL)
    found = []
    for _ in range(2):
        ApiKey.objects.all().delete()
        ApiUsage.objects.all().delete()
        ValidationDay.objects.all().delete()
        count = save_partners(plan)
        calls = ApiUsage.objects.aggregate(count=Count("id"), first=Min("created_at"), last=Max("created_at"))
        assert (calls["count"], calls["last"] <= UNTIL, calls["first"] >= plan.opened_at) == (count, True, True)
        of_keys = ApiUsage.objects.exclude(key_id=None).values_list("key_id").annotate(Count("id")).order_by("key_id")
        days = ValidationDay.objects.values_list("key__name", "day", "result", "validations").order_by("id")
        found.append((list(of_keys), list(days)))
    assert found[0] == found[1]
    keys = {key.name: key for key in ApiKey.objects.all()}
    assert set(keys) == {each.name for each in PARTNERS}
    for key in keys.values():
        check_scopes(kind=key.kind, scopes=key.scopes)
        check_tier(tier=key.tier, scopes=key.scopes)
        assert key.owner is not None
    assert {day for _, day, _, _ in found[0][1]} == set(plan.dates())
