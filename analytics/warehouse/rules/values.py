"""Rules of values: parameters, casts, rounding, texts, JSON, lists, time."""

from __future__ import annotations

from django.conf import settings
from sqlglot import exp

from analytics.warehouse.rules.forms import (
    IS_NULL,
    PARAMETER,
    Node,
    Rule,
    call,
    is_parameter,
    is_type,
    number,
    parsed_template,
    text,
)

Type = exp.DataType.Type
# Of texts that are not ASCII: PostgreSQL counts characters, and knows their small letters.
CHARACTERS: dict[type, str] = {exp.Lower: "lowerUTF8", exp.Upper: "upperUTF8", exp.Length: "lengthUTF8"}
JSON_TEXT = """
    if(
        toString(JSONType(document, key)) = 'String', JSONExtractString(document, key),
        nullIf(nullIf(JSONExtractRaw(document, key), ''), 'null')
    )
"""
KEY_OF = {"user_id": "user_key", "visitor_id": "visitor_key"}
# Where a ratio has nothing below it, a number stands behind its NULL that no whole one can be made of.
HALF_UP = "accurateCastOrNull(sign(amount) * floor(abs(amount) + 0.5), 'Int64')"


def parameter(node: Node) -> Node:
    """Parameters, by names that nothing else has."""
    return exp.column(f"{PARAMETER}{node.name}") if isinstance(node, exp.Placeholder) else node


def cast(node: Node) -> Node:
    """Casts: UUIDs are texts there, numerics floats; what a parameter is it says itself."""
    if isinstance(node, exp.Cast) and is_parameter(node.this):
        return node.this
    if is_type(node, Type.UUID):
        return call("toString", call("toUUIDOrNull", node.this))
    return exp.cast(node.this, Type.DOUBLE) if is_type(node, Type.DECIMAL) else node


def is_nothing(node: Node) -> Node:
    """Whether a parameter was given."""
    if isinstance(node, exp.Is) and is_parameter(node.this) and isinstance(node.expression, exp.Null):
        return exp.column(f"{node.this.name}{IS_NULL}")
    return node


def rounded(node: Node) -> Node:
    """Rounding to whole numbers: ClickHouse takes a half to the even number, PostgreSQL away from zero."""
    is_whole = isinstance(node, exp.Round) and not node.args.get("decimals")
    return parsed_template(HALF_UP, amount=node.this) if is_whole else node


def of_characters(node: Node) -> Node:
    """Functions that count or change characters."""
    if name := CHARACTERS.get(type(node)):
        return call(name, node.this)
    return call("leftUTF8", node.this, node.expression) if isinstance(node, exp.Left) else node


def replaced(node: Node) -> Node:
    """Replacing by a regular expression, once or everywhere."""
    if not isinstance(node, exp.RegexpReplace):
        return node
    modifiers: Node = node.args.get("modifiers")
    is_everywhere = modifiers is not None and "g" in modifiers.name
    name = "replaceRegexpAll" if is_everywhere else "replaceRegexpOne"
    return call(name, node.this, node.expression, node.args["replacement"])


def found_part(node: Node) -> Node:
    """The part of a text that an expression finds, NULL where it finds none; or that of so many characters."""
    if not isinstance(node, exp.Substring):
        return node
    start, length = node.args["start"], node.args.get("length")
    if not start.is_string:
        return call("substringUTF8", node.this, start, *([length] if length is not None else []))
    return call("nullIf", call("regexpExtract", node.this, start, number(int("(" in start.name))), text(""))


def joined_words(node: Node) -> Node:
    """Texts with something between them, without those that are not there."""
    if not isinstance(node, exp.ConcatWs):
        return node
    between, *words = node.expressions
    return call("arrayStringConcat", exp.Array(expressions=[exp.cast(each, Type.TEXT) for each in words]), between)


def different_words(node: Node) -> Node:
    """Different texts with something between them: PostgreSQL sorts to find them."""
    if isinstance(node, exp.GroupConcat) and isinstance(node.this, exp.Distinct):
        return call(
            "arrayStringConcat",
            call("arraySort", call("groupUniqArray", *node.this.expressions)),
            node.args["separator"],
        )
    return node


def json_text(node: Node) -> Node:
    """The text of a value in JSON: that of a string, else how it is written; NULL where there is none."""
    if not isinstance(node, exp.JSONExtractScalar):
        return node
    path = list(node.expression.find_all(exp.JSONPathKey))
    key = node.expression if is_parameter(node.expression) else text(path[0].this if path else node.expression.name)
    return parsed_template(JSON_TEXT, document=node.this, key=key)


def among(node: Node) -> Node:
    """Being none of a list."""
    others = node.expression if isinstance(node, exp.NEQ) else None
    if isinstance(others, exp.Anonymous) and others.name.upper() == "ALL":
        return exp.Not(this=call("has", others.expressions[0], node.this))
    return node


def split(node: Node) -> Node:
    """Parts of a text."""
    return call("splitByString", node.expression, node.this) if isinstance(node, exp.StringToArray) else node


def bits(node: Node) -> Node:
    """Bits that both have."""
    return call("bitAnd", node.this, node.expression) if isinstance(node, exp.BitwiseAnd) else node


def local_day(node: Node) -> Node:
    """The shop's day of a moment."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "zuka_local_day":
        return call("toDate", node.expressions[0], text(settings.TIME_ZONE))
    return node


def so_many(node: Node) -> Node:
    """A stretch of time so many times."""
    if isinstance(node, exp.Mul) and isinstance(node.this, exp.Interval):
        unit = node.this.args["unit"].name.removesuffix("S").capitalize()
        return call(f"toInterval{unit}", exp.Mul(this=number(int(node.this.name)), expression=node.expression))
    return node


def within(node: Node) -> Node:
    """Being apart by less than a stretch of time: what is later than the one and the stretch."""
    if isinstance(node, exp.LT) and isinstance(node.this, exp.Sub) and isinstance(node.expression, exp.Interval):
        later, earlier = node.this.this, node.this.expression
        return exp.LT(this=later, expression=exp.Add(this=earlier, expression=node.expression))
    return node


def known_by_key(node: Node) -> Node:
    """The hash of an id, which comes along with it: `tables.KEYS`."""
    if not (isinstance(node, exp.Anonymous) and node.name.lower() == "hashtextextended"):
        return node
    hashed: Node = exp.paren(node.expressions[0], copy=False)
    for column in list(hashed.find_all(exp.Column)):
        if key := KEY_OF.get(column.name):
            column.replace(exp.column(key, table=column.table or None))
    return hashed


def is_so(node: Node) -> Node:
    """Whether something is true, and not unknown."""
    is_asked = isinstance(node, exp.Is) and isinstance(node.expression, exp.Boolean) and node.expression.this
    return call("ifNull", node.this, exp.false()) if is_asked else node


def squared(node: Node) -> Node:
    """Sums of squares, which are larger than a bigint: PostgreSQL has a numeric of them."""
    if isinstance(node, exp.Mul) and node.this == node.expression and isinstance(node.parent, exp.Sum):
        return exp.Mul(this=call("toInt128", node.this), expression=node.expression)
    return node


def beside(node: Node) -> Node:
    """What the row before or after has: beyond the first and last it is NULL, not the least of its kind."""
    if isinstance(node, (exp.Lag, exp.Lead)):
        node.set("this", call("toNullable", node.this))
    return node


def of_one_kind(node: Node) -> Node:
    """Choices of which one is a ratio are all floats."""
    if isinstance(node, exp.Case) and node.find(exp.Div):
        for each in node.args["ifs"]:
            each.set("true", call("toFloat64", each.args["true"]))
        if node.args.get("default") is not None:
            node.set("default", call("toFloat64", node.args["default"]))
    return node


VALUES: tuple[Rule, ...] = (
    so_many,
    within,
    beside,
    bits,
    split,
    found_part,
    rounded,
    of_characters,
    replaced,
    json_text,
    among,
    local_day,
    known_by_key,
    is_so,
    squared,
    joined_words,
    different_words,
    of_one_kind,
)
