"""Rules of rows: names and order of columns, series of days, rows of lists, rows that a statement lists itself."""

from __future__ import annotations

from sqlglot import exp

from analytics.warehouse.rules.forms import (
    Node,
    Rule,
    call,
    is_parameter,
    is_type,
    number,
    parsed_template,
    table_of,
)

# Their own queries, so that who reads them may call the column as the table.
DAYS = """
    SELECT arrayJoin(arrayMap(
        place -> toDate(first_day) + place, range(toUInt32(greatest(dateDiff('day', first_day, last_day) + 1, 0)))
    )) AS day
"""
NUMBERS = "SELECT arrayJoin(range(toInt64(first_number), toInt64(last_number) + 1)) AS number"
ROWS = "SELECT listed FROM (SELECT arrayJoin(lists) AS listed)"


def kept_part(node: Node) -> Node:
    """Parts of a statement: what PostgreSQL is told of how to plan them."""
    if isinstance(node, exp.CTE):
        node.set("materialized", None)
    return node


def named_columns(node: Node) -> Node:
    """Columns keep their names, also those that are cast or say their table."""
    if isinstance(node, exp.Select):
        node.set("expressions", [named_column(each) for each in node.expressions])
    return node


def named_column(node: Node) -> Node:
    """Return a column of a result under its name."""
    column = node.this if isinstance(node, exp.Cast) else node
    is_plain = isinstance(column, exp.Column) and not column.is_star and not is_parameter(column)
    return exp.alias_(node, column.name) if is_plain and (node is not column or column.table) else node


def by_name(node: Node) -> Node:
    """What is ordered by a name is ordered by the result's column, before those that are read."""
    if not (isinstance(node, exp.Select) and node.args.get("order")):
        return node
    names = [each.alias_or_name for each in node.expressions]
    for each in node.args["order"].expressions:
        ordered = each.this
        if isinstance(ordered, exp.Column) and not ordered.table and ordered.name in names:
            each.set("this", number(names.index(ordered.name) + 1))
    return node


def series(node: Node) -> Node:
    """Days, or numbers, one after the other, as a table."""
    if not (isinstance(node, exp.Table) and isinstance(node.this, exp.GenerateSeries)):
        return node
    start, end, alias = node.this.args["start"], node.this.args["end"], node.args["alias"]
    if node.this.args.get("step") is not None:
        made = parsed_template(DAYS, first_day=without_cast(start), last_day=without_cast(end))
    else:
        made = parsed_template(NUMBERS, first_number=start, last_number=end)
    made.expressions[0].set("alias", exp.to_identifier(alias.columns[0].name if alias.columns else alias.name))
    return table_of(made, alias.name)


def without_cast(node: Node) -> Node:
    """Return an expression without its cast to a day, which ClickHouse would make one that may be NULL."""
    return node.this if is_type(node, exp.DataType.Type.DATE) else node


def lists_as_rows(node: Node) -> Node:
    """Several lists as the columns of a table."""
    if not (isinstance(node, exp.Unnest) and node.args.get("alias")):
        return node
    alias = node.args["alias"]
    made = parsed_template(ROWS, lists=call("arrayZip", *node.expressions))
    made.set("expressions", [exp.alias_(value, name) for name, value in places_of(alias, "listed").items()])
    return table_of(made, alias.name)


def places_of(alias: Node, row: str) -> dict[str, Node]:
    """Return the columns of a table that is made of tuples, by name."""
    return {
        each.name: call("tupleElement", exp.column(row), number(place)) for place, each in enumerate(alias.columns, 1)
    }


def listed_rows(node: Node) -> Node:
    """Rows that a statement lists itself."""
    source = node.this.args.get("from_") if isinstance(node, exp.CTE) else None
    if source is None or not isinstance(source.this, exp.Values):
        return node
    names = [each.name for each in node.args["alias"].columns]
    selects = [
        exp.select(*[exp.alias_(value, name) for name, value in zip(names, row.expressions, strict=True)])
        for row in source.this.expressions
    ]
    node.set("this", exp.union(*selects, distinct=False, copy=False) if len(selects) > 1 else selects[0])
    node.args["alias"].set("columns", None)
    return node


def rows_of_each(node: Node) -> Node:
    """Rows that are listed for each row of a table, by its columns."""
    joins: list[Node] = (isinstance(node, exp.Select) and node.args.get("joins")) or []
    for join in joins:
        values = join.this.find(exp.Values) if isinstance(join.this, exp.Lateral) else None
        if values is None:
            continue
        alias, source = join.this.args["alias"], node.args["from_"].this
        rows = exp.Array(expressions=[exp.Tuple(expressions=each.expressions) for each in values.expressions])
        inner = exp.select("*", exp.alias_(call("arrayJoin", rows), alias.name)).from_(source.copy())
        node.set("joins", [each for each in joins if each is not join])
        node.set("from_", exp.From(this=table_of(inner, source.alias_or_name)))
        return spread(node, alias.name, places_of(alias, alias.name))
    return node


def spread(select: Node, table: str, columns: dict[str, Node]) -> Node:
    """Put columns in the place of those of a table, and of all of them."""
    found: list[Node] = []
    for each in select.expressions:
        is_all = isinstance(each, exp.Column) and each.is_star and each.table == table
        found += [exp.alias_(value.copy(), name) for name, value in columns.items()] if is_all else [each]
    select.set("expressions", found)
    for column in list(select.find_all(exp.Column)):
        if column.table == table and column.name in columns:
            column.replace(columns[column.name].copy())
    return select


NAMES: tuple[Rule, ...] = (kept_part, named_columns, by_name)
ROWS_MADE: tuple[Rule, ...] = (series, lists_as_rows, listed_rows, rows_of_each)
