"""PUBLIC READ: a report's table, for other packages."""

from __future__ import annotations

from analytics.report.query import find_report, parse_query
from analytics.report.run import run_query
from analytics.report.scope import ALL, Scope
from analytics.report.table import Table
from zuka.platform import clock


def ask(report_id: str, scope: Scope = ALL, /, **params: str) -> Table:
    """Return a report's table: `ask("top_products", limit="5")`, `ask("revenue", period="7d")`.

    Parameters are those of the report's page. Other code asks about the whole shop, unless it says whose rows may be
    seen; columns that say who customers are come only with a scope that sees people. Raises UnknownReport, BadQuery or
    OutOfScope.
    """
    now = clock.now()
    query = parse_query(report=find_report(report_id), params=params, today=clock.local_day(now), scope=scope)
    return run_query(query, now=now)
