"""What a metric is made of, and by what it may be broken down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from analytics.registry.reports.forms import Basis, Unit

DAY = "day"


class Additivity(Enum):
    """Whether the parts of a metric may be added up."""

    ADDITIVE = "may be added up over everything"
    PARTLY = "may be added up, but not over all"
    RATIO = "never added up: worked out anew from its two parts"
    DISTINCT = "never added up: people are counted anew, each once"
    OTHER = "never added up: worked out anew from its rows"


class Facts(Enum):
    """Whose word a metric goes by (decision 18)."""

    SERVER = "the shop's own records"
    CLIENT = "what browsers and apps say"
    EITHER = "the shop's records and what browsers and apps say, each thing once"


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that a metric can be broken down by.

    `empty` is said where a row has no value. `named` says that values are references of products, whose names are
    shown beside them.
    """

    id: str
    label: str
    text: str
    empty: str = "Unknown"
    named: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """A rollup that metrics are read from.

    `dimensions` leads from a dimension to the rollup's column, or to one of `ledger_products`, which is joined by the
    product's reference. `of_currency` are the measures that a row has for its own currency only.
    """

    rollup: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    of_currency: frozenset[str] = frozenset()
    brand_scopable: bool = False


@dataclass(frozen=True, slots=True)
class Metric:
    """One number, told once.

    `sources` are the rollups that have it, cheapest first; each is asked where it knows all that was asked by. Without
    one the number is shown by the reports of `columns` alone, out of `table`. Its value is the sum of the measures
    `adds` less those of `less`; or the share `over` of two other metrics; or how many different `distinct` there are.
    `not_over` are dimensions over which it may not be added. `columns` are the places that show it, `report.column`.
    """

    id: str
    label: str
    group: str
    unit: Unit
    formula: str
    basis: Basis
    facts: Facts
    sources: tuple[str, ...] = ()
    table: str = ""
    adds: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    over: tuple[str, str] | None = None
    distinct: str = ""
    not_over: tuple[str, ...] = ()
    is_figured: bool = False
    columns: tuple[str, ...] = ()
    lower_is_better: bool = False

    @property
    def additivity(self) -> Additivity:
        """Say whether its parts may be added up."""
        if self.over:
            return Additivity.RATIO
        if self.distinct:
            return Additivity.DISTINCT
        if self.is_figured:
            return Additivity.OTHER
        return Additivity.PARTLY if self.not_over else Additivity.ADDITIVE

    @property
    def empty(self) -> int | None:
        """Return its value where there is nothing: 0 of what is counted, nothing of a share or an average."""
        return None if self.additivity in {Additivity.RATIO, Additivity.OTHER} else 0

    @property
    def expression(self) -> str:
        """Return the name of the SQL fragment that works it out, `sql/builder/<name>.sql`; '' where a report does."""
        return "ratio" if self.over else "distinct" if self.distinct else "sum" if self.adds else ""
