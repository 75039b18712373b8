"""A segment's conditions as inputs of a page: every button sends all of them, and what they say is read from there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from analytics.registry.segments.conditions import CONDITIONS, EVENTS, MATCHES, MOST_CONDITIONS, Field, Form, Kind
from analytics.report.picker import Choice

BETWEEN = "|"
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class Input:
    """An input of a condition. `chosen` choices are marked."""

    id: str
    title: str
    form: str
    value: str
    choices: tuple[Choice, ...]
    hint: str


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """A condition as inputs."""

    number: int
    kind: str
    title: str
    is_denied: bool
    inputs: tuple[Input, ...]


def new_condition(kind: Kind) -> dict[str, Any]:
    """Return a condition as it is offered first; amounts are naira here."""
    return {"kind": kind.id, "not": False} | {each.name: each.default for each in kind.fields if each.default}


def stored_as_typed(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return stored conditions as they were typed."""
    return [
        {name: typed(CONDITIONS[each["kind"]].field(name), value) for name, value in each.items()}
        for each in definition.get("conditions", [])
    ]


def typed(field: Field | None, value: Any) -> Any:
    """Return a stored value as it was typed."""
    if field is None or value is None:
        return value
    if field.form is Form.MONEY:
        return f"{Decimal(value) / 100:f}"
    return f" {BETWEEN} ".join(value) if field.form is Form.WORDS else value


def read_form(data: QueryDict) -> list[dict[str, Any]]:
    """Return the conditions that the inputs hold, as typed."""
    numbers = [number for number in range(1, MOST_CONDITIONS + 1) if data.get(f"c{number}") in CONDITIONS]
    return [read_row(data, number, CONDITIONS[str(data[f"c{number}"])]) for number in numbers]


def read_row(data: QueryDict, number: int, kind: Kind) -> dict[str, Any]:
    """Return one condition of the inputs."""
    found: dict[str, Any] = {"kind": kind.id, "not": data.get(f"c{number}not") == "not"}
    for field in kind.fields:
        name = f"c{number}{field.name}"
        found[field.name] = data.getlist(name) if field.form is Form.SOME else str(data.get(name, "")).strip()
    return found


def as_definition(match: str, conditions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what was typed as a definition to be read: words as lists, amounts in kobo."""
    return {"match": match, "conditions": [meant(each) for each in conditions]}


def meant(condition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a condition as typed with its values as they are meant; what cannot be read stays for the refusal."""
    kind, found = CONDITIONS[condition["kind"]], dict(condition)
    for field in kind.fields:
        value = found.get(field.name)
        if field.form is Form.WORDS and isinstance(value, str):
            found[field.name] = [word.strip() for word in value.split(BETWEEN) if word.strip()]
        if field.form is Form.MONEY and isinstance(value, str):
            text = value.replace(",", "").removeprefix("₦")
            found[field.name] = int(Decimal(text) * 100) if AMOUNT.fullmatch(text) else value
    return found


def change_conditions(conditions: list[dict[str, Any]], action: str) -> list[dict[str, Any]]:
    """Return the conditions after a button was pressed; nonsense changes nothing."""
    verb, _, rest = action.partition("-")
    if verb == "add" and rest in CONDITIONS and len(conditions) < MOST_CONDITIONS:
        return [*conditions, new_condition(CONDITIONS[rest])]
    place = int(rest) - 1 if rest.isdecimal() else -1
    if verb == "remove" and 0 <= place < len(conditions):
        return conditions[:place] + conditions[place + 1 :]
    return conditions


def rows_of(conditions: Sequence[Mapping[str, Any]]) -> list[ConditionRow]:
    """Return conditions as inputs."""
    return [row_of(place, each) for place, each in enumerate(conditions, 1)]


def row_of(number: int, condition: Mapping[str, Any]) -> ConditionRow:
    """Return one condition as inputs."""
    kind = CONDITIONS[condition["kind"]]
    inputs = tuple(input_of(number, field, condition.get(field.name)) for field in kind.fields)
    return ConditionRow(number, kind.id, kind.title, bool(condition.get("not")), inputs)


def input_of(number: int, field: Field, value: Any) -> Input:
    """Return one input."""
    options = EVENTS if field.form is Form.EVENT else field.choices
    chosen = value if isinstance(value, list) else [value or field.default]
    if field.form is Form.EVENT and value and value not in dict(options):
        options = (*options, (value, value))
    choices = tuple(Choice(name, title, name in chosen) for name, title in options)
    text = "" if value is None or isinstance(value, list) else str(value)
    return Input(f"c{number}{field.name}", field.title, field.form.value, text, choices, field.hint)


def match_choices(match: str) -> list[Choice]:
    """Return how conditions go together."""
    return [Choice(name, title, name == match) for name, title in MATCHES.items()]
