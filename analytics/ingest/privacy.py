"""What people have said about being tracked, and how much of their address is kept."""

from __future__ import annotations

import hmac
import ipaddress
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

ADDRESS_FORMS = ("truncated", "none", "hashed")
YES = frozenset({True, "granted", "true", "yes", "1", "opted_in"})
NO = frozenset({False, "denied", "false", "no", "0", "opted_out"})
CONSENT_NAMES = ("analytics", "analytics_storage", "statistics", "performance")


def has_objected(request: HttpRequest) -> bool:
    """Say whether the browser asks not to be tracked: Global Privacy Control or Do Not Track."""
    meta = request.META
    return settings.PRIVACY_SIGNALS and (meta.get("HTTP_SEC_GPC") == "1" or meta.get("HTTP_DNT") == "1")


def read_consent(context: dict[str, Any]) -> bool | None:
    """Return what a context says about consent to analytics: True, False, or None where it says nothing.

    Understood are `consent: "denied"`, `consent: {"analytics": false}` and Segment's `categoryPreferences`.
    """
    said = context.get("consent")
    if isinstance(said, dict):
        choices = said.get("categoryPreferences")
        choices = choices if isinstance(choices, dict) else said
        folded = {str(name).lower(): value for name, value in choices.items()}
        said = next((folded[name] for name in CONSENT_NAMES if name in folded), None)
    if isinstance(said, str):
        said = said.lower()
    if not isinstance(said, (str, bool, int)):
        return None
    return True if said in YES else False if said in NO else None


@lru_cache(maxsize=8192)
def kept_address(address: str | None, form: str) -> str | None:
    """Return what is kept of an address: nothing, its network, or a keyed hash of it.

    A network is the address without its last 8 bits (IPv4) or to its first 48 (IPv6). A hash is written as a unique
    local IPv6 address (fd00::/8, RFC 4193), which no visitor can have: 120 bits of HMAC-SHA-256 under SECRET_KEY.
    """
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:  # no address that could be kept
        return None
    if form == "none":
        return None
    if form == "hashed":
        digest = hmac.digest(settings.SECRET_KEY.encode(), b"address:" + ip.packed, "sha256")
        return str(ipaddress.IPv6Address(b"\xfd" + digest[:15]))
    prefix = 24 if ip.version == 4 else 48
    return str(ipaddress.ip_network(f"{ip}/{prefix}", strict=False).network_address)


def nameless_visitor(*, address: str | None, user_agent: str, site: str, period: str) -> str:
    """Return the visitor id of a client that has none (Umami, Plausible): a keyed hash that lasts for `period`.

    The address and the user agent go into the hash and are not kept (Plausible's data policy; Umami's session id).
    """
    told = "\0".join((period, site, address or "", user_agent)).encode("utf-8", "replace")
    return "n_" + hmac.digest(settings.SECRET_KEY.encode(), b"visitor:" + told, "sha256").hex()[:32]
