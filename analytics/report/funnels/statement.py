"""The statement of a funnel: fragments of `sql/funnels/` put together for its steps, every value bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from psycopg import sql

from analytics.registry.events import EVENT_TYPES
from analytics.registry.funnels import BREAKDOWNS, FILTER_COLUMNS, PROPERTY, WINDOWS
from analytics.registry.types import Flag, Said
from analytics.report.funnels.steps import Filter, Step, read_steps
from zuka.platform.clock import local_day
from zuka.platform.db.files import load_sql, sql_files

SQL = Path(__file__).parent.parent.parent / "store" / "sql"
FOLDER, FRAME = SQL / "funnels", SQL / "reports" / "event_funnel.sql"
PARTS = tuple(sql_files(FOLDER))
COMMA, AND, OR = sql.SQL(", "), sql.SQL(" AND "), sql.SQL(" OR ")
UNION_ALL = sql.SQL("    UNION ALL\n")
IS_FACT, IS_FACT_RAW = sql.SQL("NOT is_claim"), sql.SQL("flags & {claimed} = 0")
COLUMN = sql.SQL("events.{column}")
PROPERTY_VALUE = sql.SQL("events.properties ->> {name}")
TESTS = {"=": sql.SQL("{field} = {value}"), "~=": sql.SQL("strpos(lower({field}), lower({value})) > 0")}
MARK = sql.SQL("({step}) IS TRUE AS {mark}")
ANY, NEVER = sql.SQL("true"), sql.SQL("false")
NAMED = sql.SQL("{name} AS ({select})")
# Journeys are read again sooner than kept, raw events are not.
KEPT, READ_AGAIN = sql.SQL("{name} AS MATERIALIZED ({select})"), sql.SQL("{name} AS NOT MATERIALIZED ({select})")
WHO, WHO_AND_WHEN = sql.SQL("person_key"), sql.SQL("person_key, min(occurred_at) AS begun")
LEADS_ON = sql.SQL("occurred_at <= followed.last_at")
# The first step has a moment, each later one the moments of all steps up to it.
FIRST_START, FIRST_WAY = sql.SQL("max(begun) OVER in_order"), sql.SQL("ARRAY[max(begun) OVER in_order]")
LATER_START, LATER_WAY = sql.SQL("(max({way}) OVER in_order)[1]"), sql.SQL("max({way}) OVER in_order")
EARLIEST = sql.SQL("min({way}) AS {way}")
WAY_IS_THERE = sql.SQL("{way} IS NOT NULL")
REACHED = sql.SQL("taken.{way}")
COUNT = sql.SQL(
    "count({way}) AS {people}, percentile_cont(0.5) WITHIN GROUP "
    "(ORDER BY extract(epoch FROM {way}[{place}] - {way}[{before}])::float) AS {seconds}"
)
STEP = sql.SQL("({place}, {title}, {people}, {before}, {seconds})")
Part = sql.Composable


@dataclass(slots=True)
class Bound:
    """Values that a statement binds, each under a name of its own: what people type is never part of the text."""

    values: dict[str, Any] = field(default_factory=dict)

    def bind(self, value: Any) -> sql.Placeholder:
        """Return the place of a value in the statement."""
        name = f"value_{len(self.values) + 1}"
        self.values[name] = value
        return sql.Placeholder(name)


def named(word: str, place: int) -> sql.Identifier:
    """Return the name of something that each step has."""
    return sql.Identifier(f"{word}_{place}")


def fragment(name: str) -> sql.SQL:
    """Return a declared fragment."""
    return sql.SQL(load_sql(FOLDER / f"{name}.sql").strip())


def filter_part(each: Filter, bound: Bound) -> Part:
    """Return the test of one filter."""
    if each.field in FILTER_COLUMNS:
        tested: Part = COLUMN.format(column=sql.Identifier(each.field))
    else:
        tested = PROPERTY_VALUE.format(name=bound.bind(each.field.removeprefix(PROPERTY)))
    return TESTS[each.operator].format(field=tested, value=bound.bind(each.value))


def is_filtered(step: Step) -> bool:
    """Say whether a step has a filter that asks for something."""
    return any(each.is_finished for each in step.filters)


def step_part(step: Step, bound: Bound, *, only_facts: bool, is_raw: bool) -> Part:
    """Return the test of one step, of events that are of its type."""
    fact = IS_FACT_RAW.format(claimed=bound.bind(int(Flag.CLAIMED))) if is_raw else IS_FACT
    filters = [filter_part(each, bound) for each in step.filters if each.is_finished]
    return AND.join([ANY, *([fact] if only_facts else []), *filters])


def takes_facts_only(steps: Sequence[Step], step: Step) -> bool:
    """Say whether clients' claims are left out: where a type is asked for twice, one purchase must not be two."""
    declared = EVENT_TYPES.get(step.event_type)
    is_repeated = sum(each.event_type == step.event_type for each in steps) > 1
    return is_repeated and declared is not None and declared.said is Said.CLAIM


def needed_part(place: int, count: int) -> Part:
    """Return which events the way to a step needs: all to the second; then those on a way, and steps still to come."""
    if place == 2:
        return ANY
    ways = [WAY_IS_THERE.format(way=named("way", earlier)) for earlier in range(2, place)]
    return OR.join([*ways, *(named("is", later) for later in range(place, count + 1))])


def way_parts(count: int) -> list[Part]:
    """Return one named query a step after the first, each over the one before."""
    found: list[Part] = []
    for place in range(2, count + 1):
        way = named("way", place - 1)
        select = fragment("way").format(
            is_step=named("is", place),
            start=FIRST_START if place == 2 else LATER_START.format(way=way),
            before=FIRST_WAY if place == 2 else LATER_WAY.format(way=way),
            way=named("way", place),
            earlier=sql.Identifier("matched") if place == 2 else named("step", place - 1),
            is_needed=needed_part(place, count),
        )
        found.append(NAMED.format(name=named("step", place), select=select))
    return found


def count_part(place: int) -> Part:
    """Return how many came to a step, and how long that took half of them."""
    return COUNT.format(
        way=named("way", place),
        people=named("people", place),
        seconds=named("seconds", place),
        place=sql.Literal(place),
        before=sql.Literal(place - 1),
    )


def row_parts(steps: Sequence[Step], bound: Bound) -> list[sql.Composed]:
    """Return the row of each step."""
    numbered = [bound.bind(f"{place}. {step.title}") for place, step in enumerate(steps, 1)]
    first = STEP.format(
        place=sql.Literal(1),
        title=numbered[0],
        people=named("people", 1),
        before=sql.SQL("NULL::bigint"),
        seconds=sql.SQL("NULL::float"),
    )
    return [first] + [
        STEP.format(
            place=sql.Literal(place),
            title=title,
            people=named("people", place),
            before=named("people", place - 1),
            seconds=named("seconds", place),
        )
        for place, title in enumerate(numbered[1:], 2)
    ]


def counted_part(by: str, count: int) -> Part:
    """Return how many people of each group came how far."""
    places = range(2, count + 1)
    counts = COMMA.join(map(count_part, places))
    if by not in BREAKDOWNS:
        return fragment("everybody").format(counts=counts)
    starts = [sql.SQL("{way}[1]").format(way=named("way", place)) for place in reversed(places)]
    return fragment("by_visit").format(
        counts=counts,
        column=sql.Identifier(BREAKDOWNS[by][1]),
        reached=COMMA.join(REACHED.format(way=named("way", place)) for place in places),
        start=sql.SQL("coalesce({})").format(COMMA.join([*starts, sql.Identifier("begun")])),
    )


def types_of(steps: Sequence[Step]) -> list[str]:
    """Return the event types of steps, each once."""
    return list(dict.fromkeys(step.event_type for step in steps))


def raw_types(steps: Sequence[Step]) -> list[str]:
    """Return the types whose events are read from the raw table: one of their steps is filtered."""
    return types_of([step for step in steps if is_filtered(step)])


def types_read_raw(params: Mapping[str, Any]) -> tuple[str, ...]:
    """Return those of the funnel that a report's parameters name."""
    return tuple(raw_types(read_steps(params)))


def told_part(event_type: str, steps: Sequence[Step], bound: Bound) -> Part:
    """Return the events of one type under their name."""
    name, kept = told_name(event_type, steps), KEPT if event_type in raw_types(steps) else READ_AGAIN
    return kept.format(name=name, select=told_select(event_type, steps, bound))


def told_select(event_type: str, steps: Sequence[Step], bound: Bound) -> Part:
    """Return the events of one type, marked by step; from the raw table where one of its steps is filtered."""
    is_raw = event_type in raw_types(steps)
    tests = [
        step_part(step, bound, only_facts=takes_facts_only(steps, step), is_raw=is_raw)
        if step.event_type == event_type
        else NEVER
        for step in steps
    ]
    return fragment("told_raw" if is_raw else "told").format(
        marks=COMMA.join(MARK.format(step=test, mark=named("is", place)) for place, test in enumerate(tests, 1)),
        type=bound.bind(event_type),
        matches=OR.join(sql.SQL("({})").format(test) for test in tests if test is not NEVER),
    )


def told_name(event_type: str, steps: Sequence[Step]) -> sql.Identifier:
    """Return what the events of a type are called."""
    return named("told", types_of(steps).index(event_type) + 1)


def matched_part(event_type: str, steps: Sequence[Step]) -> Part:
    """Return those events of a type that are followed."""
    marks = COMMA.join(named("is", place) for place in range(2, len(steps) + 1))
    is_first_only = event_type not in {step.event_type for step in steps[1:]}
    is_early = LEADS_ON if is_first_only else ANY
    return fragment("matched").format(marks=marks, told=told_name(event_type, steps), is_early=is_early)


def funnel_statement(params: Mapping[str, Any]) -> tuple[Part, dict[str, Any]]:
    """Return the statement of a checked funnel and what it binds, from the report's parameters."""
    steps, bound = read_steps(params), Bound()
    count, types, by = len(steps), types_of(steps), str(params["by"])
    statement = sql.SQL(load_sql(FRAME)).format(
        told=COMMA.join(told_part(each, steps, bound) for each in types),
        first=told_name(steps[0].event_type, steps),
        second=told_name(steps[1].event_type, steps),
        matched=UNION_ALL.join(matched_part(each, steps) for each in types),
        ways=COMMA.join(way_parts(count)),
        earliest=COMMA.join(EARLIEST.format(way=named("way", place)) for place in range(2, count + 1)),
        furthest=named("step", count),
        begun=WHO_AND_WHEN if by in BREAKDOWNS else WHO,
        counted=counted_part(by, count),
        steps=COMMA.join(row_parts(steps, bound)),
    )
    return statement, {**funnel_bounds(params), **bound.values}


def funnel_bounds(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a funnel binds beside what is typed: its parameters, how long it may take, and until when."""
    window = WINDOWS[str(params["window"])][1]
    until = params["end"] + window
    return {**params, "window": window, "until": until, "until_day": local_day(until)}


def funnel_series(rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the people of each step over all groups: each person is in one of them."""
    people: dict[str, int] = {}
    for row in rows:
        people[row[1]] = people.get(row[1], 0) + row[2]
    return list(people.items())


def funnel_totals(rows: Sequence[tuple[Any, ...]], is_cut: bool) -> dict[str, Any]:  # noqa: FBT001 - as in `Computed`
    """Return the share that came from the first step to the last; steps are parts of one another and never add up."""
    if is_cut:
        return {}
    people = [count for _, count in funnel_series(rows)]
    return {"of_first": people[-1] / people[0] if people else None}
