"""Providers that say who somebody is: what each is called, where it asks people, and what its tokens prove."""

from commerce.accounts.gateways.providers import PROVIDERS, Provider, ProviderNotOffered, offered_providers
from commerce.accounts.gateways.tokens import TOKEN_LENGTH, Claim, ProviderAway, TokenRefused, read_token

__all__ = [
    "PROVIDERS",
    "TOKEN_LENGTH",
    "Claim",
    "Provider",
    "ProviderAway",
    "ProviderNotOffered",
    "TokenRefused",
    "offered_providers",
    "read_token",
]
