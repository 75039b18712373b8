"""What became of filled carts, as whole tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.ask import ask
from commerce.cart.models import Cart, CartLine, CartReminder
from commerce.cart.services import abandon_idle_carts
from tests.commerce.cart.leaving import HOUR, LEFT, fill
from tests.commerce.factories import NOON, UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)
DAYS = {"from": "2026-03-09", "to": "2026-03-10", "compare": "none"}


@pytest.fixture(autouse=True)
def carts() -> None:
    """One ordered, two left of which one is ordered after a mail, one in use; an empty one, and a test account's."""
    ordered, _ = fill()
    back, _ = fill(quantity=3)
    fill(quantity=5, product__public_id="gown", product__name="Gown")
    emptied, _ = fill()
    CartLine.objects.filter(cart=emptied).delete()
    fill(UserFactory.create(is_test=True))
    fill(UserFactory.create(is_staff=True))
    Cart.objects.filter(pk=ordered.pk).update(status="converted", converted_at=NOON)
    abandon_idle_carts(at=LEFT)
    CartReminder.objects.update_or_create(cart=back, defaults={"sent_at": NOON + 3 * HOUR})
    moment = NOON + 4 * HOUR
    Cart.objects.filter(pk=back.pk).update(status="converted", converted_at=moment, last_active_at=moment)
    fill(at=NOON + timedelta(minutes=30))


def test_carts_are_ordered_in_use_or_left() -> None:
    table = ask("cart_abandonment", **DAYS)

    # Carts, ordered, in use, left, share and kobo of those; reminded, recovered, share and kobo of those.
    assert table.rows == [
        (DAY - timedelta(days=1), 0, 0, 0, 0, None, 0, 0, 0, None, 0),
        (DAY, 4, 2, 1, 1, 0.25, 1_000_000, 1, 1, 1.0, 600_000),
    ]
    assert tuple(table.totals.values()) == table.rows[1][1:]


def test_the_products_in_them_are_listed_by_value() -> None:
    table = ask("abandoned_products", **DAYS)
    assert table.rows == [("gown", "Gown", 1, 5, 1_000_000, 1.0)]
    assert table.totals == {"carts": 1, "units": 5, "value_kobo": 1_000_000}
