"""What a provider's token must be to prove anything: a local server's, and what attackers make of them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.test import override_settings

from commerce.accounts.gateways import ProviderAway, ProviderNotOffered, TokenRefused, offered_providers, read_token
from commerce.accounts.gateways.tokens import Keys, keys_at
from commerce.accounts.models import SignInProvider
from tests.commerce.accounts.doors import vouch
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.issuers import Issuer, Person

GOOGLE = SignInProvider.GOOGLE
HOUR = 3600


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def forged(providers: Providers, header: dict[str, Any], sign: Callable[[bytes], bytes]) -> str:
    """Return a token with a header and a signature of our own."""
    known = jwt.get_unverified_header(vouch(providers))
    claims = jwt.decode(vouch(providers), options={"verify_signature": False})
    parts = ".".join(b64(json.dumps(part).encode()) for part in (known | header, claims))
    return f"{parts}.{b64(sign(parts.encode()))}"


def by_public_key(providers: Providers) -> str:
    """Return a token signed with the public key as if it were a shared secret."""
    public = json.dumps(providers.issuers["google"].published()["keys"][0]).encode()
    return forged(providers, {"alg": "HS256"}, lambda text: hmac.new(public, text, hashlib.sha256).digest())


def by_another_key(providers: Providers) -> str:
    """Return a token of another's key, under the id of the provider's."""
    kid, _ = providers.issuers["google"].keys()[-1]
    other = Issuer("https://accounts.google.com")
    key = other.keys()[0][1]
    return jwt.encode(other.claims(Person("ada@example.com")), key, algorithm="RS256", headers={"kid": kid})


def tampered(providers: Providers) -> str:
    """Return a token whose claims were changed after it was signed."""
    head, _, signature = vouch(providers).split(".")
    claims = providers.issuers["google"].claims(Person("eve@example.com"))
    return f"{head}.{b64(json.dumps(claims).encode())}.{signature}"


def refusal(token: str, nonce: str | None = None) -> str:
    with pytest.raises(TokenRefused) as caught:
        read_token(provider=GOOGLE, token=token, nonce=nonce)
    assert str(caught.value) == "Google did not tell us who you are. Please try again."
    return caught.value.reason


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "another-shop"}, "InvalidAudienceError"),
        ({"aud": ["practice-shop", "another-shop"]}, "InvalidAudienceError"),
        ({"aud": None}, "MissingRequiredClaimError"),
        ({"iss": "https://accounts.example.com"}, "InvalidIssuerError"),
        ({"iss": "https://appleid.apple.com"}, "InvalidIssuerError"),
        ({"iss": None}, "MissingRequiredClaimError"),
        ({"exp": int(time.time()) - HOUR}, "ExpiredSignatureError"),
        ({"exp": None}, "MissingRequiredClaimError"),
        ({"iat": int(time.time()) + HOUR}, "ImmatureSignatureError"),
        ({"iat": None}, "MissingRequiredClaimError"),
        ({"sub": None}, "MissingRequiredClaimError"),
        ({"sub": ""}, "InvalidSubjectError"),
        ({"sub": "9" * 256}, "InvalidSubjectError"),
        ({"nonce": "of-another-sign-in"}, "WrongNonceError"),
    ],
)
def test_a_token_that_was_not_made_for_this_is_refused(
    vouchers: Providers, claims: dict[str, Any], reason: str
) -> None:
    assert refusal(vouch(vouchers, **claims)) == reason


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (by_another_key, "InvalidSignatureError"),
        (tampered, "InvalidSignatureError"),
        (by_public_key, "InvalidAlgorithmError"),
        (lambda its: forged(its, {"alg": "none"}, lambda _: b""), "InvalidAlgorithmError"),
        (lambda its: forged(its, {"kid": "unknown"}, lambda _: b"x"), "PyJWKClientError"),
        (lambda its: forged(its, {"kid": 7}, lambda _: b"x"), "InvalidTokenError"),
        (lambda _: "no.token", "DecodeError"),
        (lambda _: "", "DecodeError"),
        (lambda _: "\ud800.x.y", "UnicodeEncodeError"),
        (lambda its: vouch(its, by="apple"), "PyJWKClientError"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    vouchers: Providers, make: Callable[[Providers], str], reason: str
) -> None:
    assert refusal(make(vouchers)) == reason


@pytest.mark.parametrize(
    ("found", "sent", "is_right"),
    [
        (None, None, True),
        ("n-1", "n-1", True),
        (hashlib.sha256(b"n-1").hexdigest(), "n-1", True),
        ("n-1", "n-2", False),
        ("n-1", None, False),
        (None, "n-1", False),
        ("", "", False),
        (hashlib.sha256(b"").hexdigest(), "", False),
        (["n-1"], "n-1", False),
    ],
)
def test_a_nonce_binds_a_token_to_its_sign_in(
    vouchers: Providers, found: Any, sent: str | None, *, is_right: bool
) -> None:
    token = vouch(vouchers, nonce=found)

    if is_right:
        assert read_token(provider=GOOGLE, token=token, nonce=sent).email == "ada@example.com"
    else:
        assert refusal(token, sent) == "WrongNonceError"


@pytest.mark.parametrize(
    ("claims", "email"),
    [
        ({}, "ada@example.com"),
        ({"email_verified": "true"}, "ada@example.com"),
        ({"email_verified": False}, None),
        ({"email_verified": "false"}, None),
        ({"email_verified": None}, None),
        ({"email_verified": 1}, None),
        ({"email": None}, None),
        ({"email": f"{'a' * 250}@example.com"}, None),
        ({"email": "ada\0@example.com"}, None),
        ({"email": ["ada@example.com"]}, None),
    ],
)
def test_an_e_mail_counts_when_the_provider_has_proved_it(
    vouchers: Providers, claims: dict[str, Any], email: str | None
) -> None:
    assert read_token(provider=GOOGLE, token=vouch(vouchers, **claims), nonce=None).email == email


def test_a_name_comes_from_the_token_or_beside_it(vouchers: Providers) -> None:
    beside = {"provider": SignInProvider.APPLE, "nonce": None, "name": " Ada Obi\0 "}

    assert read_token(token=vouch(vouchers, by="apple", name=None), **beside).name == "Ada Obi"  # type: ignore[arg-type]  # of four kinds
    assert read_token(provider=GOOGLE, token=vouch(vouchers, name="N" * 300), nonce=None).name == "N" * 200


def test_one_of_several_client_ids_will_do_and_none_is_no_offer(vouchers: Providers, settings: Any) -> None:
    settings.GOOGLE_CLIENT_IDS = ["the-web", "practice-shop"]
    assert read_token(provider=GOOGLE, token=vouch(vouchers), nonce=None).email == "ada@example.com"

    settings.GOOGLE_CLIENT_IDS = []
    with pytest.raises(ProviderNotOffered):
        read_token(provider=GOOGLE, token=vouch(vouchers), nonce=None)
    assert [each.id.value for each in offered_providers()] == ["apple"]


def test_keys_are_asked_for_once_and_once_more_for_one_that_is_unknown(vouchers: Providers) -> None:
    patient = Keys(f"{vouchers.url}/google/keys", cooldown_duration=0)
    asked = [("GET", "/google/keys")]
    first = jwt.get_unverified_header(vouch(vouchers))["kid"]
    for _ in range(3):
        patient.get_signing_key(first)
    assert vouchers.calls == asked

    with pytest.raises(jwt.PyJWKClientError):
        patient.get_signing_key("unknown")
    assert vouchers.calls == asked * 2

    vouchers.issuers["google"].rotate()
    fresh = jwt.get_unverified_header(vouch(vouchers))["kid"]
    assert [patient.get_signing_key(each).key_id for each in (fresh, first)] == [fresh, first]
    assert vouchers.calls == asked * 3


def test_who_sends_unknown_keys_does_not_make_us_ask_each_time(vouchers: Providers) -> None:
    read_token(provider=GOOGLE, token=vouch(vouchers), nonce=None)

    for number in range(3):
        refusal(forged(vouchers, {"kid": f"unknown-{number}"}, lambda _: b"x"))

    assert len(vouchers.calls) == 1


def test_a_provider_that_is_away_is_said_to_be_and_left_alone_for_a_while(vouchers: Providers) -> None:
    vouchers.fail_next(status=503)
    keys, token = keys_at(f"{vouchers.url}/google/keys"), vouch(vouchers)

    for _ in range(3):
        with pytest.raises(ProviderAway):
            read_token(provider=GOOGLE, token=token, nonce=None)

    assert len(vouchers.calls) == 1
    keys.away_until = 0.0
    assert read_token(provider=GOOGLE, token=token, nonce=None).email == "ada@example.com"


@pytest.mark.parametrize("path", ["/", "/nowhere", "/google/authorize"])
def test_what_is_no_set_of_keys_is_a_provider_that_is_away(vouchers: Providers, path: str) -> None:
    with override_settings(GOOGLE_KEYS_URL=f"{vouchers.url}{path}"), pytest.raises(ProviderAway):
        read_token(provider=GOOGLE, token=vouch(vouchers), nonce=None)


def test_where_nobody_listens_the_provider_is_away(vouchers: Providers) -> None:
    with override_settings(GOOGLE_KEYS_URL="http://127.0.0.1:9/keys"), pytest.raises(ProviderAway):
        read_token(provider=GOOGLE, token=vouch(vouchers), nonce=None)
