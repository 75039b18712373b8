"""The steps of a funnel as they stand in an address: `product.viewed?category=Gowns&properties.source~=web`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from analytics.registry.funnels import (
    FEWEST_STEPS,
    FILTER_COLUMNS,
    MOST_FILTERS,
    OPERATORS,
    PROPERTY,
    STEP_NAMES,
    USUAL_STEPS,
    event_title,
)

EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
FILTER = re.compile(r"(?P<field>[^=~]+)(?P<operator>~?=)(?P<value>.*)", re.DOTALL)
LONGEST_STEP = 600
NUL = "\x00"


class StepError(ValueError):
    """A step that cannot be read: `field` is its parameter."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Filter:
    """A column of the event, or `properties.<name>`, and what it must be or contain. Unfinished, it lets all pass."""

    field: str
    operator: str
    value: str

    @property
    def is_finished(self) -> bool:
        """Say whether there is anything to compare."""
        return bool(self.value) and self.field != PROPERTY

    @property
    def title(self) -> str:
        """Return the filter in words."""
        return f"{field_title(self.field)} {OPERATORS[self.operator]} “{self.value}”"


@dataclass(frozen=True, slots=True)
class Step:
    """Events of one type that pass every filter."""

    event_type: str
    filters: tuple[Filter, ...] = ()

    @property
    def title(self) -> str:
        """Return the step in words."""
        return ", ".join([event_title(self.event_type), *(each.title for each in self.filters if each.is_finished)])


def field_title(field: str) -> str:
    """Return what a filter's field is called."""
    return FILTER_COLUMNS.get(field) or field.removeprefix(PROPERTY)


def read_steps(params: Mapping[str, str]) -> tuple[Step, ...]:
    """Return the steps that parameters `step1` to `step8` name, left-out ones skipped; the usual ones when none is
    named. Raises StepError.
    """
    given = {name: params[name].strip() for name in STEP_NAMES if params.get(name, "").strip()}
    if not given:
        return tuple(map(Step, USUAL_STEPS))
    steps = tuple(read_step(name, text) for name, text in given.items())
    if len(steps) < FEWEST_STEPS:
        missing = next(name for name in STEP_NAMES if name not in given)
        raise StepError(missing, f"A funnel has {FEWEST_STEPS} steps at least; add another one.")
    return steps


def check_steps(params: Mapping[str, str]) -> None:
    """Raise StepError where a step cannot be read."""
    read_steps(params)


def read_step(name: str, text: str) -> Step:
    """Return the step of one parameter. Raises StepError."""
    if len(text) > LONGEST_STEP:
        raise StepError(name, f"A step has {LONGEST_STEP} characters at most; use fewer or shorter filters.")
    event_type, _, rest = text.partition("?")
    if not EVENT_NAME.fullmatch(event_type):
        raise StepError(name, f"{event_type[:40]!r} is no event type; write one like product.viewed.")
    parts = [part for part in rest.split("&") if part]
    if len(parts) > MOST_FILTERS:
        raise StepError(name, f"A step has {MOST_FILTERS} filters at most.")
    return Step(event_type, tuple(read_filter(name, part) for part in parts))


def read_filter(name: str, part: str) -> Filter:
    """Return one filter of a step. Raises StepError."""
    found = FILTER.fullmatch(part)
    if not found:
        raise StepError(name, f"{part[:40]!r} is no filter; write one like category=Gowns or page_path~=sale.")
    field, value = unquote_strictly(name, found["field"]), unquote_strictly(name, found["value"])
    if field not in FILTER_COLUMNS and not field.startswith(PROPERTY):
        choices = ", ".join(FILTER_COLUMNS)
        raise StepError(name, f"There is no field {field[:40]!r}; there are {choices} and properties.<name>.")
    return Filter(field, found["operator"], value)


def unquote_strictly(name: str, text: str) -> str:
    """Return a percent-encoded text. Raises StepError for what no text of the database can be."""
    try:
        value = unquote(text, errors="strict")
        value.encode()
    except UnicodeError as error:
        raise StepError(name, f"{text[:40]!a} is not percent-encoded UTF-8.") from error
    if NUL in value:
        raise StepError(name, "A filter cannot contain the character NUL.")
    return value


def write_step(step: Step) -> str:
    """Return a step as it stands in an address."""
    filters = [quote_field(each.field) + each.operator + quote(each.value, safe="") for each in step.filters]
    return "?".join([step.event_type, "&".join(filters)] if filters else [step.event_type])


def quote_field(field: str) -> str:
    """Return a field percent-encoded, also where it has the tilde that begins an operator."""
    return quote(field, safe="").replace("~", "%7E")


def step_params(steps: Iterable[Step]) -> dict[str, str]:
    """Return the parameters that name steps."""
    return dict(zip(STEP_NAMES, map(write_step, steps), strict=False))
