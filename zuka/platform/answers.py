"""Serializers of answers: how to read an object is worked out once a process, not again for each object.

DRF copies every field of a serializer for each answer, and asks each of them for each object where its value lies. With
24 products that was a third of the time of the request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.db.models import Manager
from rest_framework import serializers
from rest_framework.fields import Field, SkipField
from rest_framework.relations import PKOnlyObject

Step = Callable[[Any, Any], Any]


class Answer:
    """Mixed into a serializer, before DRF's class, it makes the serializer's answers quicker; they stay the same.

    Fields keep no state of an answer. Serializers inside are Answers too, and have their own `context` of the answer.
    """

    context: dict[str, Any]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return what the serializer shows of an object."""
        shown = {}
        for name, read in steps_of(type(self)):  # type: ignore[arg-type]  # mypy does not take a class for hashable
            try:
                shown[name] = read(self, instance)
            except SkipField:  # an attribute that need not be there, as in DRF
                continue
        return shown

    def part(self, kind: type[Answer]) -> Answer:
        """Return the serializer of objects inside, with this one's context; one for all of them."""
        parts: dict[type[Answer], Answer] = self.__dict__.setdefault("answer_parts", {})
        if kind not in parts:
            parts[kind] = kind(context=self.context)  # type: ignore[call-arg]  # mixed into a serializer, which takes it
        return parts[kind]


@cache
def steps_of(kind: type[Answer]) -> tuple[tuple[str, Step], ...]:
    """Return the names that a serializer shows, each with what reads it."""
    fields: dict[str, Field[Any, Any, Any, Any]] = kind().fields  # type: ignore[attr-defined]  # mixed into a serializer
    return tuple((name, step_of(field)) for name, field in fields.items() if not field.write_only)


def step_of(field: Any) -> Step:
    """Return what reads a field. Raises TypeError for a serializer inside that is no Answer."""
    if isinstance(field, serializers.SerializerMethodField):
        return lambda answer, instance: getattr(answer, field.method_name)(instance)
    if isinstance(field, serializers.ListSerializer):
        return read_many(field, kind_of(field.child))
    if isinstance(field, serializers.BaseSerializer):
        return read_one(field, kind_of(field))
    return read_plain(field)


def kind_of(serializer: Any) -> type[Answer]:
    """Return the class of a serializer inside."""
    if not isinstance(serializer, Answer):
        raise TypeError(f"{type(serializer).__name__} stands in an Answer: make it an Answer too.")
    return type(serializer)


def read_plain(field: Any) -> Step:
    """Return what reads a value; of None there is nothing to show."""
    find, show = field.get_attribute, field.to_representation

    def read(_answer: Any, instance: Any) -> Any:
        value = find(instance)
        empty = value.pk is None if isinstance(value, PKOnlyObject) else value is None
        return None if empty else show(value)

    return read


def read_one(field: Any, kind: type[Answer]) -> Step:
    """Return what reads an object inside."""
    find = field.get_attribute

    def read(answer: Answer, instance: Any) -> Any:
        value = find(instance)
        return None if value is None else answer.part(kind).to_representation(value)

    return read


def read_many(field: Any, kind: type[Answer]) -> Step:
    """Return what reads a list of objects inside."""
    find = field.get_attribute

    def read(answer: Answer, instance: Any) -> Any:
        value = find(instance)
        part = answer.part(kind)
        rows = value.all() if isinstance(value, Manager) else value
        return None if rows is None else [part.to_representation(each) for each in rows]

    return read
