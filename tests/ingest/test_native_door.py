import gzip
import json
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from analytics.registry.types import Flag
from tests.ingest.factories import counts, make_key, moment, page_view, send, stored

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_column_is_filled_from_one_full_event():
    at = datetime.now(UTC).replace(microsecond=123000) - timedelta(minutes=3)
    event = {
        "type": "Product Viewed",
        "user_id": "u1",
        "visitor_id": "ada",
        "session_id": "s1",
        "message_id": "m1",
        "occurred_at": at.isoformat(),
        "sent_at": at.isoformat(),
        "platform": "Android",
        "properties": {"product_id": "p1", "price": "5500.50", "qty": 2, "category": "Dresses", "currency": "ngn"},
        "context": {
            "page": {
                "url": "https://shop.example/p?utm_source=ig&gclid=abc",
                "path": "/p",
                "referrer": "https://ig.com",
            },
            "campaign": {"name": "december", "medium": "social", "term": "gown", "content": "red"},
            "device": {"type": "phone"},
            "os": {"name": "Android"},
            "browser": "Chrome",
            "location": {"country": "ng", "region": "Lagos", "city": "Ikeja"},
        },
    }
    assert counts(send(event, key=make_key())) == (1, 0, 0)
    columns = (
        "event_type, source_name, occurred_at, sent_at, user_id, visitor_id, session_id, platform, device_type, os,"
        "browser, country, state, city, page_path, screen_name, referrer_url, utm_source, utm_medium, utm_campaign,"
        "utm_term, utm_content, click_id, product_ref, category, search_query, value_kobo, currency, quantity,"
        "order_ref, message_id, ip, flags"
    )
    expected: tuple[Any, ...] = (
        "product.viewed",
        "Product Viewed",
        at,
        at,
        "u1",
        "ada",
        "s1",
        "android",
        "mobile",
        "Android",
    )
    expected += ("Chrome", "NG", "Lagos", "Ikeja", "/p", None, "https://ig.com", "ig", "social", "december")
    expected += ("gown", "red", "gclid:abc", "p1", "Dresses", None, 550_050, "NGN", 2, None, "m1", "127.0.0.0", 0)
    assert stored(columns) == [expected]


@pytest.mark.parametrize(
    "body",
    [
        page_view(),
        [page_view()],
        {"events": [page_view()], "sent_at": moment(seconds=1)},
        {"event_type": "page_viewed", "anonymous_id": "ada", "data": {}, "event_timestamp": moment(seconds=5)},
    ],
    ids=["one", "list", "envelope", "the source document's names"],
)
def test_one_event_a_list_or_an_envelope_are_taken(body):
    assert counts(send(body, key=make_key())) == (1, 0, 0)
    assert stored("event_type", "visitor_id") == [("page.viewed", "ada")]


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"])
def test_any_content_type_and_either_slash_are_taken(slash, kind):
    answer = send(page_view(), key=make_key(), path=f"/api/v1/events{slash}", content_type=kind)
    assert counts(answer) == (1, 0, 0)


@pytest.mark.parametrize(
    ("pack", "headers"),
    [
        (gzip.compress, {"Content-Encoding": "gzip"}),
        (gzip.compress, {}),
        (zlib.compress, {"Content-Encoding": "deflate"}),
        (bytes, {"Content-Encoding": "gzip"}),
    ],
    ids=["gzip", "gzip unannounced", "deflate", "announced but plain"],
)
def test_compressed_bodies_are_taken_by_header_or_first_bytes(pack, headers):
    body = pack(json.dumps(page_view()).encode())
    assert counts(send(body, key=make_key(), **headers)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (gzip.compress(b"0" * 50_000_000), {"Content-Encoding": "gzip"}, 413),
        (gzip.compress(b"{}")[:-9], {"Content-Encoding": "gzip"}, 400),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (b"not zlib", {"Content-Encoding": "deflate"}, 400),
    ],
    ids=["bomb", "truncated", "unknown encoding", "not compressed"],
)
def test_bad_compression_is_an_error_that_says_so(body, headers, status):
    assert set(send(body, key=make_key(), status=status, **headers)) == {"code", "message"}


def test_values_that_postgresql_cannot_hold_are_mended():
    body = (
        '{"type": "page.viewed", "visitor_id": "a\\u0000da", "message_id": "1", "properties":'
        ' {"nul": "a\\u0000b", "lone": "\\ud800", "nan": NaN, "inf": -Infinity, "huge": 1e999,'
        ' "big": 123456789012345678901234567890}}'
    )
    assert counts(send(body, key=make_key())) == (1, 0, 0)
    [(visitor, properties)] = stored("visitor_id", "properties::text")
    assert visitor == "a\ufffdda"
    assert json.loads(properties) == {
        "nul": "a\ufffdb",
        "lone": "?",
        "nan": None,
        "inf": None,
        "huge": None,
        "big": 123456789012345678901234567890,
    }


@pytest.mark.parametrize(
    "text",
    [
        "a\tb",
        "a\nb",
        "a\r\nb",
        "back\\slash",
        '"quoted"',
        "\\N",
        "null",
        "a,b",
        "'",
        "\u2028",
        "\x7f",
        "😀",
        "\\.",
        "\x1f",
    ],
)
def test_any_text_comes_back_as_it_was_sent(text):
    event = page_view(visitor_id=f"x{text}x", properties={"note": text, "nested": {"note": [text]}})
    assert counts(send(event, key=make_key())) == (1, 0, 0)
    assert stored("visitor_id", "properties->>'note'", "properties->'nested'->'note'->>0") == [
        (f"x{text}x", text, text)
    ]


def test_a_clients_word_on_the_shops_facts_is_a_claim():
    order = {"type": "Order Completed", "user_id": "u1", "properties": {"order_id": "o1", "total": 5500}}
    assert counts(send(order, key=make_key())) == (1, 0, 0)
    assert stored("event_type", "order_ref", "value_kobo", "flags") == [("order.created", "o1", 550_000, Flag.CLAIMED)]


def test_a_reviews_words_are_not_kept():
    review = {"product_id": "p1", "rating": "4", "text": "I am Ada of 5 Allen Avenue", "review_id": "r1"}
    send({"type": "product.reviewed", "user_id": "u1", "properties": review}, key=make_key())
    assert stored("properties") == [('{"rating": "4", "review_id": "r1", "product_id": "p1"}',)]


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": ""}, 401, "missing_key"),
        ({"Authorization": "Bearer zpk_wrong"}, 401, "invalid_key"),
        ({"Authorization": "Basic !!!"}, 401, "missing_key"),
        ({"Authorization": "Digest abc"}, 401, "missing_key"),
    ],
)
def test_a_missing_or_wrong_key_stores_nothing(headers, status, code):
    answer = send(page_view(), key="", status=status, **headers)
    assert answer["code"] == code
    assert stored("id") == []


def test_a_key_is_for_the_sites_it_names():
    key = make_key(allowed_origins=["https://shop.example"])
    assert send(page_view(), key=key, status=403, Origin="https://evil.example")["field"] == "Origin"
    assert counts(send(page_view(), key=key, Origin="https://shop.example")) == (1, 0, 0)


def test_a_key_without_the_scope_cannot_track():
    key = make_key("secret", scopes=["reports"])
    assert send(page_view(), key=key, status=403)["code"] == "scope_missing"


def test_a_preflight_is_answered_without_a_key():
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "authorization,x-zuka-visitor"}
    answer = Client().options("/api/v1/events", headers=asked)
    names = ("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Vary")
    assert (answer.status_code, [answer[name] for name in names]) == (
        200,
        ["https://shop.example", "authorization,x-zuka-visitor", "POST, OPTIONS", "Origin"],
    )
    assert "Set-Cookie" not in answer
    assert "Access-Control-Allow-Credentials" not in answer


def test_a_get_is_no_silent_success():
    answer = Client().get("/api/v1/events")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_an_unknown_encoding_of_products_is_resolved_only_to_what_the_shop_knows():
    send({"type": "product.viewed", "user_id": "u", "properties": {"sku": "NOT-OURS"}}, key=make_key())
    assert stored("product_ref") == [("NOT-OURS",)]
