"""One row of any audited table, made as simply as its checks allow; and a page's form as a browser would send it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html.parser import HTMLParser
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_celery_beat.models import IntervalSchedule

from commerce.accounts.models import User
from commerce.catalog.models import Brand, Category, Product, ProductVariant
from commerce.orders.models import Order
from commerce.subscriptions.models import Plan
from tests.commerce.factories import (
    BrandFactory,
    CategoryFactory,
    ProductFactory,
    UserFactory,
    VariantFactory,
    make_order,
)

SOON = datetime(2026, 3, 11, 11, 0, tzinfo=UTC)
FACTORIES: dict[Any, Callable[[], Any]] = {
    User: UserFactory.create,
    Brand: BrandFactory.create,
    Category: CategoryFactory.create,
    Product: ProductFactory.create,
    ProductVariant: VariantFactory.create,
    Order: make_order,
    Plan: lambda: Plan.objects.get_or_create(level="basic", interval="month", defaults={"name": "B", "price_kobo": 1})[
        0
    ],
}
count = itertools.count(1)


def make_plan() -> Plan:
    """The plan that all rows of subscriptions are of: of one level and interval one may be offered."""
    facts = {"name": "Basic", "price_kobo": 250_000}
    return Plan.objects.get_or_create(level="basic", interval="month", defaults=facts)[0]


# What checks of the tables ask for beyond the types of columns.
HINTS: dict[str, dict[str, Any]] = {
    "analytics.alert": {"kind": "silent_keys"},
    "analytics.annotation": {"places": list},
    "analytics.exportjob": {"user": UserFactory.create, "report": "overview", "format": "csv"},
    "analytics.reportrecipient": {"address": "reader@example.com", "confirmed_by": UserFactory.create},
    "commerce.plan": {"is_active": False},  # of those on offer there is one a level
    "commerce.coupon": {"percent": 10},
    "commerce.reward": {"percent": 10},
    "django_celery_beat.periodictask": {
        "interval": lambda: IntervalSchedule.objects.get_or_create(every=5, period=IntervalSchedule.SECONDS)[0]
    },
    "platform.ratelimitrule": {"per_hour": 100, "endpoint": lambda: f"reports-{next(count)}*"},
    "platform.apikey": {
        "token": lambda: f"pk_{next(count)}",
        "scopes": lambda: ["track"],
        "name": lambda: f"Storefront {next(count)}",
    },
}
KINDS: list[tuple[type[Any], Callable[[], Any]]] = [
    (models.UUIDField, uuid.uuid4),
    (models.BooleanField, lambda: False),
    (models.EmailField, lambda: f"row{next(count)}@example.com"),
    (models.URLField, lambda: f"https://example.com/{next(count)}"),
    (models.IntegerField, lambda: 1),
    (models.FloatField, lambda: 1.0),
    (models.DateTimeField, lambda: SOON),
    (models.DateField, lambda: date(2026, 3, 10)),
    (models.TimeField, lambda: time(9)),
    (models.DurationField, lambda: timedelta(hours=1)),
    (models.JSONField, dict),
    (ArrayField, list),
    (models.BinaryField, lambda: b"sku"),
    (models.GenericIPAddressField, lambda: "203.0.113.7"),
]


def make_row(model: type[models.Model], **given: Any) -> Any:
    """Return a saved row of a model."""
    hints = {name: value() if callable(value) else value for name, value in HINTS.get(label(model), {}).items()}
    if model in FACTORIES and not given:
        return FACTORIES[model]()
    columns = {
        each.name: value_for(each)
        for each in model._meta.concrete_fields
        if each.name not in hints and each.name not in given and needs_value(each)
    }
    return model._base_manager.create(**{**columns, **hints, **given})


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


def needs_value(field: Any) -> bool:
    is_filled = field.null or field.has_default() or field.db_default is not models.NOT_PROVIDED
    return not (
        is_filled
        or isinstance(field, models.AutoField)
        or getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
        or field.generated
    )


def value_for(field: Any) -> Any:
    """Return a value that a column takes."""
    if field.is_relation:
        return make_row(field.related_model)
    if field.choices:
        return field.choices[0][0]
    for kind, make in KINDS:
        if isinstance(field, kind):
            return make()
    return f"{field.name}-{next(count)}"[: field.max_length or 60]


class FormReader(HTMLParser):
    """Reads what a browser would send of the form with an id ending in `_form`."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, list[str]] = {}
        self.is_inside = False
        self.select = self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        name = facts.get("name") or ""
        if tag == "form":
            self.is_inside = (facts.get("id") or "").endswith("_form")
        elif not self.is_inside:
            return
        elif tag == "input" and name and self.is_sent(facts):
            self.data.setdefault(name, []).append(
                facts.get("value") or ("on" if facts.get("type") == "checkbox" else "")
            )
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in facts and self.select:
            self.data.setdefault(self.select, []).append(facts.get("value") or "")
        elif tag == "textarea" and name:
            self.textarea = name
            self.data[name] = [""]

    @staticmethod
    def is_sent(facts: dict[str, str | None]) -> bool:
        kind = facts.get("type")
        return kind not in {"submit", "button", "file"} and (kind not in {"checkbox", "radio"} or "checked" in facts)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.textarea = ""

    def handle_data(self, data: str) -> None:
        if self.textarea:
            self.data[self.textarea][0] += data


def read_form(html: str) -> dict[str, list[str]]:
    """Return what a page's form would send, untouched."""
    reader = FormReader()
    reader.feed(html)
    return {
        name: [each.removeprefix("\r\n").removeprefix("\n") for each in values] for name, values in reader.data.items()
    }
