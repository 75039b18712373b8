"""What the shop pays for its adverts: spend a day for each bought campaign, by the visits that it brought."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Sum

from analytics.store.models import CampaignSpend, RollupSource, SpendImport
from zuka.demo.draws import random_for
from zuka.demo.plans import Plan
from zuka.demo.tables.visits import VISIT_KOBO

BATCH = 1_000


def spend_rows(plan: Plan, sheet: SpendImport) -> Iterator[CampaignSpend]:
    """Yield what the counted days of a plan cost: the usual price of a visit, more or less by the day."""
    rng = random_for(plan.seed, "spend")
    words = ("day", "utm_source", "utm_medium", "utm_campaign")
    visits = RollupSource.objects.filter(day__range=(plan.first, plan.last)).values_list(*words)
    for day, source, medium, campaign, sessions in visits.annotate(sessions=Sum("sessions")).order_by(*words):
        if price := VISIT_KOBO.get((source, medium)):
            named = {"source": source, "medium": medium, "campaign": campaign, "currency": settings.SHOP_CURRENCY}
            kobo = round(sessions * price * rng.uniform(0.7, 1.3))
            yield CampaignSpend(day=day, spend_kobo=kobo, spend_import=sheet, **named)


def save_spend(plan: Plan) -> None:
    """Save the spend of a plan whose days are counted, as one imported sheet."""
    sheet = SpendImport.objects.create(name="adverts.csv", status=SpendImport.Status.DONE, ended_at=plan.until)
    rows = list(spend_rows(plan, sheet))
    CampaignSpend.objects.bulk_create(rows, batch_size=BATCH)
    sheet.counts = {"Rows": len(rows), "New": len(rows)}
    sheet.save()
