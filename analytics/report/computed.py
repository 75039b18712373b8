"""Reports over raw events: their time is limited, and what is made of their rows needs no second reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg import sql

from analytics.report.experiments import (
    experiment_rows,
    experiment_series,
    experiment_totals,
    experiments_statement,
)
from analytics.report.funnels.statement import PARTS, funnel_series, funnel_statement, funnel_totals
from analytics.report.funnels.there import funnel_there
from analytics.report.paths import paths_statement, paths_there, paths_totals
from analytics.report.table import Row

Rows = Sequence[Row]


@dataclass(frozen=True, slots=True)
class Computed:
    """How such a report is asked and read: its statement with what that binds, the chart's points, and the totals of
    rows that are all there or cut. `rows` makes the report's rows of all that the statement returns; `parts` are files
    beside the report's own that its statement is put together of; `there` is its statement in ClickHouse's
    words, where it is not translated.
    """

    statement: Callable[[Mapping[str, Any]], tuple[sql.Composable, dict[str, Any]]]
    series_columns: tuple[str, ...]
    series: Callable[[Rows], list[Row]]
    totals: Callable[[Rows, bool], dict[str, Any]]
    rows: Callable[[Rows], list[Row]] = list
    parts: tuple[Path, ...] = ()
    there: Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]] | None = None


COMPUTED: dict[str, Computed] = {
    "event_funnel": Computed(
        funnel_statement, ("step", "people"), funnel_series, funnel_totals, parts=PARTS, there=funnel_there
    ),
    "paths": Computed(paths_statement, ("path", "near", "sessions", "share"), list, paths_totals, there=paths_there),
    "experiments": Computed(
        experiments_statement, ("variant", "conversion"), experiment_series, experiment_totals, experiment_rows
    ),
}
