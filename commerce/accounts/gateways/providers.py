"""The providers, in one table. What the sign-in, its configuration and its tests know of one comes from its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from commerce.accounts.models import SignInProvider
from zuka.platform.errors import Refused


class ProviderNotOffered(Refused):
    """The shop has no client id at this provider."""

    code = "provider_not_offered"


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider by OpenID Connect: who its tokens say they are from, and what its page is asked for."""

    id: SignInProvider
    issuers: tuple[str, ...]
    asks: Mapping[str, str]

    def setting(self, name: str) -> Any:
        """Return one of the provider's settings."""
        return getattr(settings, f"{self.id.name}_{name}")

    @property
    def client_ids(self) -> list[str]:
        """Return what the shop is called there: by the web, then by its apps. Empty: the provider is not offered."""
        ids: list[str] = self.setting("CLIENT_IDS")
        return ids

    @property
    def keys_url(self) -> str:
        """Return where its public keys are."""
        url: str = self.setting("KEYS_URL")
        return url

    def page_url(self, host: str) -> str:
        """Return the page that asks people; it lacks `redirect_uri`, `state` and `nonce`, which the browser makes."""
        page: str = self.setting("PAGE_URL").replace("{host}", host)
        return f"{page}?{urlencode({'client_id': self.client_ids[0], **self.asks})}"


# Both without a script of theirs and without a secret of ours: the token comes by the browser, and is bound to it by
# state and nonce. Google answers in the fragment, which no server is sent. Apple tells name and e-mail by a form only,
# and gives a token only beside a code, which nobody asks it about.
PROVIDERS: Mapping[SignInProvider, Provider] = {
    each.id: each
    for each in (
        Provider(
            SignInProvider.GOOGLE,
            issuers=("https://accounts.google.com", "accounts.google.com"),
            asks={"response_type": "id_token", "scope": "openid email profile", "prompt": "select_account"},
        ),
        Provider(
            SignInProvider.APPLE,
            issuers=("https://appleid.apple.com",),
            asks={"response_type": "code id_token", "response_mode": "form_post", "scope": "name email"},
        ),
    )
}


def offered_providers() -> list[Provider]:
    """Return the providers that customers can sign in by."""
    return [each for each in PROVIDERS.values() if each.client_ids]
