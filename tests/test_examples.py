"""Each field of the API shows what it looks like, and looks like what it may be."""

from __future__ import annotations

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator
from jsonschema_rs import Draft7Validator

from zuka.examples import NAMES, PARAMETERS, component_of, example_of, simple_fields

MAY_BE_NULL = {"previous"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema as the API serves it."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def test_each_field_has_an_example(schema: dict[str, Any]) -> None:
    bare = {
        f"{component}.{name}"
        for component, name, field in simple_fields(schema)
        if "example" not in field and name not in MAY_BE_NULL
    }
    assert bare == set(), "Add them to zuka/examples.py."


def test_each_example_is_what_its_field_may_be(schema: dict[str, Any]) -> None:
    wrong = {
        f"{component}.{name}: {problem.message}"
        for component, name, field in simple_fields(schema)
        if "example" in field
        for problem in Draft7Validator(field).iter_errors(field["example"])
    }
    assert wrong == set()


def test_no_example_is_left_over(schema: dict[str, Any]) -> None:
    fields = [(component_of(component), name) for component, name, _ in simple_fields(schema)]
    there = {name for _, name in fields} | {f"{component}.{name}" for component, name in fields}
    told = {
        parameter["name"]
        for path in schema["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
        if "example" in parameter
    }
    assert (set(NAMES) - there, set(PARAMETERS) - told) == (set(), set())


def test_a_component_may_have_its_own_example() -> None:
    names = [example_of(component, "name", {"type": "string"}) for component in ("Brand", "ContactRequest", "Product")]
    assert names == ["Eko Threads", "Ada Obi", "Adire maxi gown"]
