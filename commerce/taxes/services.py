"""What of a price is tax. Each line is rounded by itself, half a kobo up; the sums are those of the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commerce.catalog.models import Category
from commerce.delivery.services import read_state
from commerce.taxes.models import TaxRate

WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Taxed:
    """A line of what is bought: what is paid for it in kobo, its share of the discount taken off, and its category."""

    kobo: int
    category_id: int | None


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of an order in kobo, a line each and the delivery. `is_included`: it is in the prices already."""

    title: str
    is_included: bool
    lines: Sequence[int]
    delivery_kobo: int

    @property
    def kobo(self) -> int:
        """Return all of it."""
        return sum(self.lines) + self.delivery_kobo

    @property
    def added_kobo(self) -> int:
        """Return what comes on top of the prices."""
        return 0 if self.is_included else self.kobo

    @property
    def included_kobo(self) -> int:
        """Return what is in the prices already."""
        return self.kobo if self.is_included else 0


def find_rate(address: Mapping[str, Any]) -> TaxRate | None:
    """Return the rate for an address: that of its state, else of the rest of its country; None where there is none."""
    country, wanted = str(address.get("country") or "NG"), read_state(str(address.get("state") or ""))
    rates = {read_state(rate.state): rate for rate in TaxRate.objects.filter(is_active=True, country=country)}
    return rates.get(wanted) or rates.get("")


def tax_of(*, address: Mapping[str, Any], goods: Sequence[Taxed], delivery_kobo: int) -> Tax:
    """Return the tax of goods and of their delivery to an address."""
    rate = find_rate(address)
    if rate is None:
        return Tax("", is_included=False, lines=[0] * len(goods), delivery_kobo=0)
    return apply_rate(rate=rate, goods=goods, delivery_kobo=delivery_kobo, exempt=exempt_of(rate))


def exempt_of(rate: TaxRate) -> set[int]:
    """Return the ids of the categories that a rate leaves out, with those below them."""
    slugs = rate.exempt.values_list("slug", flat=True)
    return set().union(*(Category.objects.ids_within(slug) for slug in slugs))


def apply_rate(*, rate: TaxRate, goods: Sequence[Taxed], delivery_kobo: int, exempt: set[int]) -> Tax:
    """Return a rate's tax of goods and of their delivery."""
    lines = [0 if each.category_id in exempt else part_of(each.kobo, rate) for each in goods]
    return Tax(rate.title, rate.is_included, lines, part_of(delivery_kobo, rate) if rate.for_delivery else 0)


def part_of(kobo: int, rate: TaxRate) -> int:
    """Return the tax in an amount, or that comes on top of it, half a kobo rounded up."""
    base = WHOLE + rate.basis_points if rate.is_included else WHOLE
    return (2 * kobo * rate.basis_points + base) // (2 * base)
