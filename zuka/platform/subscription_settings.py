"""The settings of subscriptions, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import InvalidValue, Setting, positive, text

GROUP = "Subscriptions"


def days(raw: str) -> list[int]:
    """Whole days with commas between them, each later than the one before; empty means none."""
    parts = [part.strip() for part in raw.split(",") if part.strip()]
    if all(part.isdigit() for part in parts):
        found = [int(part) for part in parts]
        if found == sorted({*found}) and all(0 < day <= 27 for day in found):
            return found
    raise InvalidValue("expected days from 1 to 27 in rising order, for example 1,3,5,7")


SUBSCRIPTION_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "SUBSCRIPTION_RETRY_DAYS",
        days,
        "1,3,5,7",
        "Days after a renewal's first failed charge on which it is tried again. After the last the subscription is "
        "given up. Until then its customer keeps what the plan gives.",
        GROUP,
    ),
    Setting(
        "SUBSCRIPTION_CARD_KOBO",
        positive,
        "5000",
        "Kobo that are charged to know another card while nothing is owed; they are sent back by themselves.",
        GROUP,
    ),
    Setting(
        "SUBSCRIPTION_PATH",
        text,
        "/shop/subscription/",
        "A customer's page of their plan below SHOP_URL, for notices, mails, and the way back from a provider's page.",
        GROUP,
    ),
)
