from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from django.test import Client

from tests.shop.pages import ADDRESSES, read
from zuka.platform.keys.issuing import issue_key, revoke_key
from zuka.platform.models import ApiKey
from zuka.shop.keys import storefront_key
from zuka.shop.places import STATES

pytestmark = pytest.mark.django_db
OPENED = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _storefront(settings):
    settings.STOREFRONT = True


def make_key(day, **facts):
    """A publishable key of a day of November; returns its token."""
    wanted = {"name": f"Day {day}", "kind": "publishable", "scopes": ["track"], **facts}
    key, token = issue_key(**wanted)
    ApiKey.objects.filter(pk=key.pk).update(issued_at=OPENED + timedelta(days=day))
    return key, token


@pytest.mark.parametrize("address", ADDRESSES.values())
def test_pages_are_there_only_when_the_storefront_is_on(client, settings, address):
    assert client.get(address).status_code == 200
    settings.STOREFRONT = False
    assert client.get(address, HTTP_ACCEPT="text/html").status_code == 404


@pytest.mark.parametrize("address", ADDRESSES.values())
def test_a_shell_asks_the_database_for_the_key_alone(client, django_assert_num_queries, address):
    make_key(1)
    with django_assert_num_queries(1):
        client.get(address)


@pytest.mark.parametrize("address", ADDRESSES.values())
def test_a_shell_is_the_same_for_everybody_and_kept_for_a_minute(client, address):
    answer = client.get(address)
    headers = {name: answer.headers.get(name) for name in ("Cache-Control", "Vary", "Set-Cookie")}
    assert headers == {"Cache-Control": "public, max-age=60", "Vary": None, "Set-Cookie": None}
    assert answer.cookies == {}


def test_a_shell_cannot_be_posted_to():
    assert Client(enforce_csrf_checks=False).post("/shop/cart/").status_code == 405


def test_pages_run_no_inline_script_no_eval_and_no_inline_style(client):
    policy = dict(part.strip().split(" ", 1) for part in client.get("/shop/")["Content-Security-Policy"].split(";"))
    assert (policy["script-src"], policy["style-src"], policy["connect-src"]) == ("'self'", "'self'", "'self'")
    assert policy["img-src"] == "'self' data: https:"


def test_the_key_is_the_oldest_active_publishable_one_that_may_track():
    assert storefront_key() is None
    make_key(0, kind="secret")
    revoked, _ = make_key(1)
    make_key(2, expires_at=OPENED)
    make_key(3, scopes=[])
    _, oldest = make_key(4)
    make_key(5)
    revoke_key(key=revoked, at=OPENED)
    assert storefront_key() == oldest


def test_the_tracker_is_told_the_key_and_left_out_without_one(client):
    trackers = [each.attributes for each in read(client.get("/shop/").content.decode()).all("script")]
    assert [each["src"] for each in trackers] == ["/static/shop/frame.js", "/static/shop/pages/home.js"]
    _, token = make_key(1)
    first, *_rest = read(client.get("/shop/").content.decode()).all("script")
    assert first.attributes == {"src": "/t.js", "data-key": token, "defer": ""}


def test_titles_and_canonical_addresses(client, settings):
    settings.SHOP_NAME = "Balogun & Sons"
    outlines = {page: read(client.get(address).content.decode()) for page, address in ADDRESSES.items()}
    assert {page: each.title for page, each in outlines.items()} == {
        "home": "Native wear by Nigerian makers · Balogun & Sons",
        "category": "Tops and skirts · Balogun & Sons",
        "search": "Search · Balogun & Sons",
        "product": "Sunburst ankara midi dress · Balogun & Sons",
        "cart": "Your cart · Balogun & Sons",
        "wishlist": "Your wishlist · Balogun & Sons",
        "pet": "Your pet · Balogun & Sons",
        "rewards": "Your points · Balogun & Sons",
        "subscription": "Your plan · Balogun & Sons",
        "games": "Games · Balogun & Sons",
        "checkout": "Checkout · Balogun & Sons",
        "thank_you": "Your order · Balogun & Sons",
        "account": "Your account · Balogun & Sons",
        "keys": "Your API keys · Balogun & Sons",
    }
    canonical = {
        page: next(link.attributes["href"] for link in each.all("link") if link.attributes["rel"] == "canonical")
        for page, each in outlines.items()
    }
    assert canonical == {page: f"http://testserver{each.partition('?')[0]}" for page, each in ADDRESSES.items()}


def test_pages_of_one_visitor_are_kept_out_of_search_engines(client):
    hidden = [page for page, address in ADDRESSES.items() if b'name="robots"' in client.get(address).content]
    pages = ["search", "cart", "wishlist", "pet", "rewards", "subscription", "checkout", "thank_you", "account", "keys"]
    assert hidden == pages


def test_parcels_go_to_36_states_and_the_capital(client):
    options = read(client.get("/shop/checkout/").content.decode()).all("option")
    assert len(options) == 1 + 37
    assert (STATES[0], STATES[14], STATES[24], STATES[-1], len(set(STATES))) == (
        "Abia",
        "FCT Abuja",
        "Lagos",
        "Zamfara",
        37,
    )


def test_the_ways_to_pay_are_the_api_s_to_say(client):
    checkout = read(client.get("/shop/checkout/").content.decode())
    assert [each for each in checkout.all("input") if each.attributes.get("type") == "radio"] == []


TOKEN = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"


def test_who_comes_back_from_apple_is_sent_on_with_its_answer_in_the_fragment(django_assert_num_queries):
    said = {
        "state": "s-1",
        "id_token": TOKEN,
        "user": '{"name": "Ọlá & Co"}',
        "code": "secret",
        "next": "//evil.example",
    }
    with django_assert_num_queries(0):
        answer = Client(enforce_csrf_checks=True).post("/shop/account/back/", said)
    place, _, fragment = answer["Location"].partition("#")
    assert (answer.status_code, place, answer["Cache-Control"]) == (303, "/shop/account/", "no-store")
    assert parse_qs(fragment) == {name: [said[name]] for name in ("state", "id_token", "user")}


def test_who_comes_back_from_google_keeps_the_fragment(client, settings):
    answer = client.get("/shop/account/back/?state=x")
    assert (answer.status_code, answer["Location"]) == (303, "/shop/account/")
    assert client.put("/shop/account/back/").status_code == 405
    settings.STOREFRONT = False
    assert client.get("/shop/account/back/").status_code == 404
