"""What the filters of a list offer, and how many products each value would leave.

The counts of a facet are those without its own filter, so that a shopper sees what choosing another brand would give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Func, Max, Min, Q, TextField

from commerce.catalog.models import Category, Gender
from commerce.catalog.services.finding import Prepared, ProductFilter, column_conditions, prepare, variants_of

MOST_VALUES = 50
STARS = (4, 3, 2)
SIZES = ("XXS", "XS", "S", "M", "L", "XL", "XXL", "2XL", "3XL", "XXXL", "4XL", "5XL")
PRICES = ("min_price_kobo", "max_price_kobo")
# These are read in one pass over the products, each without its own filter.
TOGETHER = ("genders", "on_sale", "min_rating", *PRICES)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a filter as its parameter takes it, its name for people, and how many products have it."""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What a list's filters offer; prices are kobo, None without products. `values` has a list for each parameter."""

    count: int
    meant: str | None
    lowest_kobo: int | None
    highest_kobo: int | None
    values: dict[str, list[FacetValue]]


def count_facets(wanted: ProductFilter) -> Facets:
    """Return the facets of the products that a filter leaves: seven queries, and those that find words and category."""
    prepared = prepare(wanted)
    sums = count_together(prepared)
    values = {
        "category": count_categories(prepared),
        "brand": count_brands(prepared),
        "gender": most([FacetValue(each, each.label, sums[each.value]) for each in Gender], wanted.genders),
        "size": count_variants(prepared, column="size", field="sizes"),
        "colour": count_variants(prepared, column="colour", field="colours"),
        "tags": count_tags(prepared),
        "min_rating": [FacetValue(str(stars), f"{stars} stars and more", sums[f"stars_{stars}"]) for stars in STARS],
        "on_sale": [FacetValue("true", "On sale", sums["sale"])],
        "in_stock": [FacetValue("true", "In stock", count_in_stock(prepared))],
    }
    meant = prepared.search.meant if prepared.search else None
    return Facets(sums["count"], meant, sums["lowest"], sums["highest"], values)


def count_together(prepared: Prepared) -> dict[str, Any]:
    """Return, of one query: how many fit, how many by gender, on sale, by stars, and the lowest and highest price."""
    wanted = prepared.wanted
    own = ProductFilter(**{field: getattr(wanted, field) for field in TOGETHER})
    but = {field: column_conditions(own.without(field)) for field in TOGETHER}
    any_price = column_conditions(own.without(*PRICES))
    sums = {
        "count": Count("pk", filter=column_conditions(own)),
        "sale": Count("pk", filter=but["on_sale"] & Q(on_sale=True)),
        "lowest": Min("current_price_kobo", filter=any_price),
        "highest": Max("current_price_kobo", filter=any_price),
    }
    sums |= {each.value: Count("pk", filter=but["genders"] & Q(gender=each)) for each in Gender}
    sums |= {f"stars_{each}": Count("pk", filter=but["min_rating"] & Q(rating_average__gte=each)) for each in STARS}
    return prepared.without(*TOGETHER).products().aggregate(**sums)


def count_categories(prepared: Prepared) -> list[FacetValue]:
    """Return the categories in the order they are shown, each with what is below it."""
    rows = prepared.without("category").products().values_list("category").annotate(count=Count("pk"))
    tree = {category.pk: category for category in Category.objects.all()}
    sums: Counter[int] = Counter()
    for place, count in rows:
        at: int | None = place
        while at is not None:
            sums[at] += count
            at = tree[at].parent_id
    shown = (each for each in tree.values() if each.active and sums[each.pk])
    return [FacetValue(each.slug, each.name, sums[each.pk]) for each in shown]


def count_brands(prepared: Prepared) -> list[FacetValue]:
    """Return the brands, those with most products first."""
    products = prepared.without("brands").products().exclude(brand=None)
    rows = products.values_list("brand__slug", "brand__name").annotate(count=Count("pk"))
    return most((FacetValue(*row) for row in rows), prepared.wanted.brands)


def count_tags(prepared: Prepared) -> list[FacetValue]:
    """Return the tags, those with most products first."""
    tag = Func(F("tags"), function="jsonb_array_elements_text", output_field=TextField())
    rows = prepared.without("tags").products().annotate(tag=tag).values_list("tag").annotate(count=Count("pk"))
    return most((FacetValue(value, value, count) for value, count in rows), prepared.wanted.tags)


def count_variants(prepared: Prepared, *, column: str, field: str) -> list[FacetValue]:
    """Return the sizes or colours of variants that fit what else is wanted of a variant, by products."""
    wanted = prepared.wanted
    variants = variants_of(wanted.without(field)).exclude(**{column: None}).exclude(**{column: ""})
    # Stock is asked of the variant itself, unless what is sold out is wanted.
    of_variants = ("sizes", "colours", "in_stock") if wanted.in_stock else ("sizes", "colours")
    products = prepared.without(*of_variants).products()
    rows = (
        variants.filter(product__in=products.values("pk"))
        .order_by()
        .values_list(column)
        .annotate(count=Count("product", distinct=True))
    )
    values = most((FacetValue(value, value, count) for value, count in rows), getattr(wanted, field))
    return sorted(values, key=by_size) if column == "size" else values


def count_in_stock(prepared: Prepared) -> int:
    """Return how many of the products have a fitting variant left."""
    return replace(prepared, wanted=replace(prepared.wanted, in_stock=True)).products().count()


def by_size(each: FacetValue) -> tuple[int, float, str]:
    """Return where a size stands: letters from small to large, then numbers, then what else there is."""
    if each.value.upper() in SIZES:
        return 0, SIZES.index(each.value.upper()), each.value
    return (1, float(each.value), "") if each.value.isdecimal() else (2, 0, each.value)


def most(values: Iterable[FacetValue], chosen: tuple[str, ...]) -> list[FacetValue]:
    """Return the 50 commonest values, and those that were chosen, though nothing may have them."""
    ranked = sorted(values, key=lambda each: (-each.count, each.name))
    kept = [each for at, each in enumerate(ranked) if each.value in chosen or (each.count and at < MOST_VALUES)]
    known = {each.value for each in kept}
    return kept + [FacetValue(value, value, 0) for value in chosen if value not in known]
