"""Every route of Zuka has an urgency, and every name in the table is a route's."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from django.urls import URLPattern, URLResolver, get_resolver

from zuka.platform.shedding.urgencies import NoUrgency, find_urgency
from zuka.urgency import URGENCIES


def routes_of(resolver: URLResolver, *, before: str = "", spaces: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the name of each route with its namespaces, its pattern where it has none."""
    for each in resolver.url_patterns:
        pattern = f"{before}{each.pattern}"
        if isinstance(each, URLPattern):
            yield ":".join((*spaces, each.name or pattern))
        elif isinstance(each, URLResolver):
            inner = (*spaces, each.namespace) if each.namespace else spaces
            yield from routes_of(each, before=pattern, spaces=inner)


ROUTES = sorted(set(routes_of(get_resolver())))


def is_placed(route: str) -> bool:
    try:
        find_urgency(URGENCIES, route)
    except NoUrgency:  # what the test tells
        return False
    return True


def test_every_route_has_an_urgency() -> None:
    assert [route for route in ROUTES if not is_placed(route)] == []


def test_every_pattern_is_of_a_route() -> None:
    patterns = [pattern for each in URGENCIES for pattern in each.routes]
    assert [pattern for pattern in patterns if not any(fnmatchcase(route, pattern) for route in ROUTES)] == []


def test_no_pattern_stands_twice() -> None:
    patterns = [pattern for each in URGENCIES for pattern in each.routes]
    assert sorted(patterns) == sorted(set(patterns))


def test_orders_and_payments_are_lost_last() -> None:
    last = {route for route in ROUTES if find_urgency(URGENCIES, route) is URGENCIES[-1]}
    assert last == {
        *("checkout", "orders", "order", "invoice", "returns", "payments", "payment", "payment-methods"),
        *("shop:checkout", "shop:thank_you", "subscription-card", "subscription-charge", "keys-validate"),
        *("webhook-paystack", "webhook-flutterwave"),
    }
