"""The practice Google and Apple: how shops must ask, and how each answers."""

from __future__ import annotations

import html
import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from tests.demo.providers_client import open_ours, send

FORM = "application/x-www-form-urlencoded"
ASKED = {
    "client_id": "practice-shop",
    "redirect_uri": "http://shop/back/",
    "state": "s-1",
    "nonce": "n-1",
    "scope": "openid email profile",
}
WANTED = {
    "google": ASKED | {"response_type": "id_token"},
    "apple": ASKED | {"scope": "name email", "response_type": "code id_token", "response_mode": "form_post"},
}
BAYO = {"name": "Bayo Ade", "email": "bayo@example.com", "choice": "go"}


@pytest.fixture
def providers():
    with open_ours() as opened:
        yield opened


def page_of(providers, by, **changes):
    asked = {name: value for name, value in (WANTED[by] | changes).items() if value is not None}
    return f"{providers.url}/{by}/authorize?{urlencode(asked)}"


def say(providers, by, said, **changes):
    """Send a provider's page; return the answer's fields, wherever they go."""
    status, headers, body = send(page_of(providers, by, **changes), urlencode(said).encode(), kind=FORM)
    if status == 303:
        parts = urlsplit(headers["Location"])
        assert parts._replace(fragment="").geturl() == "http://shop/back/"
        return {name: values[0] for name, values in parse_qs(parts.fragment).items()}
    assert 'action="http://shop/back/"' in body.decode()
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', body.decode())
    return {name: html.unescape(value) for name, value in fields}


def claims_of(providers, by, token):
    """Check a token with the published keys, as a shop does; return its claims."""
    keys = json.loads(send(f"{providers.url}/{by}/keys")[2])
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(each for each in jwt.PyJWKSet.from_dict(keys).keys if each.key_id == kid)
    return jwt.decode(token, key, algorithms=["RS256"], audience="practice-shop")


def test_google_answers_in_the_fragment_with_the_name_in_the_token(providers):
    answer = say(providers, "google", BAYO)

    claims = claims_of(providers, "google", answer.pop("id_token"))
    assert answer == {"state": "s-1"}
    shown = {name: claims[name] for name in ("iss", "email", "email_verified", "nonce", "name")}
    assert shown == {
        "iss": "https://accounts.google.com",
        "email": "bayo@example.com",
        "email_verified": True,
        "nonce": "n-1",
        "name": "Bayo Ade",
    }
    later = say(providers, "google", BAYO | {"unproved": "on"})
    again = claims_of(providers, "google", later["id_token"])
    assert (again["sub"], again["email_verified"]) == (claims["sub"], False)


def test_apple_answers_by_a_form_and_tells_the_name_once(providers):
    first, second = (say(providers, "apple", BAYO) for _ in range(2))

    user = {"name": {"firstName": "Bayo", "lastName": "Ade"}, "email": "bayo@example.com"}
    assert (sorted(first), sorted(second)) == (["code", "id_token", "state", "user"], ["code", "id_token", "state"])
    assert json.loads(first["user"]) == user
    claims = claims_of(providers, "apple", second["id_token"])
    assert (claims["email_verified"], claims["nonce"], "name" in claims) == ("true", "n-1", False)


def test_who_hides_their_e_mail_at_apple_has_one_that_forwards(providers):
    answer = say(providers, "apple", BAYO | {"hide": "on"})

    assert re.fullmatch(
        r"\d{10}@privaterelay\.appleid\.com", claims_of(providers, "apple", answer["id_token"])["email"]
    )


@pytest.mark.parametrize(("by", "error"), [("google", "access_denied"), ("apple", "user_cancelled_authorize")])
def test_who_cancels_goes_back_with_that(providers, by, error):
    assert say(providers, by, {"choice": "cancel"}) == {"state": "s-1", "error": error}


@pytest.mark.parametrize(
    ("by", "changes", "flaw"),
    [
        ("google", {"client_id": "another"}, "Unknown client_id"),
        ("google", {"redirect_uri": "javascript:alert(1)"}, "Unknown redirect_uri"),
        ("google", {"response_type": "code"}, "response_type must be id_token"),
        ("google", {"scope": "openid"}, "scope must hold email"),
        ("google", {"nonce": None}, "nonce and state are missing"),
        ("apple", {"state": None}, "nonce and state are missing"),
        ("apple", {"response_type": "id_token"}, "response_type must be code id_token"),
        ("apple", {"response_mode": "fragment"}, "response_mode must be form_post"),
    ],
)
def test_a_shop_that_asks_wrongly_is_told_so_and_nobody_is_sent_back(providers, by, changes, flaw):
    for body in (None, urlencode(BAYO).encode()):
        status, _, page = send(page_of(providers, by, **changes), body, kind=FORM)
        assert (status, f"The shop asks wrongly: {flaw}." in page.decode()) == (400, True)


def test_who_writes_no_e_mail_is_asked_again(providers):
    status, _, page = send(page_of(providers, "google"), b"email=bayo&choice=go", kind=FORM)
    assert (status, "That is no e-mail." in page.decode()) == (400, True)


def test_a_new_key_is_published_beside_the_one_before(providers):
    def kids():
        return [each["kid"] for each in json.loads(send(f"{providers.url}/google/keys")[2])["keys"]]

    (first,) = kids()
    providers.issuers["google"].rotate()
    assert (kids()[0], len(kids())) == (first, 2)
    providers.issuers["google"].rotate()
    assert (first in kids(), len(kids())) == (False, 2)


def test_another_path_is_refused_in_the_words_of_oauth(providers):
    status, _, body = send(f"{providers.url}/apple/token")
    assert (status, json.loads(body)["error"]) == (404, "invalid_request")
