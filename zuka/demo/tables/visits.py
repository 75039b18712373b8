"""How visitors come: devices, channels, campaigns; and what they look for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Device:
    """What a visitor holds, in the words of the event columns, and its share in a hundred."""

    platform: str
    device_type: str
    os: str
    browser: str | None
    weight: float


DEVICES: tuple[Device, ...] = (
    Device("web", "mobile", "Android", "Chrome", 42),
    Device("web", "mobile", "Android", "Opera Mini", 9),
    Device("web", "mobile", "Android", "Samsung Internet", 5),
    Device("web", "mobile", "iOS", "Safari", 9),
    Device("web", "desktop", "Windows", "Chrome", 7),
    Device("web", "desktop", "macOS", "Safari", 2),
    Device("web", "tablet", "iOS", "Safari", 1),
    Device("android", "mobile", "Android", None, 19),
    Device("ios", "mobile", "iOS", None, 6),
)
BOT = Device("web", "desktop", "Linux", "Googlebot", 0)


@dataclass(frozen=True, slots=True)
class Channel:
    """Where visits come from: share in a hundred, referrer, source and medium; how much readier they buy or leave.

    `campaign` is the name its links carry; without one they carry that of the day. `click` is the advertiser's
    parameter, `terms` what its adverts are bought for.
    """

    name: str
    weight: float
    referrer: str | None
    source: str | None
    medium: str | None
    lift: float
    leaving: float
    campaign: str | None = None
    click: str | None = None
    terms: tuple[str, ...] = ()


DIRECT = Channel("direct", 32, None, None, None, 1.1, 0.9)
NEWSLETTER = Channel("newsletter", 4, None, "newsletter", "email", 2.1, 0.6)
INVITATION = Channel("review", 0, None, "newsletter", "email", 1.0, 0.0, "tell-us")
CHANNELS: tuple[Channel, ...] = (
    DIRECT,
    Channel("search", 17, "https://www.google.com/", None, None, 1.15, 0.95),
    Channel("other search", 2, "https://www.bing.com/", None, None, 1.0, 1.0),
    Channel("instagram", 13, "https://l.instagram.com/", "instagram", "social", 0.75, 1.1),
    Channel("instagram bio", 5, "https://l.instagram.com/", None, None, 0.9, 1.0),
    Channel("whatsapp", 11, None, "whatsapp", "social", 1.6, 0.75),
    Channel("tiktok", 8, "https://www.tiktok.com/", "tiktok", "paid_social", 0.55, 1.4, "lagos-street-style", "ttclid"),
    Channel(
        "ads", 5, "https://www.google.com/", "google", "cpc", 1.1, 1.0, "native-wear", "gclid", ("aso ebi", "senator")
    ),
    Channel("facebook", 2, "https://m.facebook.com/", "facebook", "paid_social", 0.7, 1.2, None, "fbclid"),
    Channel("blog", 1, "https://owambe-diary.example/ankara-styles/", None, None, 1.2, 0.9),
    NEWSLETTER,
)
# An app has no referrer: it is opened, or a message or a shared link opens it.
APP_CHANNELS: tuple[Channel, ...] = (
    Channel("opened", 76, None, None, None, 1.2, 0.8),
    Channel("push", 14, None, "push", "notification", 1.5, 0.8),
    Channel("shared", 10, None, "whatsapp", "social", 1.4, 0.8),
)

# What a visit by an advert costs, in kobo, by source and medium.
VISIT_KOBO: dict[tuple[str, str], int] = {
    ("tiktok", "paid_social"): 4_500,
    ("google", "cpc"): 12_000,
}


def campaign_of(day: date, *, black_friday: date) -> str:
    """Return the name of the campaign that the shop runs on a day."""
    if abs((day - black_friday).days) <= 4:
        return "black-friday"
    if day.month == 12:
        return "detty-december"
    if day.day >= 25 or day.day <= 2:
        return "salary-week"
    return "ankara-fridays" if day.weekday() in {3, 4, 5} else "new-season"


# How much readier visitors are to buy while a campaign of the shop runs.
CAMPAIGN_LIFTS = {"black-friday": 1.3, "detty-december": 1.1, "ankara-fridays": 1.15, "new-season": 0.9}
# What is typed, how many products the shop shows for it, and how often.
SEARCHES: tuple[tuple[tuple[str, int], float], ...] = (
    (("ankara gown", 14), 13),
    (("agbada", 6), 12),
    (("senator wear", 5), 10),
    (("aso oke", 7), 9),
    (("gele", 4), 9),
    (("adire", 9), 8),
    (("boubou", 6), 8),
    (("kaftan for men", 5), 7),
    (("sneakers", 6), 9),
    (("slippers", 5), 6),
    (("bag", 9), 7),
    (("coral beads", 3), 5),
    (("earrings", 4), 4),
    (("children native", 6), 5),
    (("fila", 2), 3),
    (("wedding guest", 8), 5),
    (("lace wig", 0), 1.6),
    (("crocs", 0), 1.1),
    (("george wrapper", 0), 1.7),
    (("swimsuit", 0), 0.6),
    (("size 48 shoes", 0), 0.6),
    (("isi agu", 0), 1.4),
)
# Visits by the shop's hour, midnight to 23: lunch and evening are busy; on weekends people rise later.
WORKDAY_HOURS = (
    2,
    1,
    0.6,
    0.5,
    0.6,
    1.2,
    2.4,
    3.6,
    4.4,
    5,
    5.4,
    5.8,
    6.6,
    6.4,
    5.4,
    5,
    5,
    5.2,
    5.8,
    6.8,
    7.8,
    7.6,
    6,
    4,
)
WEEKEND_HOURS = (
    3,
    1.8,
    1,
    0.7,
    0.5,
    0.7,
    1.4,
    2.4,
    3.6,
    4.8,
    5.8,
    6.2,
    6.4,
    6.6,
    6.8,
    6.8,
    6.6,
    6.4,
    6.4,
    6.8,
    7,
    6.6,
    5.6,
    4.2,
)
