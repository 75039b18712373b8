"""Answers are DRF's, made in another way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from rest_framework import serializers

from commerce.catalog.api.shapes import ProductDetailSerializer, ProductSerializer
from commerce.catalog.models import Product
from commerce.catalog.services import ProductFilter, find_products
from commerce.orders.api.orders import PlacedOrderSerializer
from commerce.reviews.api import ReviewSerializer
from commerce.reviews.models import ProductReview
from tests.commerce.factories import ProductFactory, VariantFactory
from tests.commerce.orders.stories import delivered
from tests.commerce.reviews.stories import review
from zuka.platform.answers import Answer


class PlainPart(serializers.Serializer[Any]):
    """What stands inside, as DRF knows it."""

    name = serializers.CharField()
    secret = serializers.CharField(write_only=True)
    greeting = serializers.SerializerMethodField()

    def get_greeting(self, row: Any) -> str:
        """Return a greeting in the words of who answers."""
        return f"{self.context['word']}, {row['name'] if isinstance(row, dict) else row.name}"


class PlainWhole(serializers.Serializer[Any]):
    """Each way in which one object lies in another."""

    one: Any = PlainPart(allow_null=True)
    several = PlainPart(many=True, source="rows")
    number = serializers.IntegerField(allow_null=True)
    deep = serializers.CharField(source="one.name", default="nobody")
    perhaps = serializers.CharField(required=False)


class QuickPart(Answer, PlainPart):
    """The same as an Answer."""


class QuickWhole(Answer, PlainWhole):
    """The same as an Answer."""

    one = QuickPart(allow_null=True)
    several = QuickPart(many=True, source="rows")


@dataclass
class Row:
    """Something to show."""

    name: str


@dataclass
class Whole:
    """Something with others inside."""

    one: Row | None
    rows: list[Row]
    number: str | None


WHOLES = [
    Whole(Row("Ada"), [Row("Bola"), Row("Chi")], "7"),
    {"one": {"name": "Ada"}, "rows": [{"name": "Bola"}], "number": 7, "perhaps": "so"},
    {"one": None, "rows": [], "number": None},
]


@pytest.mark.parametrize("whole", WHOLES)
def test_an_answer_is_what_drf_answers(whole: Any) -> None:
    told = [kind(whole, context={"word": "Hello"}).data for kind in (PlainWhole, QuickWhole)]
    assert told[0] == told[1]


def test_each_answer_has_a_context_of_its_own() -> None:
    words = [QuickWhole(WHOLES, many=True, context={"word": word}).data[0]["one"]["greeting"] for word in ("Hi", "Ho")]
    assert words == ["Hi, Ada", "Ho, Ada"]


def test_what_stands_in_an_answer_is_one() -> None:
    class Mixed(Answer, serializers.Serializer[Any]):
        """Has a part that would be read without its context."""

        one = PlainPart()

    with pytest.raises(TypeError, match="PlainPart stands in an Answer"):
        Mixed({"one": {"name": "Ada"}}).data  # noqa: B018 - reading it is what fails


@pytest.mark.django_db
def test_what_the_shop_shows_is_what_drf_shows() -> None:
    product = ProductFactory.create(brand=None, image_url=None)
    VariantFactory.create(product=product, stock_on_hand=5)
    review(product, 4)
    shown: list[tuple[type[Any], Any]] = [
        (ProductSerializer, find_products(ProductFilter()).get()),
        (ProductDetailSerializer, Product.objects.get()),
        (ReviewSerializer, ProductReview.objects.get()),
        (PlacedOrderSerializer, delivered(2, 1)),
    ]
    for kind, row in shown:
        answer = kind(row)
        assert answer.data == serializers.Serializer.to_representation(answer, row), kind
