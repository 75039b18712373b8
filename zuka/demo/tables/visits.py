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
    """Where visits come from: share in a hundred, referrer, source and medium; how much readier they buy."""

    name: str
    weight: float
    referrer: str | None
    source: str | None
    medium: str | None
    lift: float


CHANNELS: tuple[Channel, ...] = (
    Channel("direct", 33, None, None, None, 1.1),
    Channel("search", 17, "https://www.google.com/", None, None, 1.1),
    Channel("instagram", 18, "https://l.instagram.com/", "instagram", "social", 0.8),
    Channel("whatsapp", 12, None, "whatsapp", "social", 1.5),
    Channel("tiktok", 9, "https://www.tiktok.com/", "tiktok", "paid_social", 0.5),
    Channel("ads", 6, "https://www.google.com/", "google", "cpc", 1.0),
    Channel("newsletter", 5, None, "newsletter", "email", 2.0),
)


def campaign_of(day: date, *, black_friday: date) -> str:
    """Return the name of the campaign that the shop runs on a day."""
    if abs((day - black_friday).days) <= 4:
        return "black-friday"
    if day.month == 12:
        return "detty-december"
    if day.day >= 25 or day.day <= 2:
        return "salary-week"
    return "ankara-fridays" if day.weekday() in {3, 4, 5} else "new-season"


# What is typed, how many products the shop shows for it, and how often.
SEARCHES: tuple[tuple[tuple[str, int], float], ...] = (
    (("ankara gown", 14), 12),
    (("agbada", 6), 11),
    (("senator wear", 5), 9),
    (("aso oke", 7), 8),
    (("gele", 4), 8),
    (("adire", 9), 7),
    (("boubou", 6), 7),
    (("kaftan for men", 5), 6),
    (("sneakers", 6), 8),
    (("slippers", 5), 5),
    (("bag", 9), 6),
    (("coral beads", 3), 4),
    (("earrings", 4), 3),
    (("children native", 6), 4),
    (("fila", 2), 2),
    (("wedding guest", 8), 4),
    (("lace wig", 0), 3),
    (("crocs", 0), 2),
    (("george wrapper", 0), 3),
    (("swimsuit", 0), 1),
    (("size 48 shoes", 0), 1),
    (("isi agu", 0), 2),
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
