"""Every number, declared once: what it means, where it comes from, and whether its parts may be added up."""

from __future__ import annotations

from analytics.registry.metrics import products, sales, visits
from analytics.registry.metrics.forms import Metric

MODULES = (sales, products, visits)
METRICS: dict[str, Metric] = {metric.id: metric for module in MODULES for metric in module.METRICS}
