"""PUBLIC READ: a report's table, for other packages."""

from __future__ import annotations

from analytics.report.query import find_report, parse_query
from analytics.report.run import run_query
from analytics.report.table import Table
from zuka.platform import clock


def ask(report_id: str, **params: str) -> Table:
    """Return a report's table: `ask("top_products", limit="5")`, `ask("revenue", period="7d")`.

    Parameters are those of the report's page. Raises UnknownReport or BadQuery.
    """
    now = clock.now()
    query = parse_query(report=find_report(report_id), params=params, today=clock.local_day(now))
    return run_query(query, now=now)
