"""By which account the shop's messages leave: read from SMS_URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

# What a URL begins with: the provider, and how it is spoken to. Only a provider on this machine does without TLS.
SCHEMES = {"termii": ("termii", "https"), "termii+http": ("termii", "http")}
CHANNELS = ("dnd", "generic")
SENDER = re.compile(r"[A-Za-z0-9 ]{3,11}")
EXPECTED = (
    "expected termii://API_KEY@v3.api.termii.com?from=SENDER, the sender in 3 to 11 letters and digits, and "
    "&channel=dnd or generic"
)


@dataclass(frozen=True, slots=True)
class SmsAccount:
    """An account with a provider: where its API is (no slash at the end), the key, whom messages are from, the route.

    `channel` is Termii's: `dnd` also reaches phones that take no advertisements, `generic` does not.
    """

    provider: str
    url: str
    key: str
    sender: str
    channel: str = "dnd"


def read_sms_url(url: str) -> SmsAccount | None:
    """Return the account that a URL names; None for an empty URL. Raises ValueError for what is no such URL."""
    if not url:
        return None
    parts = urlsplit(url)
    options = parse_qs(parts.query, strict_parsing=True)
    sender, channel = options.pop("from", [""])[-1], options.pop("channel", ["dnd"])[-1]
    is_known = parts.scheme in SCHEMES and channel in CHANNELS and not options
    if not (is_known and parts.hostname and parts.username and SENDER.fullmatch(sender)):
        raise ValueError(EXPECTED)
    provider, way = SCHEMES[parts.scheme]
    place = parts.netloc.rpartition("@")[2]
    return SmsAccount(
        provider=provider,
        url=f"{way}://{place}{parts.path.rstrip('/')}",
        key=unquote(parts.username),
        sender=sender,
        channel=channel,
    )
