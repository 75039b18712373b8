"""A report's statement in ClickHouse's words, made of the one in PostgreSQL's: one place says what a figure is.

Most of it is the translator's own work; `rules/` has where that would give another figure, or none. What cannot be
said so has a file of the same name in `store/sql/clickhouse/reports/`. `tests/warehouse/test_parity.py` compares every
report cell by cell.
"""

from __future__ import annotations

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp

from analytics.warehouse.naming import LookedUp, looked_up
from analytics.warehouse.rules.forms import PARAMETER, Node, Rule
from analytics.warehouse.rules.rows import NAMES, ROWS_MADE
from analytics.warehouse.rules.values import VALUES, cast, is_nothing, parameter

RULES: tuple[Rule, ...] = (parameter, cast, is_nothing, *NAMES, *ROWS_MADE, *VALUES)
FILLED = re.compile(rf"{PARAMETER}(\w+)")
KEPT = 512  # statements; those that are put together for a question are many


@lru_cache(maxsize=KEPT)
def parsed(statement: str) -> tuple[Node, tuple[LookedUp, ...]]:
    """Return a statement as psycopg takes it, and the columns that are looked up in PostgreSQL by what it returns."""
    tree: Node = sqlglot.parse_one(statement.replace("%%", "%"), dialect="postgres")
    return tree, looked_up(tree)


def apply(rule: Rule, tree: Node) -> Node:
    """Apply a rule to every part of a statement, to the inner ones first."""
    for node in reversed(list(tree.bfs())):
        changed = rule(node)
        if changed is node:
            continue
        if node is tree:
            tree = changed
        else:
            node.replace(changed)
    return tree


@lru_cache(maxsize=KEPT)
def translate(statement: str) -> str:
    """Return a statement of PostgreSQL in ClickHouse's words; parameters stand as `{name: }` in it."""
    tree = parsed(statement)[0].copy()
    for rule in RULES:
        tree = apply(rule, tree)
    return FILLED.sub(r"{\1: }", tree.sql(dialect="clickhouse", comments=False))


def names_of(statement: str) -> tuple[str, ...]:
    """Return the names of the columns that a statement of PostgreSQL returns."""
    return tuple(parsed(statement)[0].named_selects)


@lru_cache(maxsize=KEPT)
def tables_read(statement: str) -> frozenset[str]:
    """Return the tables and views that a statement of PostgreSQL reads, its own parts left out."""
    tree = parsed(statement)[0]
    own = {each.alias for each in tree.find_all(exp.CTE)}
    return frozenset({each.name for each in tree.find_all(exp.Table) if each.name} - own)
