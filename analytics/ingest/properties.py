"""Reading properties: many vocabularies' names become one, amounts become kobo, depth and size are bounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from analytics.ingest.received import Rejection
from analytics.ingest.redaction import redact_text
from analytics.registry.naming import AMOUNTS
from analytics.registry.types import Reason

# What others call it → what Zuka calls it. The canonical name wins when both are there.
ALIASES: dict[str, str] = {
    "productId": "product_id",
    "item_id": "product_id",
    "orderId": "order_id",
    "transaction_id": "order_id",
    "ec_id": "order_id",
    "qty": "quantity",
    "search_term": "query",
    "search": "query",
    "terms": "query",
    "results_count": "results",
    "totalResults": "results",
    "search_count": "results",
    "coupon_id": "coupon",
    "items": "products",
    "ec_items": "products",
    "groupId": "group_id",
    "previousId": "previous_id",
}
ALIAS_NAMES = frozenset(ALIASES)
LAST_RESORT = ("sku", "id")
LARGEST_KOBO = 9_000_000_000_000_000
MAX_DEPTH = 20
MAX_KEYS = 255


def canonical_facts(properties: dict[str, Any]) -> dict[str, Any]:
    """Return properties with canonical names beside the client's. The same dict when there is nothing to rename."""
    found = ALIAS_NAMES.intersection(properties)
    is_canonical = not found and type(properties.get("product_id")) is str
    if is_canonical and type(properties.get("order_id")) is not int and type(properties.get("price")) is not str:
        return properties
    facts = dict(properties)
    for key in sorted(found):
        facts.setdefault(ALIASES[key], properties[key])
    if "product_id" not in facts and (sent := [key for key in LAST_RESORT if properties.get(key) is not None]):
        facts["product_id"] = properties[sent[0]]
    if isinstance(facts.get("query"), list):
        # One by one, as they are kept: side by side, "+234 803 123 4567" and "12" would be one longer number.
        terms = (str(term) for term in facts["query"] if isinstance(term, (str, int, float)))
        facts["query"] = " ".join(redact_text(term) for term in terms)
    return readable_values(facts)


def readable_values(facts: dict[str, Any]) -> dict[str, Any]:
    """Return facts with ids as text, and amounts without the commas that some write: "1,234.50"."""
    for key in ("product_id", "order_id"):
        if type(facts.get(key)) is int:
            facts[key] = str(facts[key])
    for key in AMOUNTS.intersection(facts):
        if type(facts[key]) is str:
            facts[key] = facts[key].replace(",", "").strip()
    return facts


def to_kobo(value: Any, *, field: str) -> int:
    """Return an amount of naira, a number or its text, in kobo (half to even). Rejects what is no amount."""
    if type(value) is int and -LARGEST_KOBO <= value * 100 <= LARGEST_KOBO:
        return value * 100
    try:
        kobo = (Decimal(str(value).strip().replace(",", "")) * 100).to_integral_value()
    except ArithmeticError:  # no number at all, or one with a million digits
        kobo = Decimal("NaN")
    if not kobo.is_finite() or abs(kobo) > LARGEST_KOBO:
        raise Rejection(Reason.INVALID_PROPERTY, f"{field} is not an amount of money: {str(value)[:40]!r}.", field)
    return int(kobo)


def amount_kobo(facts: Mapping[str, Any], names: Iterable[str]) -> int | None:
    """Return the first amount among `names` in kobo: `value_kobo` as it is, then naira; else price × quantity."""
    if (given := whole_number(facts.get("value_kobo"))) is not None:
        return within_bounds(given, field="value_kobo")
    for name in names:
        if (value := facts.get(name)) is not None:
            return to_kobo(value, field=name)
    if (price := facts.get("price")) is None:
        return None
    kobo = to_kobo(price, field="price") * max(whole(facts.get("quantity")) or 1, 1)
    return within_bounds(kobo, field="price")


def within_bounds(kobo: int, *, field: str) -> int:
    """Return an amount that a table can hold. Rejects one beyond 90 trillion naira."""
    if abs(kobo) > LARGEST_KOBO:
        raise Rejection(Reason.INVALID_PROPERTY, f"{field} is more than an amount may be.", field)
    return kobo


def whole(value: Any) -> int | None:
    """Return a count, a number or its text, as int; None when absent, not whole or too large for its column."""
    number = whole_number(value)
    return number if number is not None and abs(number) < 2**31 else None


def whole_number(value: Any) -> int | None:
    """Return a whole number or its text ("2", "2.0") as int; None for anything else."""
    if type(value) is int:
        return value
    if not isinstance(value, (str, float)):
        return None
    try:
        number = Decimal(value)
    except ArithmeticError:  # not a number: whoever asked says so
        return None
    return (
        int(number) if number.is_finite() and number.adjusted() < 40 and number == number.to_integral_value() else None
    )


def check_shape(value: Any, *, depth: int = 1) -> None:
    """Reject JSON nested deeper than 20 or with more than 255 keys in one object."""
    if depth > MAX_DEPTH:
        raise Rejection(Reason.TOO_DEEP, f"Properties are nested deeper than {MAX_DEPTH} levels.", "properties")
    if isinstance(value, dict):
        if len(value) > MAX_KEYS:
            raise Rejection(Reason.TOO_LARGE, f"An object has more than {MAX_KEYS} keys.", "properties")
        children: Iterable[Any] = value.values()
    else:
        children = value
    for child in children:
        if type(child) is dict or type(child) is list:
            check_shape(child, depth=depth + 1)


def text_or_none(value: Any, limit: int = 8192) -> str | None:
    """Return a value as text, cut to a limit; None for empty text, objects and lists."""
    if isinstance(value, str):
        return value.strip()[:limit] or None
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    return str(value)[:limit]
