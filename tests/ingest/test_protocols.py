"""The doors of other protocols: the same shopper's story, as each protocol tells it, becomes the same events."""

import base64
import gzip
import json
import time
import zlib
from typing import Any
from urllib.parse import urlencode

import pytest
import zstandard
from django.test import Client

from tests.ingest.factories import make_key, moment, rejected, stored
from zuka.platform.keys.finding import forget_keys
from zuka.platform.models import ApiKey, SourceAlias

pytestmark = pytest.mark.django_db(transaction=True)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"
STORY = ("event_type", "product_ref", "search_query", "value_kobo", "order_ref")


def name_site(protocol, identifier="site-1", **key):
    make_key(**key)
    SourceAlias.objects.create(protocol=protocol, identifier=identifier, key=ApiKey.objects.get())
    forget_keys()


def post(path: str, body: Any, *, status: int = 200, content_type: str = "application/json", **headers: Any) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body)
    headers = {"User-Agent": BROWSER, **headers}
    answer = Client().post(path, data=data, content_type=content_type, headers=headers)
    assert answer.status_code == status, answer.content
    return answer


def encode(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_posthog_batch():
    at = moment(seconds=30)
    batch = [
        {"event": "$pageview", "distinct_id": "d1", "properties": {"$device_id": "d1", "$pathname": "/dresses"}},
        {"event": "Products Searched", "distinct_id": "u1", "properties": {"query": "ankara"}},
        {"event": "Product Added", "distinct_id": "u1", "properties": {"product_id": "p1", "price": 25, "qty": 2}},
        {"event": "Order Completed", "distinct_id": "u1", "properties": {"order_id": "o1", "total": 50}},
        {"event": "$identify", "distinct_id": "u1", "properties": {"$anon_distinct_id": "d1", "$set": {"plan": "x"}}},
        {"event": "$create_alias", "distinct_id": "d2", "properties": {"distinct_id": "d2", "alias": "u1"}},
    ]
    items = [{**item, "timestamp": at, "uuid": f"u-{place}"} for place, item in enumerate(batch)]
    body = {"api_key": make_key(), "batch": items, "sent_at": moment(seconds=1)}
    assert json.loads(post("/batch/", gzip.compress(json.dumps(body).encode())).content)["accepted"] == 6
    assert json.loads(post("/batch/", body).content)["duplicate"] == 6
    assert stored(*STORY, "user_id", "visitor_id") == [
        ("cart.item_added", "p1", None, 5000, None, "u1", None),
        ("order.created", None, None, 5000, "o1", "u1", None),
        ("page.viewed", None, None, None, None, None, "d1"),
        ("product.searched", None, "ankara", None, None, "u1", None),
        ("user.aliased", None, None, None, None, "u1", None),
        ("user.identified", None, None, None, None, "u1", "d1"),
    ]
    assert stored("properties->>'previous_id'", "properties->>'plan'")[:2] == [("d1", "x"), ("d2", None)]


@pytest.mark.parametrize("encoding", ["", "gzip", "deflate", "zstd"])
def test_posthogs_new_api_answers_for_each_event(encoding):
    events = [
        {"event": "$pageview", "uuid": "u-1", "distinct_id": "d1", "timestamp": moment(seconds=5), "properties": {}},
        {"event": "", "uuid": "u-2", "distinct_id": "d1", "properties": {}},
    ]
    plain = json.dumps({"created_at": moment(seconds=1), "batch": events}).encode()
    encoders: dict[str, Any] = {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress}
    body = encoders[encoding](plain) if encoding else plain
    headers = {"Content-Encoding": encoding} if encoding else {}
    answer = post("/i/v1/analytics/events", body, Authorization=f"Bearer {make_key()}", **headers)
    message = "The event has no name; set `type` (or `event`)."
    assert json.loads(answer.content) == {
        "results": {"u-1": {"result": "ok"}, "u-2": {"result": "drop", "details": message}}
    }
    assert stored("event_type") == [("page.viewed",)]


@pytest.mark.parametrize("form", ["data=", "compression=base64", "gzip-js"])
def test_posthogs_browser_forms(form):
    event = {"event": "$pageview", "properties": {"token": make_key(), "distinct_id": "d1", "$lib": "web"}}
    text = json.dumps([event]).encode()
    if form == "data=":
        body = urlencode({"data": base64.b64encode(text).decode()}).encode()
        post("/e/", body, content_type="application/x-www-form-urlencoded")
    elif form == "gzip-js":
        post("/e/?compression=gzip-js", gzip.compress(text), content_type="text/plain")
    else:
        post("/e/?compression=base64", base64.b64encode(text), content_type="text/plain")
    assert stored("event_type", "platform", "properties::text") == [("page.viewed", "web", "{}")]


def test_posthog_flags_are_answered_and_keep_nothing():
    assert json.loads(post("/flags/?v=2", {}).content)["flags"] == {}
    assert json.loads(post("/decide/?v=3", {}).content)["featureFlags"] == {}
    assert stored("id") == []


def test_umami():
    name_site("umami")
    page = {"website": "site-1", "hostname": "shop.example", "url": "/dresses?utm_source=ig", "title": "Dresses"}
    added = {**page, "name": "Product Added", "data": {"product_id": "p1", "price": 25}}
    post("/api/send", {"type": "event", "payload": page}, Authorization="Bearer None")
    batch = [{"type": "event", "payload": added}, {"type": "identify", "payload": {**page, "id": "u1", "data": {}}}]
    assert json.loads(post("/api/batch", batch).content) == {"size": 2, "processed": 2, "errors": 0, "details": []}
    assert stored("event_type", "product_ref", "value_kobo", "page_path", "utm_source", "user_id") == [
        ("cart.item_added", "p1", 2500, "/dresses", "ig", None),
        ("page.viewed", None, None, "/dresses", "ig", None),
        ("user.identified", None, None, "/dresses", "ig", "u1"),
    ]
    [visitor] = {row[0] for row in stored("visitor_id")}
    assert visitor.startswith("n_")


def test_umami_knows_a_publishable_keys_own_id_and_no_other():
    make_key()
    payload = {"website": str(ApiKey.objects.get().id), "url": "/"}
    post("/api/send", {"type": "event", "payload": payload})
    post("/api/send", {"type": "event", "payload": {**payload, "website": "other"}}, status=400)
    make_key("secret")
    secret = ApiKey.objects.get(kind="secret")
    post("/api/send", {"type": "event", "payload": {**payload, "website": str(secret.id)}}, status=400)
    assert stored("event_type") == [("page.viewed",)]


@pytest.mark.parametrize(
    "body",
    [
        {
            "domain": "shop.example",
            "name": "Order Completed",
            "url": "https://shop.example/done",
            "props": {"order_id": "o1"},
            "revenue": {"currency": "NGN", "amount": "50.00"},
        },
        {
            "d": "shop.example",
            "n": "Order Completed",
            "u": "https://shop.example/done",
            "p": '{"order_id": "o1"}',
            "$": {"currency": "NGN", "amount": 50},
        },
    ],
    ids=["long", "short"],
)
def test_plausible(body):
    name_site("plausible", "shop.example")
    answer = post("/api/event", body, status=202, content_type="text/plain")
    assert (answer.content, answer.headers.get("X-Plausible-Dropped")) == (b"ok", None)
    assert stored(*STORY, "page_path") == [("order.created", None, None, 5000, "o1", "/done")]


def test_plausible_keeps_an_event_whose_revenue_is_none_and_says_what_it_drops():
    name_site("plausible", "shop.example")
    bad = {"domain": "shop.example", "name": "pageview", "url": "https://shop.example/", "revenue": {"amount": "lots"}}
    post("/api/event", bad, status=202)
    assert post("/api/event", {"domain": "shop.example"}, status=202)["X-Plausible-Dropped"] == "1"
    assert stored("event_type", "value_kobo") == [("page.viewed", None)]
    assert rejected("reason") == [("missing_type",)]


def test_ga4_makes_an_event_of_each_product():
    items = [{"item_id": "p1", "price": 25, "quantity": 2}, {"item_id": "p2", "price": 10}]
    events = [
        {"name": "add_to_cart", "params": {"currency": "NGN", "value": 60, "items": items}},
        {"name": "purchase", "params": {"transaction_id": "o1", "value": 60, "items": items, "session_id": 17}},
        {"name": "search", "params": {"search_term": "ankara"}},
    ]
    answer = post(
        f"/mp/collect?measurement_id=G-1&api_secret={make_key()}", {"client_id": "c1", "events": events}, status=204
    )
    assert answer.content == b""
    assert stored(*STORY, "visitor_id", "session_id") == [
        ("cart.item_added", "p1", None, 5000, None, "c1", None),
        ("cart.item_added", "p2", None, 1000, None, "c1", None),
        ("order.created", None, None, 6000, "o1", "c1", "17"),
        ("product.searched", None, "ankara", None, None, "c1", None),
    ]


def test_ga4_debug_says_what_is_wrong_and_keeps_nothing():
    name_site("ga4", "G-1")
    document = {"client_id": "c1", "events": [{"name": "purchase", "params": {"value": 5}}, {"name": "page_view"}]}
    answer = json.loads(post("/debug/mp/collect?measurement_id=G-1", document).content)
    assert answer == {
        "validationMessages": [
            {
                "fieldPath": "properties.order_id",
                "description": "order.created: Object missing required field `order_id`.",
                "validationCode": "INVALID_PROPERTY",
            }
        ]
    }
    assert (stored("id"), rejected("id")) == ([], [])


def snowplow_event(number, **fields):
    at = str(int(time.time() * 1000) - 5000)
    return {
        "eid": f"e-{number}",
        "aid": "site-1",
        "p": "web",
        "duid": "v1",
        "tv": "py-1.0",
        "dtm": at,
        "stm": at,
        **fields,
    }


def described(name, data, vendor="com.snowplowanalytics.snowplow"):
    return {"schema": f"iglu:{vendor}/{name}/jsonschema/1-0-0", "data": data}


def test_snowplow():
    name_site("snowplow")
    product = described("product", {"id": "p1", "price": 25, "currency": "NGN", "quantity": 2}, "x")
    action = described("snowplow_ecommerce_action", {"type": "add_to_cart"}, "x")
    bought = described("transaction", {"transaction_id": "o1", "revenue": 50, "currency": "NGN"}, "x")
    done = described("snowplow_ecommerce_action", {"type": "transaction"}, "x")
    searched = described("site_search", {"terms": ["ankara", "gown"], "totalResults": 4})
    data = [
        snowplow_event(1, e="pv", url="https://shop.example/dresses", page="Dresses"),
        snowplow_event(
            2, e="ue", ue_px=encode(described("unstruct_event", action)), cx=encode(described("contexts", [product]))
        ),
        snowplow_event(
            3,
            e="ue",
            ue_pr=json.dumps(described("unstruct_event", done)),
            co=json.dumps(described("contexts", [bought])),
        ),
        snowplow_event(4, e="ue", ue_pr=json.dumps(described("unstruct_event", searched)), uid="u1"),
        snowplow_event(5, e="se", se_ca="menu", se_ac="opened", se_la="top"),
        snowplow_event(6, e="ue", ue_px="!!"),
    ]
    payload = {"schema": "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4", "data": data}
    for _ in range(2):
        assert post("/com.snowplowanalytics.snowplow/tp2", payload).content == b"ok"
    assert stored(*STORY, "visitor_id", "user_id") == [
        ("cart.item_added", "p1", None, 5000, None, "v1", None),
        ("custom.opened", None, None, None, None, "v1", None),
        ("order.created", None, None, 5000, "o1", "v1", None),
        ("page.viewed", None, None, None, None, "v1", None),
        ("product.searched", None, "ankara gown", None, None, "v1", "u1"),
    ]
    assert rejected("reason", "message_id") == [("malformed", "e-6")]


def test_snowplows_pixel_and_the_statuses_its_trackers_understand(settings):
    name_site("snowplow")
    event = snowplow_event(1, e="pv", url="https://shop.example/")
    answer = Client().get("/i", event, headers={"User-Agent": BROWSER})
    assert (answer.status_code, answer["Content-Type"], answer.content[:6]) == (200, "image/gif", b"GIF89a")
    assert Client().get("/i", {**event, "aid": "other"}).status_code == 401
    settings.INGEST_MAX_BODY_BYTES = 100
    post("/com.snowplowanalytics.snowplow/tp2", {"data": [snowplow_event(2, e="pv")]}, status=400)
    assert stored("event_type") == [("page.viewed",)]


def test_snowplows_browser_tracker_may_send_with_credentials():
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "content-type"}
    answer = Client().options("/com.snowplowanalytics.snowplow/tp2", headers=asked)
    assert answer["Access-Control-Allow-Credentials"] == "true"
    assert answer["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "Access-Control-Allow-Credentials" not in Client().options("/v1/batch", headers=asked).headers


def test_matomo_one_by_one():
    name_site("matomo", "1")
    base = {"idsite": "1", "rec": "1", "_id": "0123456789abcdef", "url": "https://shop.example/dresses"}
    order = {"idgoal": "0", "ec_id": "o1", "revenue": "50", "ec_items": json.dumps([["p1", "Gown", "x", 25, 2]])}
    shown = Client().get("/matomo.php", {**base, "action_name": "Dresses"}, headers={"User-Agent": BROWSER})
    assert shown["Content-Type"] == "image/gif"
    for extra in ({"search": "ankara", "search_count": "3"}, {"_pks": "p1", "_pkp": "25"}, order, order):
        silent = {**base, **extra, "send_image": "0"}
        assert (
            Client()
            .post("/matomo.php", urlencode(silent), content_type="application/x-www-form-urlencoded")
            .status_code
            == 204
        )
    assert stored(*STORY, "visitor_id") == [
        ("order.created", None, None, 5000, "o1", "0123456789abcdef"),
        ("page.viewed", None, None, None, None, "0123456789abcdef"),
        ("product.searched", None, "ankara", None, None, "0123456789abcdef"),
        ("product.viewed", "p1", None, 2500, None, "0123456789abcdef"),
    ]


def test_a_cart_of_matomo_is_a_state_and_adds_nothing():
    name_site("matomo", "1")
    base = {"idsite": "1", "rec": "1", "idgoal": "0", "_id": "0123456789abcdef"}
    gown, cap = ["p1", "Gown", "x", 25, 2], ["p2", "Cap", "x", "5.5", "1"]
    for items, revenue in (([gown], "50"), ([gown, cap], "55.50"), ([], "0"), (None, None)):
        said = {} if items is None else {"ec_items": json.dumps(items), "revenue": str(revenue)}
        assert Client().get("/matomo.php", {**base, **said}, headers={"User-Agent": BROWSER}).status_code == 200
    lines = "jsonb_path_query_array(properties, '$.products[*].product_id')::text"
    assert stored("event_type", "value_kobo", "product_ref", lines) == [
        ("cart.updated", 0, None, "[]"),
        ("cart.updated", 5000, None, '["p1"]'),
        ("cart.updated", 5550, None, '["p1", "p2"]'),
        ("cart.updated", None, None, "[]"),
    ]


def test_matomo_in_bulk():
    name_site("matomo", "1")
    requests = ["?idsite=1&rec=1&e_c=menu&e_a=opened&_id=0123456789abcdef", "?idsite=1&ping=1&_id=0123456789abcdef", 5]
    answer = json.loads(post("/piwik.php", {"requests": requests}).content)
    assert answer == {"status": "success", "tracked": 2, "invalid": 1}
    assert stored("event_type") == [("custom.opened",), ("page.pinged",)]


@pytest.mark.parametrize("path", ["/api/s/track", "/api/s/s2s/track"])
def test_jitsus_header_wins_over_the_masked_key_of_the_body(path):
    key = make_key()
    call = {"type": "track", "event": "Product Viewed", "anonymousId": "a", "properties": {"product_id": "p1"}}
    headers: dict[str, Any] = {"X-Write-Key": f"{key}:secret"}
    post(path, {**call, "messageId": "1", "writeKey": "id:***"}, **headers)
    assert stored(*STORY) == [("product.viewed", "p1", None, None, None)]


def test_segments_pixel_and_rudders_beacon():
    key = make_key()
    call = {"writeKey": key, "event": "Product Viewed", "anonymousId": "a", "properties": {"product_id": "p1"}}
    pixel = Client().get("/v1/pixel/track", {"data": encode(call)})
    assert (pixel.status_code, pixel["Content-Type"]) == (200, "image/gif")
    batch = {"batch": [{"type": "page", "anonymousId": "a", "messageId": "2"}]}
    post(f"/beacon/v1/batch?writeKey={key}", batch, content_type="text/plain")
    assert stored("event_type") == [("page.viewed",), ("product.viewed",)]


WITHOUT_A_KEY = {
    "/batch": ({"batch": []}, 401),
    "/api/send": ({"type": "event", "payload": {"website": "x", "url": "/"}}, 400),
    "/api/event": ({"domain": "x", "name": "pageview"}, 400),
    "/mp/collect": ({"client_id": "c", "events": []}, 401),
    "/com.snowplowanalytics.snowplow/tp2": ({"data": [{"aid": "x"}]}, 401),
    "/matomo.php": ({"requests": ["?idsite=9"]}, 401),
    "/api/s/track": ({"event": "x"}, 401),
}


@pytest.mark.parametrize("path", WITHOUT_A_KEY)
def test_a_wrong_key_is_refused_for_good(path):
    body, status = WITHOUT_A_KEY[path]
    assert set(json.loads(post(path, body, status=status).content)) == {"code", "message"}


@pytest.mark.parametrize("path", WITHOUT_A_KEY)
@pytest.mark.parametrize(
    "body", [b"[1]", b'"x"', b"null", b"{}", b"[[[", b"\xff\x00", b'{"batch": 5, "payload": 5}', b"data=%%%"]
)
def test_no_body_is_an_error_of_ours(path, body):
    answer = Client().post(path, data=body, content_type="application/json")
    assert 400 <= answer.status_code < 500, answer.content
