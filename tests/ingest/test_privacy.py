"""Objections, consent, addresses, personal data, robots, devices and places."""

import ipaddress
import json
from typing import Any

import pytest

from analytics.ingest.redaction import RULES, redact_value
from analytics.registry.types import Flag
from tests.ingest.factories import make_key, page_view, rejected, send, stored, write_places
from zuka.platform.places import look_up, open_places

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Mobile Safari/537.36"
)
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def agent(text: str) -> dict[str, Any]:
    return {"User-Agent": text}


@pytest.mark.parametrize(("header", "kept"), [({"DNT": "1"}, 0), ({"Sec-GPC": "1"}, 0), ({"DNT": "0"}, 1), ({}, 1)])
def test_a_browsers_objection_is_honoured_and_counted(header, kept):
    answer = send(page_view(), key=make_key(), **header)
    assert (answer["received"], answer["accepted"], answer["dropped"]) == (1, kept, 1 - kept)
    assert (len(stored("id")), rejected("id")) == (kept, [])


def test_a_server_speaks_for_itself_and_the_shop_may_decide_otherwise(settings):
    assert send(page_view(), key=make_key("secret"), DNT="1")["accepted"] == 1
    settings.PRIVACY_SIGNALS = False
    assert send(page_view(), key=make_key(), DNT="1")["accepted"] == 1


@pytest.mark.parametrize(
    ("consent", "said"),
    [
        ("denied", False),
        ({"analytics": False}, False),
        ({"categoryPreferences": {"Analytics": False}}, False),
        ({"analytics_storage": "DENIED"}, False),
        ("granted", True),
        ({"categoryPreferences": {"Analytics": True}}, True),
        ({"marketing": False}, None),
        ([], None),
    ],
)
@pytest.mark.parametrize("is_required", [False, True])
def test_consent_decides(settings, consent, said, is_required):
    settings.CONSENT_REQUIRED = is_required
    is_kept = said is True or (said is None and not is_required)
    answer = send(page_view(context={"consent": consent}), key=make_key())
    assert (answer["accepted"], answer["dropped"]) == (int(is_kept), int(not is_kept))


@pytest.mark.parametrize(("form", "kept"), [("truncated", "127.0.0.0"), ("none", None)], ids=["its network", "nothing"])
def test_an_address_is_kept_as_the_shop_decides(settings, form, kept):
    settings.ADDRESSES = form
    send(page_view(), key=make_key())
    assert stored("host(ip)") == [(kept,)]


def test_a_hashed_address_is_the_same_each_time_and_nobodys(settings):
    settings.ADDRESSES = "hashed"
    key = make_key()
    send(page_view(), key=key)
    send(page_view(), key=key)
    [(first,), (second,)] = stored("host(ip)")
    assert first == second
    assert ipaddress.ip_address(first) in ipaddress.ip_network("fd00::/8")


TELLING = {
    "email": ("write to ada@example.com now", "write to [email] now"),
    "phone": ("call 0803 123 4567", "call [phone]"),
    "card": ("paid with 4111 1111 1111 1111", "paid with [card]"),
    "token": ("https://shop.example/reset?token=abc123&page=2", "https://shop.example/reset?token=[token]&page=2"),
}
HARMLESS = [
    "ZUKA-2026-000123",
    "1763719800123",
    "₦18,500.00 for 2 pairs",
    "4111 1111 1111 1112",
    "2026-11-21T09:30:00.123456Z",
    "p_ankara_01",
    "https://shop.example/dresses?page=2&colour=red",
]


def test_every_rule_has_a_case():
    assert [*TELLING] == ["email", "phone", "card", "token"]
    assert {rule.name for rule in RULES} == set(TELLING)


@pytest.mark.parametrize("rule", TELLING)
def test_personal_data_is_replaced_by_what_it_was(rule, settings):
    told, kept = TELLING[rule]
    properties = {"note": told, "deep": [{"again": told}]}
    send(page_view(properties=properties), key=make_key())
    settings.REDACT = []
    send(page_view(properties=properties), key=make_key())
    assert [row[0] for row in stored("properties->>'note'")] == sorted([told, kept])
    assert redact_value({"a": told}) == {"a": told}


def test_an_alias_still_names_whom_it_is_about():
    traits = {"previous_id": "ada@example.com", "email": "ada@example.com"}
    event = {"type": "alias", "user_id": "u1", "properties": traits}
    send(event, key=make_key("secret"))
    assert stored("properties") == [('{"email": "[email]", "previous_id": "ada@example.com"}',)]


def test_columns_are_cleaned_too():
    page = {"path": "/u/ada@example.com", "referrer": "https://mail.example/?auth=xyz"}
    context = {"page": page, "campaign": {"content": "ada@example.com"}}
    send(
        {**page_view(type="product.searched", context=context), "properties": {"query": "08031234567"}}, key=make_key()
    )
    assert stored("page_path", "referrer_url", "search_query", "utm_content") == [
        ("/u/[email]", "https://mail.example/?auth=[token]", "[phone]", "[email]")
    ]


def test_a_propertys_name_tells_too():
    told = {"phoneNumber": 8031234567, "Password": "x", "e-mail": "?", "cvv": "123", "product_id": "08031234567"}
    assert redact_value(told) == {
        "phoneNumber": "[phone]",
        "Password": "[token]",
        "e-mail": "[email]",
        "cvv": "[card]",
        "product_id": "08031234567",
    }


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_stays(text):
    assert redact_value({"note": text}) == {"note": text}


@pytest.mark.parametrize(
    ("name", "said", "kept"),
    [
        ("paid_with", 4111111111111111, "[card]"),
        ("call", 2348031234567, "[phone]"),
        ("order_id", 4111111111111111, 4111111111111111),
        ("at_ms", 1763717399123, 1763717399123),
        ("at_us", 1763717399123456, 1763717399123456),
        ("order_total", 4111111111111112, 4111111111111112),
        ("value_kobo", 4111111111111111, 4111111111111111),
        ("much", 10**30, 10**30),
    ],
)
def test_numbers_are_looked_at_as_texts_are(name, said, kept):
    assert redact_value({name: said}) == {name: kept}
    assert redact_value({"deep": [{name: said}]}) == {"deep": [{name: kept}]}


def test_the_user_agent_tells_what_the_client_does_not():
    send(page_view(), key=make_key(), **agent(PHONE))
    assert stored("platform", "device_type", "os", "browser", "flags") == [
        ("web", "mobile", "Android", "Chrome Mobile", 0)
    ]


def test_what_the_client_says_wins_and_a_server_has_no_device():
    context = {"device": {"type": "tv"}, "os": {"name": "Tizen"}, "platform": "web"}
    send(page_view(context=context), key=make_key(), **agent(PHONE))
    send(page_view(type="user.logged_in"), key=make_key("secret"), **agent(PHONE))
    assert stored("platform", "device_type", "os") == [("server", None, None), ("web", "tv", "Tizen")]


def test_a_robot_is_marked_and_kept():
    send(page_view(), key=make_key(), **agent(ROBOT))
    send(page_view(visitor_id="app", platform="android"), key=make_key(), **agent("okhttp/4.12"))
    assert stored("visitor_id", "flags") == [("ada", Flag.BOT.value), ("app", 0)]


@pytest.fixture
def places(tmp_path):
    yield write_places(tmp_path / "places.mmdb")
    open_places.cache_clear()
    look_up.cache_clear()


def test_a_place_is_looked_up_in_the_operators_file(settings, places):
    settings.GEOIP_PATH = places
    send(page_view(context={"country": "GH"}), key=make_key())
    assert stored("country", "state", "city") == [("NG", "Lagos", "Ikeja")]


@pytest.mark.parametrize("path", ["", "/nowhere.mmdb", __file__], ids=["none", "missing", "broken"])
def test_without_a_file_the_client_is_believed(settings, path):
    settings.GEOIP_PATH = path
    send(page_view(context={"country": "GH"}), key=make_key())
    assert stored("country", "city") == [("GH", None)]
    assert json.loads(stored("properties::text")[0][0]) == {"path": "/"}
