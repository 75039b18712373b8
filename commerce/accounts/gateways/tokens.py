"""What an id token of a provider proves, checked against the provider's public keys.

PyJWT does it, which allauth's provider flow stands on too. Ours goes without that flow: it asks for the keys at each
sign-in, takes the algorithm that the token names, looks at no nonce, and calls a provider that is away a wrong token.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import jwt
import structlog

from commerce.accounts.gateways.providers import PROVIDERS, Provider, ProviderNotOffered
from commerce.accounts.models import SignInProvider
from zuka.platform.errors import Refused

log = structlog.get_logger(__name__)
ALGORITHM = "RS256"
LEEWAY_SECONDS = 60
KEPT_SECONDS = 3600  # providers publish a key long before they sign with it
PATIENCE_SECONDS = 5.0
AWAY_SECONDS = 10.0
NAME_LENGTH, EMAIL_LENGTH, SUBJECT_LENGTH = 200, 254, 255
TOKEN_LENGTH = 8192


class TokenRefused(Refused):
    """The token proves nothing to us. `reason` is for the log: who sent it learns no more than that."""

    status = 400
    code = "invalid_token"

    def __init__(self, provider: SignInProvider, reason: str) -> None:
        super().__init__(f"{provider.label} did not tell us who you are. Please try again.", field="id_token")
        self.reason = reason


class ProviderAway(Refused):
    """The provider's keys cannot be had, so nobody knows whether its tokens are true."""

    status = 503
    code = "provider_away"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token proves: whom it is about, and their e-mail if the provider has proved it.

    `digest` is the token's SHA-256; it is good until `expires_at`.
    """

    provider: SignInProvider
    subject: str
    email: str | None
    name: str
    digest: str
    expires_at: datetime


class Keys(jwt.PyJWKClient):
    """The public keys at an address, kept for an hour; one that is not there is asked for once more in 30 seconds.

    While the provider does not answer, who signs in is not kept waiting: it is asked again after ten seconds.
    """

    def __init__(self, url: str, *, cooldown_duration: float = 30) -> None:
        super().__init__(
            url,
            lifespan=KEPT_SECONDS,
            timeout=PATIENCE_SECONDS,
            cooldown_duration=cooldown_duration,
            headers={"User-Agent": "Zuka"},
        )
        self.away_until = 0.0

    def fetch_data(self) -> Any:
        """Return the keys as the provider publishes them. Raises `ProviderAway`."""
        if time.monotonic() < self.away_until:
            raise away()
        try:
            return super().fetch_data()
        except (jwt.PyJWTError, OSError, ValueError) as error:
            self.away_until = time.monotonic() + AWAY_SECONDS
            log.warning("sign_in.provider_away", url=self.uri, error=str(error))
            raise away() from error


def away() -> ProviderAway:
    """Return the refusal while a provider does not answer."""
    return ProviderAway("We cannot check this sign-in right now. Try again in a minute, or use another way.")


@cache
def keys_at(url: str) -> Keys:
    """Return this process's keys of an address."""
    return Keys(url)


def read_token(*, provider: SignInProvider, token: str, nonce: str | None, name: str = "") -> Claim:
    """Return what an id token proves. `nonce` is what its sign-in was begun with, None when with none.

    `name` is what the person is called beside the token: Apple says it once, and not in there.

    Raises `ProviderNotOffered`, `TokenRefused`, `ProviderAway`.
    """
    row = PROVIDERS[provider]
    if not row.client_ids:
        raise ProviderNotOffered(f"This shop does not offer to sign in by {provider.label}.", field="provider")
    try:
        said = read_claims(row, token, keys_at(row.keys_url))
        check_nonce(said, nonce)
    except (jwt.PyJWTError, UnicodeError) as error:
        reason = type(error).__name__
        log.info("sign_in.token_refused", provider=provider.value, reason=reason, error=str(error))
        raise TokenRefused(provider, reason) from error
    own_name = said.get("name")
    return Claim(
        provider=provider,
        subject=said["sub"],
        email=proved_email(said),
        name=(own_name if isinstance(own_name, str) else name).replace("\0", "").strip()[:NAME_LENGTH],
        digest=hashlib.sha256(token.encode()).hexdigest(),
        expires_at=datetime.fromtimestamp(said["exp"] + LEEWAY_SECONDS, UTC),
    )


def read_claims(row: Provider, token: str, keys: Keys) -> Mapping[str, Any]:
    """Return the claims of a token that the provider signed for us. Raises PyJWT's errors, `ProviderAway`."""
    header = jwt.get_unverified_header(token)
    # Said before any key is looked for: another algorithm would have its own idea of what a public key is good for.
    if header.get("alg") != ALGORITHM:
        raise jwt.InvalidAlgorithmError("another algorithm")
    said: Mapping[str, Any] = jwt.decode(
        token,
        keys.get_signing_key(header.get("kid", "")),
        algorithms=[ALGORITHM],
        audience=row.client_ids,
        issuer=row.issuers,
        leeway=LEEWAY_SECONDS,
        options={"require": ["iss", "aud", "sub", "iat", "exp"]},
    )
    if not isinstance(said["aud"], str):
        raise jwt.InvalidAudienceError("meant for several")
    if not 0 < len(said["sub"]) <= SUBJECT_LENGTH:
        raise jwt.exceptions.InvalidSubjectError("no subject")
    return said


class WrongNonceError(jwt.InvalidTokenError):
    """The token belongs to another sign-in."""


def check_nonce(said: Mapping[str, Any], nonce: str | None) -> None:
    """Raise `WrongNonceError` unless the token was made for the sign-in that was begun with this nonce.

    Apps hand Apple the nonce's SHA-256, so that is right too. A token with a nonce is good only to who knows it.
    """
    found = said.get("nonce")
    if found is None and nonce is None:
        return
    right = (nonce or "", hashlib.sha256((nonce or "").encode()).hexdigest())
    same = [hmac.compare_digest(str(found).encode(), each.encode()) for each in right]
    if not (nonce and any(same)):
        raise WrongNonceError("another nonce")


def proved_email(said: Mapping[str, Any]) -> str | None:
    """Return the e-mail that the provider has proved to be the person's; None without one. Apple writes "true"."""
    email = said.get("email")
    is_proved = said.get("email_verified") is True or said.get("email_verified") == "true"
    is_usable = isinstance(email, str) and "@" in email and "\0" not in email and len(email) <= EMAIL_LENGTH
    return email.strip() if is_proved and isinstance(email, str) and is_usable else None
