"""The page on which a funnel is put together: every press of a button leads to the address of the funnel it makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analytics.registry.events import EVENT_TYPES
from analytics.registry.funnels import (
    FEWEST_STEPS,
    FILTER_COLUMNS,
    MOST_FILTERS,
    MOST_STEPS,
    OPERATORS,
    PROPERTY,
    STEP_NAMES,
    USUAL_STEPS,
    declared_properties,
    event_title,
)
from analytics.report.funnels.steps import Filter, Step, StepError, read_steps, step_params
from analytics.report.picker import Choice
from analytics.store.models import RollupEvent

Groups = tuple[tuple[str, tuple[Choice, ...]], ...]
ANOTHER = "Another property…"
ACTION = "do"


@dataclass(frozen=True, slots=True)
class FilterRow:
    """The inputs of one filter. `name` is the property's where it is not among the choices."""

    number: int
    fields: Groups
    asks_name: bool
    name: str
    operators: tuple[Choice, ...]
    value: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """The inputs of one step, and what may be done with it."""

    number: int
    types: Groups
    filters: tuple[FilterRow, ...]
    is_first: bool
    is_last: bool
    may_go: bool
    may_filter: bool


@dataclass(frozen=True, slots=True)
class Builder:
    """The steps of a funnel as inputs."""

    steps: tuple[StepRow, ...]
    may_add: bool


def make_builder(params: Mapping[str, str]) -> Builder:
    """Return the inputs of the funnel that parameters name; of the usual one where they cannot be read."""
    try:
        steps = read_steps(params)
    except StepError:
        steps = read_steps({})
    own = own_types()
    rows = tuple(step_row(place, step, len(steps), own) for place, step in enumerate(steps, 1))
    return Builder(rows, may_add=len(steps) < MOST_STEPS)


def own_types() -> tuple[str, ...]:
    """Return the types that clients made up and that were counted."""
    names = RollupEvent.objects.exclude(event_type__in=EVENT_TYPES).order_by("event_type")
    return tuple(names.values_list("event_type", flat=True).distinct())


def choices(options: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    """Return options, one of them chosen."""
    return tuple(Choice(value, title, value == chosen) for value, title in options.items())


def type_groups(chosen: str, own: Sequence[str]) -> Groups:
    """Return the event types by what they are about; one that nobody declared nor sent is there where it is asked."""
    groups: dict[str, dict[str, str]] = {}
    for name in EVENT_TYPES:
        groups.setdefault(name.partition(".")[0].capitalize(), {})[name] = event_title(name)
    others = dict.fromkeys(own) | (dict.fromkeys([chosen]) if chosen not in EVENT_TYPES else {})
    if others:
        groups["Your own"] = {name: event_title(name) for name in sorted(others)}
    return tuple((title, choices(options, chosen)) for title, options in groups.items())


def field_groups(event_type: str, chosen: str) -> Groups:
    """Return what a filter may be about: columns, the properties that the type declares, or another property."""
    declared = {f"{PROPERTY}{name}": name for name in declared_properties(event_type)} | {PROPERTY: ANOTHER}
    shown = chosen if chosen in declared or chosen in FILTER_COLUMNS else PROPERTY
    return ("Event", choices(FILTER_COLUMNS, shown)), ("Properties", choices(declared, shown))


def filter_row(number: int, event_type: str, each: Filter) -> FilterRow:
    """Return the inputs of one filter."""
    fields = field_groups(event_type, each.field)
    asks_name = any(choice.is_chosen and choice.value == PROPERTY for _, group in fields for choice in group)
    name = each.field.removeprefix(PROPERTY) if asks_name else ""
    return FilterRow(number, fields, asks_name, name, choices(OPERATORS, each.operator), each.value)


def step_row(number: int, step: Step, count: int, own: Sequence[str]) -> StepRow:
    """Return the inputs of one step."""
    return StepRow(
        number=number,
        types=type_groups(step.event_type, own),
        filters=tuple(filter_row(place, step.event_type, each) for place, each in enumerate(step.filters, 1)),
        is_first=number == 1,
        is_last=number == count,
        may_go=count > FEWEST_STEPS,
        may_filter=len(step.filters) < MOST_FILTERS,
    )


def read_form(params: Mapping[str, str]) -> list[Step]:
    """Return the steps that the inputs hold."""
    numbers = [number for number in range(1, MOST_STEPS + 1) if params.get(f"s{number}")]
    return [Step(params[f"s{number}"], read_filters(params, f"s{number}")) for number in numbers]


def read_filters(params: Mapping[str, str], step: str) -> tuple[Filter, ...]:
    """Return the filters of one step's inputs."""
    found = []
    for place in range(1, MOST_FILTERS + 1):
        field = params.get(f"{step}f{place}", "")
        if field == PROPERTY:
            field += params.get(f"{step}n{place}", "").strip()
        if field:
            operator = params.get(f"{step}o{place}", "")
            value = params.get(f"{step}v{place}", "").strip()
            found.append(Filter(field, operator if operator in OPERATORS else "=", value))
    return tuple(found)


def next_step(steps: Sequence[Step]) -> Step:
    """Return the step that is offered next: one of the usual ones that is not there yet."""
    there = {each.event_type for each in steps}
    return Step(next((name for name in USUAL_STEPS if name not in there), "page.viewed"))


def change_steps(steps: list[Step], action: str) -> tuple[list[Step], int]:
    """Return the steps after a button was pressed, and the number of the one to look at; nonsense changes nothing."""
    verb, _, rest = action.partition("-")
    places = [int(part) - 1 for part in rest.split("-") if part.isdecimal()]
    if verb == "add" and len(steps) < MOST_STEPS:
        return [*steps, next_step(steps)], len(steps) + 1
    if not places or not 0 <= places[0] < len(steps):
        return steps, 0
    place, step = places[0], steps[places[0]]
    if verb == "remove" and len(steps) > FEWEST_STEPS:
        return steps[:place] + steps[place + 1 :], min(place + 1, len(steps) - 1)
    if verb == "filter":
        usual = "page_path" if step.event_type.startswith(("page.", "screen.")) else "product_ref"
        return replaced(steps, place, (*step.filters, Filter(usual, "=", ""))), place + 1
    if verb == "drop" and len(places) == 2:
        return replaced(steps, place, step.filters[: places[1]] + step.filters[places[1] + 1 :]), place + 1
    return move(steps, place, {"up": place - 1, "down": place + 1}.get(verb, place))


def replaced(steps: Sequence[Step], place: int, filters: tuple[Filter, ...]) -> list[Step]:
    """Return the steps with other filters at one place."""
    return [replace(step, filters=filters[:MOST_FILTERS]) if at == place else step for at, step in enumerate(steps)]


def move(steps: list[Step], place: int, target: int) -> tuple[list[Step], int]:
    """Return the steps with two of them exchanged, and the number of the moved one."""
    if not 0 <= target < len(steps):
        return steps, place + 1
    moved = list(steps)
    moved[place], moved[target] = moved[target], moved[place]
    return moved, target + 1


def funnel_address(params: Mapping[str, str], kept: Sequence[str]) -> tuple[dict[str, str], str]:
    """Return the parameters of the funnel that the form makes, with the `kept` ones, and the part to look at."""
    steps, number = change_steps(read_form(params), params.get(ACTION, ""))
    others: dict[str, Any] = {name: params[name] for name in kept if name in params and name not in STEP_NAMES}
    return {**step_params(steps), **others}, f"#step-{number}" if number else ""
