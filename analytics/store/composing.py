"""One statement out of declared metrics: fragments of `sql/builder/`, names quoted, values bound.

Each rollup that is asked becomes one `SELECT` grouped by the same things; they are joined by those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import sql

from analytics.registry.metrics import METRICS
from analytics.registry.metrics.dimensions import DIMENSIONS, SOURCES
from analytics.registry.metrics.forms import Metric, Source
from analytics.registry.reports.forms import Unit
from analytics.registry.rollups import ROLLUPS
from zuka.platform.db.files import load_sql

FOLDER = Path(__file__).parent / "sql" / "builder"
BUCKET = "bucket"
WHOLE_UNITS = {Unit.MONEY, Unit.DURATION}


@dataclass(frozen=True, slots=True)
class Breakdown:
    """What is asked: metrics, each with the source it is read from, by intervals and dimensions, filtered.

    Without an interval there is one bucket. `is_limited` is for a brand's staff: rows of `%(brands)s` alone.
    """

    metrics: Mapping[str, str]
    dimensions: tuple[str, ...] = ()
    interval: str = ""
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_limited: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the names of the columns that a row is known by."""
        return (BUCKET, *self.dimensions) if self.interval else self.dimensions

    @property
    def sources(self) -> tuple[str, ...]:
        """Return the rollups that are asked, each once."""
        return tuple(dict.fromkeys(self.metrics.values()))


def fragment(name: str, /, **parts: sql.Composable) -> sql.Composed:
    """Return a declared fragment with its parts put in."""
    return sql.SQL(load_sql(FOLDER / f"{name}.sql").strip()).format(**parts)


def listed(parts: Sequence[sql.Composable], by: str = ", ") -> sql.Composed:
    """Return fragments one after the other."""
    return sql.SQL(by).join(parts)


def column_of(source: Source, dimension: str) -> sql.Composable:
    """Return the column that carries a dimension; the rollup's own unless another table is named."""
    table, _, column = source.dimensions[dimension].rpartition(".")
    return sql.Identifier(table or "facts", column)


def label_of(source: Source, dimension: str) -> sql.Composed:
    """Return a dimension's value in words, never empty."""
    empty = sql.Literal(DIMENSIONS[dimension].empty)
    return fragment("label", column=column_of(source, dimension), empty=empty)


def figure_of(metric: Metric, source: Source) -> sql.Composed:
    """Return how a metric is worked out of the rows of a group."""
    if metric.over:
        above, below = (figure_of(METRICS[part], source) for part in metric.over)
        ratio = fragment("ratio", above=above, below=below)
        return fragment("rounded", ratio=ratio) if metric.unit in WHOLE_UNITS else ratio
    if metric.distinct:
        return fragment("distinct", amount=sql.Identifier("facts", metric.distinct))
    added, *taken = (listed([sql.Identifier("facts", each) for each in metric.adds], " + "), *metric.less)
    amount = listed([added, *(sql.Identifier("facts", str(each)) for each in taken)], " - ")
    name = "sum_of_currency" if source.of_currency >= {*metric.adds, *metric.less} else "sum"
    return fragment(name, amount=amount)


def conditions_of(asked: Breakdown, source: Source) -> sql.Composed:
    """Return which rows of a source count."""
    found = [fragment("days")]
    for place, dimension in enumerate(asked.filters):
        bound = sql.Placeholder(f"filter_{place}")
        found.append(fragment("one_of", label=label_of(source, dimension), values=bound))
    if asked.is_limited:
        found.append(fragment("brands"))
    return listed(found, " AND ")


def figures_of(asked: Breakdown, name: str) -> sql.Composed:
    """Return the SELECT over one source."""
    source = SOURCES[name]
    bucket = [fragment("bucket", interval=sql.Literal(asked.interval))] if asked.interval else []
    keys = [*bucket, *(label_of(source, each) for each in asked.dimensions)]
    figures = {each: figure_of(METRICS[each], source) for each, used in asked.metrics.items() if used == name}
    named = [
        sql.SQL("{} AS {}").format(value, sql.Identifier(key))
        for key, value in [*zip(asked.keys, keys, strict=True), *figures.items()]
    ]
    needs_products = asked.is_limited or any(
        "." in source.dimensions[each] for each in (*asked.dimensions, *asked.filters)
    )
    return fragment(
        "figures",
        name=sql.Identifier(f"of_{name}"),
        columns=listed(named),
        table=sql.Identifier(ROLLUPS[name].table),
        products=fragment("products") if needs_products else sql.SQL(""),
        conditions=conditions_of(asked, source),
        grouping=sql.SQL("GROUP BY {}").format(listed([sql.SQL(str(n + 1)) for n in range(len(keys))]))
        if keys
        else sql.SQL(""),
    )


def compose(asked: Breakdown) -> sql.Composed:
    """Return the statement that answers a breakdown: keys, then metrics; the largest of the first metric first."""
    keys = [sql.Identifier(key) for key in asked.keys]
    figures = [
        sql.SQL("coalesce({0}, 0) AS {0}").format(sql.Identifier(each))
        if METRICS[each].empty == 0
        else sql.Identifier(each)
        for each in asked.metrics
    ]
    tables = [sql.Identifier(f"of_{name}") for name in asked.sources]
    joined = listed(tables, " CROSS JOIN ")
    if keys:
        first, *others = tables
        using = sql.SQL(" USING ({})").format(listed(keys))
        joined = sql.Composed([first, *(part for each in others for part in (sql.SQL(" FULL JOIN "), each, using))])
    first_metric = sql.Identifier(next(iter(asked.metrics)))
    largest = sql.SQL("{} DESC NULLS LAST").format(first_metric)
    order = [keys[0], largest, *keys[1:]] if asked.interval else [largest, *keys]
    return fragment(
        "breakdown",
        figures=listed([figures_of(asked, name) for name in asked.sources]),
        columns=listed([*keys, *figures]),
        joined=joined,
        order=sql.SQL("ORDER BY {}").format(listed(order)) if keys else sql.SQL(""),
    )


def bound_values(asked: Breakdown) -> dict[str, Any]:
    """Return the values of the filters, under the names that the statement binds."""
    return {f"filter_{place}": list(values) for place, values in enumerate(asked.filters.values())}
