"""Every column that may say something of a person is declared, or listed as one that does not, with the reason."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.db import models

from zuka.platform.personal_data.declaring import held_data, impersonal_columns

TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GenericIPAddressField)


def may_say_something(field: models.Field[Any, Any]) -> bool:
    """Texts that are no choice, objects, addresses, soft references, and links to accounts."""
    if field.is_relation:
        return field.related_model is get_user_model()
    if field.primary_key or getattr(field, "choices", None) or field.name.endswith("currency"):
        return False
    base = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(base, (*TEXTS, models.UUIDField))


def declared_columns() -> set[tuple[str, str]]:
    held = {(each.name, column) for each in held_data() for column in (*each.columns, *each.secrets, *each.changes)}
    impersonal = {(label, column) for label, columns in impersonal_columns().items() for column in columns}
    return held | impersonal


def test_every_column_that_may_name_somebody_is_placed():
    declared = declared_columns()
    missing = [
        f"{model._meta.label_lower}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if may_say_something(field)
        and (model._meta.label_lower, field.name) not in declared
        and (model._meta.label_lower, "*") not in declared
    ]

    assert missing == []


def test_what_is_declared_is_there():
    tables = {model._meta.label_lower: model for model in apps.get_models(include_auto_created=True)}
    named = {(label, column) for label, column in declared_columns() if column != "*"}
    unknown = sorted(
        f"{label}.{column}"
        for label, column in named
        if label not in tables or column not in {each.name for each in tables[label]._meta.get_fields()}
    )
    unknown_tables = sorted(set(impersonal_columns()) - set(tables))

    assert (unknown, unknown_tables) == ([], [])


def test_what_stays_says_why():
    assert [each.name for each in held_data() if each.erasure.value == "kept" and not each.why] == []
