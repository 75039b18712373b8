"""Each product's own files, and the whole table of events that becomes of them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.history.formats import FORMATS
from analytics.history.formats.countries import country_code
from analytics.history.opening import BadFile
from analytics.history.reading import recognise
from analytics.store.models import ImportedDay
from tests.history.files import PLAUSIBLE, UMAMI, bring_kept, ga4_row, lines, matomo_visit, run, write
from tests.ingest.factories import rejected, stored
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db
WHO = ("event_type", "visitor_id", "user_id", "session_id", "to_char(occurred_at, 'YYYY-MM-DD HH24:MI:SS.MS')")
WHERE = ("event_type", "page_path", "referrer_url", "utm_source", "utm_medium", "utm_campaign", "utm_term")
DEVICE = ("platform", "device_type", "os", "browser", "country", "state", "city")
WHAT = ("event_type", "product_ref", "category", "search_query", "order_ref", "value_kobo", "currency", "flags")


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORTS_ROOT = str(tmp_path)
    return tmp_path


def zipped(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def test_umamis_events(folder: Path) -> None:
    job = bring_kept(folder, "export.zip", zipped(website_event__csv=UMAMI, session__csv="a,b\n1,2\n"))
    assert (job.format, job.source) == ("umami", "shop.example")
    assert run(job) == ("done", 3, 3, 0, 0, 0)
    assert stored(*WHO) == [
        ("custom.add_to_cart", "ses-1", "ada", "vis-1", "2025-11-20 10:01:30.000"),
        ("page.viewed", "ses-1", None, "vis-1", "2025-11-20 10:00:00.000"),
        ("page.viewed", "ses-2", None, "vis-2", "2025-12-01 23:30:00.000"),
    ]
    assert stored(*WHERE) == [
        ("custom.add_to_cart", "/shoes/1", None, None, None, None, None),
        ("page.viewed", "/", None, None, None, None, None),
        ("page.viewed", "/shoes", "https://instagram.com/p/1", "ig", "social", None, None),
    ]
    assert stored(*DEVICE) == [
        ("web", "desktop", "Windows 10", "Chrome", "NG", "NG-LA", "Ikeja"),
        ("web", "desktop", "Windows 10", "Chrome", "NG", "NG-LA", "Ikeja"),
        ("web", "mobile", "iOS", "Chrome Mobile iOS", "GH", None, "Accra"),
    ]
    key = ApiKey.objects.get()
    assert (key.status, key.name) == ("revoked", "History: Umami, shop.example")
    assert stored("source_key", "message_id", "flags")[0] == (key.pk, "evt-1", 8)


def test_matomos_visits(folder: Path) -> None:
    second = matomo_visit(idVisit="68537", actionDetails=[])
    job = bring_kept(folder, "visits.json", f"[{lines(matomo_visit()).strip()},\n{lines(second).strip()}]")
    assert job.format == "matomo"
    assert run(job) == ("done", 2, 5, 0, 1, 0)
    assert stored(*WHO) == [
        (name, "0123456789abcdef", None, "1:68536", moment)
        for name, moment in [
            ("custom.play", "2025-11-20 10:00:00.000"),
            ("order.created", "2025-11-20 10:01:40.000"),
            ("page.viewed", "2025-11-20 10:00:00.000"),
            ("product.searched", "2025-11-20 10:00:00.000"),
            ("product.viewed", "2025-11-20 10:00:00.000"),
        ]
    ]
    page = ("/shoes", "https://instagram.com/p/1", None, None, "detty", "shoes")
    assert stored(*WHERE)[2] == ("page.viewed", *page)
    assert {row[1:] for row in stored(*WHERE)[3:]} == {("/shoes", None, None, None, None, None)}
    assert set(stored(*DEVICE)) == {("web", "mobile", "Android", "Chrome Mobile", "NG", "Lagos", "Ikeja")}
    assert stored(*WHAT) == [
        ("custom.play", None, "Video", None, None, None, None, 8),
        ("order.created", None, None, None, "A-100", 1_100_050, "NGN", 12),
        ("page.viewed", None, None, None, None, None, None, 8),
        ("product.searched", None, None, "red shoes", None, None, None, 8),
        ("product.viewed", "SHOE-1", "Shoes", None, None, 500_000, "NGN", 8),
    ]
    assert [row[0] for row in stored("message_id")] == [*(f"1:action:{n}" for n in (11, 12, 13, 14)), "1:order:A-100"]
    assert rejected("reason", "message") == [
        ("malformed", "The visit has no `actionDetails`: export with all details.")
    ]


def test_matomos_products_before_version_4_and_its_carts(folder: Path) -> None:
    variables = {"3": {"customVariablePageName3": "_pks", "customVariablePageValue3": "SHOE-9"}}
    cart = {"type": "ecommerceAbandonedCart", "revenue": 500, "itemDetails": [], "timestamp": 1_763_632_801}
    old = {"type": "action", "url": "https://shop.example/9", "timestamp": 1_763_632_800, "customVariables": variables}
    assert run(bring_kept(folder, "visits.ndjson", lines(matomo_visit(actionDetails=[old, cart]))))[2] == 2
    assert stored("event_type", "product_ref", "value_kobo", "message_id") == [
        ("cart.updated", None, 50_000, "1:visit:68536:1"),
        ("product.viewed", "SHOE-9", None, "1:visit:68536:0"),
    ]


def ga4_rows() -> list[dict[str, Any]]:
    items = [
        {"item_id": "SHOE-1", "item_name": "Shoe", "item_category": "Shoes", "price": 5000.0, "quantity": "2"},
        {"item_id": "BAG-1", "item_name": "(not set)", "price": 900.0, "price_in_usd": 0.6, "quantity": "1"},
    ]
    money = {"currency": {"string_value": "NGN"}}
    order = {"transaction_id": "A-100", "purchase_revenue": 10900.0}
    return [
        ga4_row(),
        ga4_row("view_item", micros=1_763_632_801_000_000, items=items, params=money, user_id="ada"),
        ga4_row("purchase", micros=1_763_632_802_000_000, items=items, params=money, ecommerce=order),
        ga4_row(micros=1_763_632_803_000_000, privacy_info={"analytics_storage": "No"}),
    ]


def check_ga4() -> None:
    assert stored(*WHO) == [
        ("order.created", "111.222", None, "111.222.1763632799", "2025-11-20 10:00:02.000"),
        ("page.viewed", "111.222", None, "111.222.1763632799", "2025-11-20 10:00:00.123"),
        ("product.viewed", "111.222", "ada", "111.222.1763632799", "2025-11-20 10:00:01.000"),
        ("product.viewed", "111.222", "ada", "111.222.1763632799", "2025-11-20 10:00:01.000"),
    ]
    assert set(stored(*WHERE[1:])) == {("/shoes", None, "ig", "social", None, None)}
    assert set(stored(*DEVICE)) == {("web", "mobile", "Android", "Chrome", "NG", "Lagos", None)}
    assert stored(*WHAT) == [
        ("order.created", None, None, None, "A-100", 1_090_000, "NGN", 12),
        ("page.viewed", None, None, None, None, None, None, 8),
        ("product.viewed", "BAG-1", None, None, None, 90_000, "NGN", 8),
        ("product.viewed", "SHOE-1", "Shoes", None, None, 500_000, "NGN", 8),
    ]


def test_googles_rows_as_json(folder: Path) -> None:
    job = bring_kept(folder, "ga4.json.gz", gzip.compress(lines(*ga4_rows()).encode()))
    assert job.format == "ga4"
    assert run(job) == ("done", 4, 4, 0, 0, 1)
    check_ga4()


def test_googles_rows_as_parquet_are_the_same_events(folder: Path) -> None:
    whole = [
        {
            **row,
            "event_timestamp": int(row["event_timestamp"]),
            "items": [{**item, "quantity": int(item["quantity"])} for item in row["items"]],
        }
        for row in ga4_rows()
    ]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([{"ecommerce": None, **row} for row in whole]), buffer)
    job = bring_kept(folder, "ga4.parquet", buffer.getvalue())
    assert job.format == "ga4"
    assert run(job) == ("done", 4, 4, 0, 0, 1)
    check_ga4()


def test_plausibles_days_are_kept_as_days(folder: Path) -> None:
    packed = zipped(
        imported_visitors_20251001_20251003__csv=PLAUSIBLE, imported_pages_20251001_20251003__csv="a,b\n1,2\n"
    )
    job = bring_kept(folder, "shop_example_20251101.zip", packed)
    assert (job.format, run(job)) == ("plausible", ("done", 3, 3, 0, 0, 0))
    assert stored("id") == []
    columns = ("day", "source", "visitors", "visits", "pageviews", "bounces", "visit_seconds")
    assert list(ImportedDay.objects.order_by("day").values_list(*columns)) == [
        (date(2025, 10, 1), "shop.example", 120, 150, 340, 60, 9000),
        (date(2025, 10, 2), "shop.example", 0, 0, 0, 0, 0),
        (date(2025, 10, 3), "shop.example", 80, 90, 200, 40, 5400),
    ]
    later = PLAUSIBLE.replace("80,200", "81,200") + '"2025-10-04",x,1,1,1,1\n"2030-01-01",1,1,1,1,1\n'
    assert run(bring_kept(folder, "imported_visitors.csv", later)) == ("done", 5, 1, 2, 2, 0)
    assert ImportedDay.objects.get(day=date(2025, 10, 3)).visitors == 81
    assert rejected("message") == [
        ("2030-01-01 is no day of history.",),
        ("visitors must be a whole number, not 'x'.",),
    ]


def test_our_own_lines_and_rows(folder: Path) -> None:
    line = {
        "type": "product.viewed",
        "visitor_id": "ada",
        "session_id": "s1",
        "occurred_at": "2025-11-20T10:00:00Z",
        "sent_at": "2025-11-20T10:00:01Z",
        "page_path": "/shoes",
        "properties": {"product_id": "SHOE-1", "price": "5000"},
    }
    assert run(bring_kept(folder, "events.ndjson", lines(line))) == ("done", 1, 1, 0, 0, 0)
    table = (
        "event_type;occurred_at;visitor_id;page_path;product_id;value;properties.colour;properties\n"
        'Product Viewed;2025-11-20T11:00:00+01:00;bola;/bags;BAG-1;1,500.50;red;"{""size"": ""L""}"\n'
    )
    assert run(bring_kept(folder, "events.csv", table)) == ("done", 1, 1, 0, 0, 0)
    assert stored(*WHO) == [
        ("product.viewed", "ada", None, "s1", "2025-11-20 10:00:00.000"),
        ("product.viewed", "bola", None, None, "2025-11-20 10:00:00.000"),
    ]
    assert stored("visitor_id", "page_path", "product_ref", "value_kobo") == [
        ("ada", "/shoes", "SHOE-1", 500_000),
        ("bola", "/bags", "BAG-1", 150_050),
    ]
    assert [json.loads(row[0]) for row in stored("properties")] == [
        {"price": "5000", "product_id": "SHOE-1"},
        {"size": "L", "value": "1500.50", "colour": "red", "product_id": "BAG-1"},
    ]


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
def test_every_format_says_what_an_owner_must_know(format_: Any) -> None:
    assert format_.get
    assert format_.kept.endswith(".")
    assert format_.lost.endswith(".")
    assert format_.facts.startswith("https://")
    assert bool(format_.read) != bool(format_.read_day)


def test_what_is_no_history_is_refused_with_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"no file of Umami.*Its first row has colour, size\."):
        recognise(write(tmp_path, "a.csv", "size,colour\n1,red\n"))
    with pytest.raises(BadFile, match="The file is empty"):
        recognise(write(tmp_path, "b.csv", ""))
    with pytest.raises(BadFile, match="must name the columns"):
        recognise(write(tmp_path, "c.csv", "hello\nworld\n"))
    with pytest.raises(BadFile, match="no file of Umami"):
        recognise(write(tmp_path, "d.zip", zipped(readme__md="hello\n")))


def test_countries_by_name() -> None:
    names = ["Nigeria", "United Kingdom", "Côte d’Ivoire", "Czechia", "ng", "(not set)", "Atlantis"]
    assert [country_code(name) for name in names] == ["NG", "GB", "CI", "CZ", "NG", "", ""]
