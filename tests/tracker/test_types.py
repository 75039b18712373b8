"""The tracker's TypeScript types say what the registry says; `tests/sdks/test_types.py` compiles them."""

from __future__ import annotations

import re

import msgspec
import pytest
from django.test import RequestFactory

from analytics.ingest.typescript import interface_name, render_types, send_types
from analytics.registry.events import EVENT_TYPES
from analytics.registry.types import Payload

PAYLOADS = sorted({each.payload for each in EVENT_TYPES.values()}, key=lambda payload: payload.__name__)


def declared_fields(payload: type[Payload]) -> dict[str, tuple[bool, str]]:
    """Return, by name, whether a field may be left out and its TypeScript type."""
    body = render_types().split(f"interface {interface_name(payload)} {{\n")[1].split("}\n")[0]
    return {name: (bool(mark), said) for name, mark, said in re.findall(r"^  (\w+)(\??): (.+);$", body, re.MULTILINE)}


def takes(payload: type[Payload], field: msgspec.structs.FieldInfo, value: object) -> bool:
    """Say whether ingest takes a value for a field, beside what it must have."""
    kinds = [each for each in EVENT_TYPES.values() if each.payload is payload]
    musts = {
        each.encode_name: kinds[0].example.get(each.encode_name)
        for each in msgspec.structs.fields(payload)
        if each.required
    }
    try:
        msgspec.convert({**musts, field.encode_name: value}, payload, strict=False)
    except msgspec.ValidationError:  # that is the answer
        return False
    return True


def test_every_event_type_has_its_properties() -> None:
    typed = dict(re.findall(r'^  "([^"]+)": (\w+);$', render_types(), re.MULTILINE))
    assert typed == {each.name: interface_name(each.payload) for each in EVENT_TYPES.values()}


@pytest.mark.parametrize("payload", PAYLOADS, ids=interface_name)
def test_a_field_s_type_is_what_ingest_takes(payload: type[Payload]) -> None:
    fields = {each.encode_name: each for each in msgspec.structs.fields(payload)}
    declared = declared_fields(payload)
    assert {name: may_miss for name, (may_miss, _) in declared.items()} == {
        name: not each.required for name, each in fields.items()
    }
    for name, each in fields.items():
        said = set(declared[name][1].split(" | "))
        assert ("number" in said) == takes(payload, each, 3), name
        assert ("string" in said) == takes(payload, each, "3"), name
        assert ("null" in said) == takes(payload, each, None), name
        assert ("unknown" in declared[name][1]) == takes(payload, each, [{"a": 1}]), name


def test_the_types_are_served_as_text() -> None:
    answer = send_types(RequestFactory().get("/t.d.ts"))
    assert (answer.content.decode(), answer["Content-Type"]) == (render_types(), "text/plain; charset=utf-8")
