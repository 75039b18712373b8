"""What a list of products may be asked for, and the orders it comes in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypeVar

from rest_framework import serializers
from rest_framework.request import Request

from commerce.catalog.models import Gender
from commerce.catalog.services import ProductFilter
from commerce.money import naira_to_kobo

# Name in ?ordering= → the keys of the order: none is NULL, the last is unique.
ORDERINGS: dict[str, tuple[str, ...]] = {
    "newest": ("-id",),
    "price": ("current_price_kobo", "-id"),
    "-price": ("-current_price_kobo", "-id"),
    "popular": ("-purchase_count", "-id"),
    "rating": ("-stars", "-rating_count", "-id"),
    "relevance": ("-relevance", "-id"),
}
MOST_VALUES = 50


class SeveralField(serializers.ListField):
    """Alternatives: the parameter repeated, or its values between commas. `whole` keeps a text with commas too."""

    def __init__(self, *, whole: bool = False, **options: Any) -> None:
        self.whole = whole
        super().__init__(required=False, **options)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the values, each once. Raises ValidationError for a bad one, or for more than 50."""
        given = [data] if isinstance(data, str) else data
        parts = [part.strip() for text in given for part in text.split(",")]
        parts += [text.strip() for text in given if self.whole and "," in text]
        values = list(dict.fromkeys(part for part in parts if part))
        if len(values) > MOST_VALUES:
            raise serializers.ValidationError(f"At most {MOST_VALUES} values.", code="max_length")
        return [self.child.run_validation(value) for value in values]


def slugs(text: str) -> SeveralField:
    """Return a parameter of slugs."""
    return SeveralField(child=serializers.SlugField(max_length=200), help_text=text)


def texts(text: str, *, longest: int = 40) -> SeveralField:
    """Return a parameter of texts."""
    return SeveralField(child=serializers.CharField(max_length=longest), whole=True, help_text=text)


def naira() -> serializers.DecimalField:
    """Return a parameter of a price."""
    return serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=Decimal(0), required=False, help_text="In naira, included."
    )


class FilterQuerySerializer(serializers.Serializer[Any]):
    """Filters of products. What may be repeated or separated by commas means any of them."""

    category = serializers.SlugField(required=False, help_text="Slug; everything below it is included.")
    brand = slugs("Slugs.")
    gender = SeveralField(child=serializers.ChoiceField(choices=Gender.choices))
    size = texts("As variants name it; with a colour, both of one variant.")
    colour = texts("As variants name it.")
    tags = texts("Any of them.", longest=100)
    min_price = naira()
    max_price = naira()
    min_rating = serializers.DecimalField(
        max_digits=3,
        decimal_places=2,
        min_value=Decimal(1),
        max_value=Decimal(5),
        required=False,
        help_text="Stars; what nobody has rated is left out.",
    )
    on_sale = serializers.BooleanField(required=False)
    in_stock = serializers.BooleanField(
        required=False, help_text="Of the sizes and colours asked for, where there are such."
    )
    q = serializers.CharField(
        max_length=100,
        required=False,
        allow_blank=True,
        help_text="Words in name, brand, tags and category, mistyped ones too; or a SKU.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse prices that leave nothing between them."""
        low, high = attrs.get("min_price"), attrs.get("max_price")
        if low is not None and high is not None and low > high:
            raise serializers.ValidationError({"max_price": "The highest price is below the lowest."})
        return attrs

    def wanted(self) -> ProductFilter:
        """Return the validated question as the service takes it."""
        asked = self.validated_data
        low, high = asked.get("min_price"), asked.get("max_price")
        return ProductFilter(
            category=asked.get("category"),
            brands=tuple(asked.get("brand", ())),
            genders=tuple(asked.get("gender", ())),
            sizes=tuple(asked.get("size", ())),
            colours=tuple(asked.get("colour", ())),
            tags=tuple(asked.get("tags", ())),
            refs=tuple(asked["ids"]) if "ids" in asked else None,
            min_price_kobo=None if low is None else naira_to_kobo(low),
            max_price_kobo=None if high is None else naira_to_kobo(high),
            min_rating=asked.get("min_rating"),
            on_sale=asked.get("on_sale"),
            in_stock=asked.get("in_stock"),
            words=asked.get("q"),
        )


class ProductQuerySerializer(FilterQuerySerializer):
    """Filters and order of a list of products."""

    ids = slugs("Ids or slugs of products, up to 50, all on one page; those the shop does not show are left out.")
    ordering = serializers.ChoiceField(
        choices=list(ORDERINGS), required=False, help_text="`newest` unless told; with `q`, `relevance`."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Fill in the order, and refuse one that needs words without them."""
        attrs = super().validate(attrs)
        has_words = bool(attrs.get("q"))
        attrs.setdefault("ordering", "relevance" if has_words else "newest")
        if attrs["ordering"] == "relevance" and not has_words:
            raise serializers.ValidationError({"ordering": "Order by relevance needs words in q."})
        return attrs


Query = TypeVar("Query", bound=FilterQuerySerializer)


def read_query(request: Request, kind: type[Query]) -> Query:
    """Return the validated query of a list; bad input names its parameter."""
    # A plain dict, since an absent flag in a QueryDict would read as false.
    several = {name for name, field in kind().fields.items() if isinstance(field, SeveralField)}
    given = request.query_params
    query = kind(data={name: given.getlist(name) if name in several else given[name] for name in given})
    query.is_valid(raise_exception=True)
    return query
