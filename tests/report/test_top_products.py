"""The week's top products, which are read from a materialized view: nothing shows there before its refresh."""

from __future__ import annotations

from datetime import timedelta

import pytest

from analytics.ask import ask
from analytics.report.scope import Scope
from analytics.rollup.fill import fill_dirty
from analytics.rollup.refresh import refresh_views
from analytics.store.models import RefreshRun
from commerce.catalog.models import Brand, Product
from tests.rollup.story import event, make_product, place
from zuka.platform import clock

pytestmark = pytest.mark.django_db(transaction=True)


def test_top_products_come_from_the_refreshed_view() -> None:
    now = clock.now()
    make_product("gown", "Ankara gown")
    event("product.viewed", now, visitor_id="ada", product_ref="gown")
    place("gown", now, quantity=2)
    place("cap", now, currency="USD")
    fill_dirty()
    assert ask("top_products").rows == []
    refresh_views(at=clock.now() - timedelta(minutes=1))
    table = ask("top_products")
    assert table.rows == [("gown", "Ankara gown", 2, 1, 1_000_000)]
    assert table.as_of == max(run.started_at for run in RefreshRun.objects.all())


def test_top_products_of_a_brand_come_from_the_shared_view() -> None:
    now = clock.now()
    for ref in ("gown", "coat"):
        brand = Brand.objects.create(slug=ref, name=ref)
        Product.objects.filter(pk=make_product(ref, ref).pk).update(brand=brand)
        place(ref, now)
    fill_dirty()
    refresh_views(at=now)

    tables = [ask("top_products", Scope((brand.pk,))) for brand in Brand.objects.filter(slug__in=["gown", "coat"])]
    assert [([row[0] for row in each.rows], each.totals["sold_last_7d"]) for each in tables] == [
        (["coat"], 1),
        (["gown"], 1),
    ]
