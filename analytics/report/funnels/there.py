"""The statement of a funnel in ClickHouse's words: the same steps, marked by the same tests, walked as lists."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from psycopg import sql

from analytics.registry.funnels import BREAKDOWNS, WINDOWS
from analytics.report.funnels.statement import COMMA, UNION_ALL, Bound, funnel_bounds, named, told_select, types_of
from analytics.report.funnels.steps import read_steps
from analytics.warehouse.statements import part, value_there


def funnel_there(params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the statement of a checked funnel and what it binds, from the report's parameters."""
    # Loaded by who has chosen ClickHouse alone.
    from analytics.warehouse.translating import translate

    steps, bound = read_steps(params), Bound()
    marks = COMMA.join(named("is", place) for place in range(1, len(steps) + 1))
    events = [translate(told_select(each, steps, bound).as_string(None)) for each in types_of(steps)]
    ways = [part("funnels/first_way").format()]
    ways += [
        part("funnels/way").format(place=sql.Literal(place), earlier=sql.Literal(place - 1))
        for place in range(2, len(steps) + 1)
    ]
    statement = part("reports/event_funnel").format(
        told=UNION_ALL.join(part("funnels/told").format(marks=marks, events=sql.SQL(each)) for each in events),
        ways=COMMA.join(ways),
        count=sql.Literal(len(steps)),
        labelled=labelled_part(str(params["by"])),
        titles=COMMA.join(value_there(bound.bind(f"{place}. {step.title}")) for place, step in enumerate(steps, 1)),
    )
    window = WINDOWS[str(params["window"])][1]
    own = {"window_microseconds": window // timedelta(microseconds=1)}
    return statement.as_string(None), {**funnel_bounds(params), **own, **bound.values}


def labelled_part(by: str) -> sql.Composable:
    """Return people with the group that each is of."""
    if by not in BREAKDOWNS:
        return part("funnels/everybody").format()
    return part("funnels/by_visit").format(column=sql.Identifier(BREAKDOWNS[by][1]))
