"""Every report, declared once: a page, a JSON endpoint, a CSV file and a menu entry each. Add an entry by noun."""

from __future__ import annotations

from analytics.registry.reports import (
    affinity,
    attribution,
    audience,
    campaigns,
    carts,
    claims,
    cohorts,
    customers,
    engagement,
    events,
    funnels,
    ingest,
    leads,
    overview,
    paths,
    pets,
    platform,
    products,
    records,
    retention,
    rewards,
    sales,
    search,
    visits,
)
from analytics.registry.reports.forms import Report

MODULES = (
    overview,
    sales,
    carts,
    customers,
    cohorts,
    leads,
    products,
    affinity,
    attribution,
    campaigns,
    visits,
    audience,
    funnels,
    paths,
    search,
    retention,
    rewards,
    claims,
    pets,
    events,
    ingest,
    platform,
    records,
    engagement,
)
REPORTS: dict[str, Report] = {report.id: report for module in MODULES for report in module.REPORTS}
