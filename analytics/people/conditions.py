"""A segment's definition, read and said in words: what is stored is only what was read here.

`{"match": "all", "conditions": [{"kind": "lead", "not": false, "values": ["hot"]}]}`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from analytics.registry.funnels import FILTER_COLUMNS, PROPERTY, event_title
from analytics.registry.segments.conditions import (
    CHANNEL_NAMES,
    CONDITIONS,
    LONGEST_VALUE,
    MATCHES,
    MOST_CONDITIONS,
    MOST_VALUES,
    Field,
    Form,
    Kind,
)
from zuka.platform.money import format_money

EVENT_NAME = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)+")
LEFT_OUT = re.compile(r"\[([^\]]*)\]")


class DefinitionError(ValueError):
    """A definition that cannot be read: `field` says where, like `2. times`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition with the values of its fields: words as lists, amounts in kobo, what was left empty as None."""

    kind: Kind
    is_denied: bool
    values: Mapping[str, Any]

    @property
    def stored(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"kind": self.kind.id, "not": self.is_denied, **self.values}


@dataclass(frozen=True, slots=True)
class Definition:
    """Conditions, all of which must hold, or any."""

    match: str
    conditions: tuple[Condition, ...]

    @property
    def stored(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"match": self.match, "conditions": [each.stored for each in self.conditions]}


def read_definition(data: Any) -> Definition:
    """Return the definition that JSON holds. Raises DefinitionError, which names the field and the fix."""
    if not isinstance(data, dict) or not isinstance(data.get("conditions"), list):
        raise DefinitionError("definition", 'Write it as {"match": "all", "conditions": [ … ]}.')
    match, found = data.get("match", "all"), data["conditions"]
    if match not in MATCHES:
        raise DefinitionError("match", f"match must be one of {', '.join(MATCHES)}.")
    if not 1 <= len(found) <= MOST_CONDITIONS:
        raise DefinitionError("conditions", f"A segment has 1 to {MOST_CONDITIONS} conditions; add or remove some.")
    return Definition(match, tuple(read_condition(place, each) for place, each in enumerate(found, 1)))


def read_condition(place: int, data: Any) -> Condition:
    """Return one condition. Raises DefinitionError."""
    kind = CONDITIONS.get(data.get("kind", "")) if isinstance(data, dict) else None
    if kind is None:
        raise DefinitionError(f"{place}. kind", f"A condition's kind is one of {', '.join(CONDITIONS)}.")
    unknown = sorted(data.keys() - {"kind", "not"} - {each.name for each in kind.fields})
    if unknown:
        known = ", ".join(each.name for each in kind.fields)
        raise DefinitionError(f"{place}. {unknown[0]}", f"{kind.title} has no {unknown[0]!r}; it has {known}.")
    values = {each.name: read_field(f"{place}. {each.title}", each, data.get(each.name)) for each in kind.fields}
    check_condition(place, kind, values)
    return Condition(kind, bool(data.get("not", False)), values)


def read_field(where: str, field: Field, value: Any) -> Any:
    """Return the value of a field. Raises DefinitionError."""
    if value is None or value in ("", []):
        if field.may_be_empty:
            return None
        if not field.default or field.form is Form.MONEY:
            raise DefinitionError(where, "Say which; it cannot be left empty.")
        value = field.default
    return READERS[field.form](where, field, value)


def read_choice(where: str, field: Field, value: Any) -> str:
    """Return one of a field's choices."""
    known = [name for name, _ in field.choices]
    if value not in known:
        raise DefinitionError(where, f"Choose one of {', '.join(known)}.")
    return str(value)


def read_some(where: str, field: Field, value: Any) -> list[str]:
    """Return some of a field's choices."""
    if not isinstance(value, list):
        raise DefinitionError(where, "Write a list.")
    return list(dict.fromkeys(read_choice(where, field, each) for each in value))


def read_words(where: str, _field: Field, value: Any) -> list[str]:
    """Return some words."""
    words = [read_word(where, _field, each) for each in value] if isinstance(value, list) else []
    if not 1 <= len(words) <= MOST_VALUES:
        raise DefinitionError(where, f"Write a list of 1 to {MOST_VALUES} values.")
    return list(dict.fromkeys(words))


def read_word(where: str, _field: Field, value: Any) -> str:
    """Return a word."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_VALUE or not value.isprintable():
        raise DefinitionError(where, f"Write some text of {LONGEST_VALUE} characters at most.")
    return value.strip()


def read_number(where: str, field: Field, value: Any) -> int:
    """Return a whole number; an amount is one of kobo."""
    text = str(value) if isinstance(value, (int, str)) and not isinstance(value, bool) else ""
    if not text.isascii() or not text.isdecimal() or len(text) > 18 or not field.least <= int(text) <= field.most:
        raise DefinitionError(where, f"Write a whole number from {field.least:,} to {field.most:,}.")
    return int(text)


def read_money(where: str, field: Field, value: Any) -> int:
    """Return an amount in kobo."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= field.most * 100:
        raise DefinitionError(where, f"Write an amount from 0 to {format_money(field.most * 100)}.")
    return value


def read_event(where: str, _field: Field, value: Any) -> str:
    """Return an event's type."""
    if not isinstance(value, str) or not EVENT_NAME.fullmatch(value) or len(value) > LONGEST_VALUE:
        raise DefinitionError(where, "Write an event type like product.viewed.")
    return value


READERS = {
    Form.CHOICE: read_choice,
    Form.SOME: read_some,
    Form.WORDS: read_words,
    Form.WORD: read_word,
    Form.NUMBER: read_number,
    Form.MONEY: read_money,
    Form.EVENT: read_event,
}


def check_condition(place: int, kind: Kind, values: Mapping[str, Any]) -> None:
    """Raise DefinitionError where fields do not go together."""
    if {"least", "most"} <= values.keys():
        least, most = values["least"], values["most"]
        if least is None and most is None:
            raise DefinitionError(f"{place}. at least", "Say how much at least, or how much at most.")
        if least is not None and most is not None and least > most:
            raise DefinitionError(f"{place}. at most", "At most must not be less than at least.")
    if kind.id == "did":
        field = values["field"]
        if field and field not in FILTER_COLUMNS and not (field.startswith(PROPERTY) and field != PROPERTY):
            known = ", ".join(FILTER_COLUMNS)
            raise DefinitionError(f"{place}. where", f"There is no {field!r}; there are {known} and properties.<name>.")
        if bool(field) != bool(values["value"]):
            raise DefinitionError(f"{place}. value", "Say both where and which value, or neither.")
    if kind.id == "visited" and values["by"] == "channel":
        names = set(CHANNEL_NAMES.values())
        for word in values["values"]:
            if word.lower() not in CHANNEL_NAMES and word.lower() not in names:
                raise DefinitionError(f"{place}. is", f"{word!r} is no channel; there are {', '.join(sorted(names))}.")


def say_definition(definition: Definition) -> str:
    """Return a definition in words, a sentence."""
    between = " and " if definition.match == "all" else " or "
    text = between.join(map(say_condition, definition.conditions))
    return f"{text[:1].upper()}{text[1:]}."


def say_condition(condition: Condition) -> str:
    """Return a condition in words."""
    words = condition.kind.denied if condition.is_denied else condition.kind.words
    empty = {name for name, value in condition.values.items() if value is None}
    shown = LEFT_OUT.sub(lambda part: "" if any(f"{{{name}}}" in part[1] for name in empty) else part[1], words)
    said = {each.name: say_value(each, condition.values[each.name]) for each in condition.kind.fields}
    return shown.format_map(said)


def say_value(field: Field, value: Any) -> str:
    """Return the value of a field in words."""
    return "" if value is None else SAYERS[field.form](field, value)


def say_choice(field: Field, value: str) -> str:
    """Return a choice as it stands within a sentence."""
    return SAID.get(value) or dict(field.choices)[value].lower()


def say_number(field: Field, value: int) -> str:
    """Return a number with what it counts."""
    unit = UNITS.get(field.name, "")
    return f"{value:,}{unit}{'s' if unit and value != 1 else ''}"


def say_word(_field: Field, value: str) -> str:
    """Return a word; a column of an event as pages call it."""
    return FILTER_COLUMNS.get(value) or value.removeprefix(PROPERTY)


UNITS = {"days": " day", "times": " time", "pieces": " piece"}
SAID = {"within": "within the last", "before": "longer ago than"}
SAYERS: dict[Form, Callable[[Field, Any], str]] = {
    Form.CHOICE: say_choice,
    Form.SOME: lambda _field, value: " or ".join(value),
    Form.WORDS: lambda _field, value: " or ".join(value),
    Form.WORD: say_word,
    Form.NUMBER: say_number,
    Form.MONEY: lambda _field, value: format_money(value),
    Form.EVENT: lambda _field, value: event_title(value),
}
