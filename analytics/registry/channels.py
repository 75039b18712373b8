"""Channels: what a visit is put down to, from the words of its link and the page before. The first rule that fits wins.

A rule's patterns are regular expressions in the words that PostgreSQL and Python share; an empty one fits anything.
`source` is the link's utm_source, else the host of the page before; `tags` are utm_source, utm_medium and utm_campaign
in one text; `click` is the advertiser's click id as `name:value`. All of them in lower case, empty where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

# Money of an order that no visit within the look-back can be found for.
UNATTRIBUTED = "unattributed"
CHANNELS: dict[str, str] = {
    "direct": "Direct",
    "organic_search": "Organic search",
    "paid_search": "Paid search",
    "social": "Social",
    "paid_social": "Paid social",
    "messages": "Messages",
    "email": "E-mail",
    "display": "Display",
    "affiliate": "Affiliates",
    "paid_other": "Other paid",
    "referral": "Referral",
    "other": "Other campaigns",
    UNATTRIBUTED: "Unattributed",
}

SEARCH = r"(^|\.)(google|bing|yahoo|duckduckgo|yandex|ecosia|baidu|startpage|qwant)(\.|$)|^search\.brave\."
SOCIAL = (
    r"(^|\.)(facebook|fb|instagram|ig|tiktok|twitter|linkedin|lnkd|pinterest|youtube|youtu|snapchat|reddit|threads"
    r"|nairaland)(\.|$)|^(x|x\.com|t\.co|meta)$"
)
MESSENGER = r"(^|\.)(whatsapp|telegram|messenger|sms)(\.|$)|^(wa\.me|t\.me|push)$"
MAILBOX = r"^(e-?mail|newsletter|(web)?mail\..+|outlook\..+|com\.google\.android\.gm)$"
# Who comes back from signing in or paying was not sent by those sites.
WAY_BACK = r"^(accounts\.google\.com|appleid\.apple\.com|(checkout|standard)\.paystack\.com|(.+\.)?flutterwave\.com)$"
PAID = r"^(cpc|ppc|cpv|cpa|ads?|sponsored|retargeting|paid([ _-].*)?|.*[ _-]paid)$"
NONE, ANY = "^$", "."


@dataclass(frozen=True, slots=True)
class ChannelRule:
    """All patterns of a rule must be found for its channel to be the visit's."""

    channel: str
    source: str = ""
    medium: str = ""
    tags: str = ""
    click: str = ""


RULES: tuple[ChannelRule, ...] = (
    ChannelRule("direct", source=WAY_BACK, tags=NONE),
    ChannelRule("affiliate", medium=r"^affiliates?$"),
    ChannelRule("email", medium=r"^(e[ _-]?mail|newsletter)$"),
    ChannelRule("messages", medium=r"^(sms|whatsapp|(web[ _-]?)?push|notifications?|messag(e|es|ing))$"),
    ChannelRule("display", medium=r"^(display|banner|interstitial|programmatic|cpm)$"),
    ChannelRule("paid_social", medium=r"^paid[ _-]?social$"),
    ChannelRule("paid_search", medium=r"^paid[ _-]?search$"),
    ChannelRule("paid_search", source=SEARCH, medium=PAID),
    ChannelRule("paid_social", source=SOCIAL, medium=PAID),
    ChannelRule("paid_other", medium=PAID),
    ChannelRule("paid_search", click=r"^(gclid|gbraid|wbraid|msclkid):"),
    ChannelRule("paid_social", click=r"^(ttclid|twclid|li_fat_id):"),
    ChannelRule("email", source=MAILBOX),
    ChannelRule("messages", source=MESSENGER),
    ChannelRule("social", source=SOCIAL),
    ChannelRule("social", medium=r"^(organic[ _-]?)?social([ _-].*)?$"),
    # Facebook adds its click id to every link, paid for or not.
    ChannelRule("social", click=r"^fbclid:"),
    ChannelRule("organic_search", source=SEARCH, medium=r"^(organic)?$"),
    ChannelRule("organic_search", medium=r"^organic$"),
    ChannelRule("referral", medium=r"^(referral|link)$"),
    ChannelRule("other", tags=ANY),
    ChannelRule("referral", source=ANY),
    ChannelRule("direct"),
)


def channel_params() -> dict[str, Any]:
    """Return the rules as what SQL binds: a list for each part of a rule, in the order of the rules."""
    return {f"rule_{each.name}": [getattr(rule, each.name) for rule in RULES] for each in fields(ChannelRule)}
