"""Form fields for the columns of the shop: amounts in naira, pictures as uploads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db import models
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from commerce.columns import is_picture_address
from commerce.money import naira_to_kobo
from zuka.platform.admin.pictures import PictureField


class NairaField(forms.DecimalField):
    """A form field that staff fill in naira and the table keeps in kobo."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=Decimal(0), **options)

    def prepare_value(self, value: Any) -> Any:
        """Return the stored kobo as naira; what staff typed stays as it is."""
        return Decimal(value) / 100 if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return whole kobo."""
        naira = super().clean(value)
        return None if naira is None else naira_to_kobo(naira)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare in naira."""
        return super().has_changed(self.prepare_value(initial), data)


class WordsField(forms.CharField):
    """A list of words, typed with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        """Return the stored list as text; what staff typed stays as it is."""
        return ", ".join(str(each) for each in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        """Return the words, each once, in the order they were typed."""
        words = [" ".join(each.split()) for each in super().clean(value).split(",")]
        return list(dict.fromkeys(each for each in words if each))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare as text."""
        return super().has_changed(self.prepare_value(initial), data)


class NairaForms:
    """Admin forms that show every `…_kobo` column in naira."""

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """Replace the field of an amount."""
        if db_field.name.endswith("_kobo"):
            label = db_field.name.removesuffix("_kobo").replace("_", " ").capitalize()
            widget = UnfoldAdminDecimalFieldWidget()
            return NairaField(label=f"{label} (₦)", required=not db_field.blank, widget=widget)
        return super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]  # a mixin of ModelAdmin


class PictureForms:
    """Admin forms that take uploads for every column of a picture's address."""

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """Replace the field of a picture."""
        if is_picture_address in db_field.validators and isinstance(db_field, models.CharField):
            return PictureField(
                label="Logo" if db_field.name.startswith("logo") else "Picture",
                required=not db_field.blank,
                max_length=db_field.max_length,
                validators=[is_picture_address],
                empty_value=None if db_field.null else "",
            )
        return super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]  # a mixin of ModelAdmin
