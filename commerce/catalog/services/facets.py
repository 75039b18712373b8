"""What the filters of a list offer, and how many products each value would leave.

The counts of a facet are those without its own filter, so that a shopper sees what choosing another brand would give.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Max, Min, Q

from commerce.catalog.models import Brand, Category, Gender, ProductQuerySet
from commerce.catalog.services.finding import (
    Prepared,
    ProductFilter,
    column_conditions,
    find_hidden,
    prepare,
    variants_of,
)

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
    """Return the facets of the products that a filter leaves: nine queries, and those that find words and category."""
    prepared = replace(prepare(wanted), hidden=find_hidden())
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
        above: set[int] = set()  # a circle, which only a hand in the database can make, would have no end
        while at is not None and at not in above:
            above.add(at)
            sums[at] += count
            at = tree[at].parent_id
    shown = (each for each in tree.values() if each.active and sums[each.pk])
    return [FacetValue(each.slug, each.name, sums[each.pk]) for each in shown]


def count_brands(prepared: Prepared) -> list[FacetValue]:
    """Return the brands, those with most products first."""
    products = prepared.without("brands").products().exclude(brand=None)
    counts = dict(products.order_by().values_list("brand").annotate(count=Count("pk")))
    rows = Brand.objects.filter(pk__in=counts)
    return most((FacetValue(brand.slug, brand.name, counts[brand.pk]) for brand in rows), prepared.wanted.brands)


def count_tags(prepared: Prepared) -> list[FacetValue]:
    """Return the tags, those with most products first."""
    counts = count_lists(prepared.without("tags").products(), column="tags")
    return most((FacetValue(value, value, count) for value, count in counts.items()), prepared.wanted.tags)


def count_lists(products: ProductQuerySet, *, column: str) -> Counter[str]:
    """Return how many products have each value of a column of lists, also one that a list names twice.

    The lists are counted and not their values, since many products have the same one.
    """
    sums: Counter[str] = Counter()
    for values, count in products.order_by().values_list(column).annotate(count=Count("pk")):
        for value in {each for each in values if isinstance(each, str)}:
            sums[value] += count
    return sums


def count_variants(prepared: Prepared, *, column: str, field: str) -> list[FacetValue]:
    """Return the sizes or colours of variants that fit what else is wanted of a variant, by products."""
    values = most(
        (FacetValue(value, value, count) for value, count in count_choices(prepared, column=column, field=field)),
        getattr(prepared.wanted, field),
    )
    return sorted(values, key=by_size) if column == "size" else values


def count_choices(prepared: Prepared, *, column: str, field: str) -> Iterable[tuple[str, int]]:
    """Return sizes or colours with how many products have a fitting variant of each.

    Of one size a product has each colour once, so they need not be sorted to be counted, which is most of the work.
    """
    wanted = prepared.wanted
    others = wanted.colours if field == "sizes" else wanted.sizes
    if not wanted.in_stock and not others:
        return count_lists(prepared.without(field).products(), column=f"search__{field}").items()
    variants = variants_of(wanted.without(field)).exclude(**{column: None}).exclude(**{column: ""})
    # Stock is asked of the variant itself, unless what is sold out is wanted.
    of_variants = ("sizes", "colours", "in_stock") if wanted.in_stock else ("sizes", "colours")
    products = prepared.without(*of_variants).products()
    return (
        variants.filter(product__in=products.values("pk"))
        .order_by()
        .values_list(column)
        .annotate(count=Count("product", distinct=len(others) != 1))
    )


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
