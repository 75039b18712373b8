"""Who signs tokens as Google and Apple do: keys of their own, and what a token says of a person."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID = "practice-shop"
KEY_BITS = 2048
TOKEN_SECONDS = 3600
ISSUERS = {"google": "https://accounts.google.com", "apple": "https://appleid.apple.com"}


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody says to be."""

    email: str
    name: str = ""
    is_proved: bool = True

    @property
    def subject(self) -> str:
        """What the provider calls them, always the same."""
        return str(int(hashlib.sha256(self.email.lower().encode()).hexdigest()[:18], 16))


class Issuer:
    """One provider's keys and tokens; safe to use from many threads."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._lock = threading.Lock()
        self._keys: list[tuple[str, rsa.RSAPrivateKey]] = []
        self._told: set[str] = set()

    def keys(self) -> list[tuple[str, rsa.RSAPrivateKey]]:
        """Return the keys with their ids, the one that signs last; the first is made when it is asked for."""
        with self._lock:
            if not self._keys:
                self._add_key()
            return list(self._keys)

    def rotate(self) -> None:
        """Sign with a new key from now on; the one before stays published."""
        with self._lock:
            self._add_key()
            del self._keys[:-2]

    def published(self) -> dict[str, Any]:
        """Return the public keys as a JSON Web Key Set."""
        known = {"use": "sig", "alg": "RS256"}
        return {
            "keys": [
                {**json.loads(RSAAlgorithm.to_jwk(key.public_key())), "kid": kid, **known} for kid, key in self.keys()
            ]
        }

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a token of these claims."""
        kid, key = self.keys()[-1]
        return jwt.encode(dict(claims), key, algorithm="RS256", headers={"kid": kid})

    def claims(self, person: Person, *, nonce: str | None = None, client_id: str = CLIENT_ID) -> dict[str, Any]:
        """Return what a token says of a person."""
        at = int(time.time())
        asked = {"nonce": nonce} if nonce else {}
        span = {"iat": at, "exp": at + TOKEN_SECONDS}
        return {
            "iss": self.url,
            "aud": client_id,
            "sub": person.subject,
            "email": person.email,
            "email_verified": person.is_proved,
            **asked,
            **span,
        }

    def is_new(self, person: Person) -> bool:
        """Say, once, that a shop has not heard of a person before."""
        with self._lock:
            is_new = person.subject not in self._told
            self._told.add(person.subject)
            return is_new

    def _add_key(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        self._keys.append((secrets.token_hex(8), key))
