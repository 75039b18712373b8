"""What rules are made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

# A part of a statement becomes another, or stays the one it is.
Node = Any
Rule = Callable[[Node], Node]
PARAMETER = "zuka_bound_"  # what a parameter is called meanwhile: a column, which may stand anywhere
IS_NULL = "_is_null"  # after the name of a list that may be NULL: ClickHouse has lists, or nothing


def call(name: str, *arguments: Node) -> Node:
    """Return a call of a function of ClickHouse."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def parsed_template(text: str, **parts: Node) -> Node:
    """Return an expression of ClickHouse with parts put in the place of their names."""
    tree = sqlglot.parse_one(text, dialect="clickhouse")
    for column in list(tree.find_all(exp.Column)):
        if column.name in parts:
            column.replace(parts[column.name].copy())
    return tree


def text(value: str) -> Node:
    """Return a text."""
    return exp.Literal.string(value)


def number(value: float) -> Node:
    """Return a number."""
    return exp.Literal.number(value)


def is_parameter(node: object) -> bool:
    """Say whether a node is a parameter."""
    return isinstance(node, exp.Column) and node.name.startswith(PARAMETER)


def is_type(node: Node, *kinds: Any) -> bool:
    """Say whether a node casts to one of some types."""
    return isinstance(node, exp.Cast) and node.to.this in kinds


def table_of(select: Node, name: str) -> Node:
    """Return a query as a table of a name."""
    return exp.Subquery(this=select, alias=exp.TableAlias(this=exp.to_identifier(name)))
