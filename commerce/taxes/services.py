"""What of a price is tax. Each line is rounded by itself, half a kobo up; the sums are those of the lines."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commerce.catalog.models import Category
from commerce.delivery.services import read_state
from commerce.taxes.models import TaxRate
from zuka.platform.keeping import Kept

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


def read_rates() -> list[tuple[TaxRate, frozenset[int]]]:
    """Return the rates in use, each with the ids of the categories that it leaves out and of those below them."""
    rates = TaxRate.objects.filter(is_active=True).prefetch_related("exempt")
    return [(rate, exempt_of(rate)) for rate in rates]


def exempt_of(rate: TaxRate) -> frozenset[int]:
    """Return the ids of the categories that a rate leaves out, with those below them."""
    return frozenset().union(*(Category.objects.ids_within(each.slug) for each in rate.exempt.all()))


_rates = Kept(read_rates, models=(TaxRate, TaxRate.exempt.through, Category))


def find_rate(address: Mapping[str, Any]) -> tuple[TaxRate | None, frozenset[int]]:
    """Return the rate for an address, and the ids of the categories that it leaves out.

    It is that of its state, else of the rest of its country; None where there is none.
    """
    country, wanted = str(address.get("country") or "NG"), read_state(str(address.get("state") or ""))
    rates = {read_state(rate.state): (rate, exempt) for rate, exempt in _rates.get() if rate.country == country}
    return rates.get(wanted) or rates.get("") or (None, frozenset())


def tax_of(*, address: Mapping[str, Any], goods: Sequence[Taxed], delivery_kobo: int) -> Tax:
    """Return the tax of goods and of their delivery to an address."""
    rate, exempt = find_rate(address)
    if rate is None:
        return Tax("", is_included=False, lines=[0] * len(goods), delivery_kobo=0)
    return apply_rate(rate=rate, goods=goods, delivery_kobo=delivery_kobo, exempt=exempt)


def apply_rate(*, rate: TaxRate, goods: Sequence[Taxed], delivery_kobo: int, exempt: Container[int]) -> Tax:
    """Return a rate's tax of goods and of their delivery."""
    lines = [0 if each.category_id in exempt else part_of(each.kobo, rate) for each in goods]
    return Tax(rate.title, rate.is_included, lines, part_of(delivery_kobo, rate) if rate.for_delivery else 0)


def part_of(kobo: int, rate: TaxRate) -> int:
    """Return the tax in an amount, or that comes on top of it, half a kobo rounded up."""
    base = WHOLE + rate.basis_points if rate.is_included else WHOLE
    return (2 * kobo * rate.basis_points + base) // (2 * base)
