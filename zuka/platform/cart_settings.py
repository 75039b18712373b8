"""The settings of carts, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, positive_to, whole_to

GROUP = "Carts"

CART_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "CART_ABANDONED_MINUTES",
        positive_to(43_200),
        "60",
        "Minutes without its owner after which a cart with something in it counts as abandoned.",
        GROUP,
        live=True,
    ),
    Setting(
        "CART_REMINDER_MINUTES",
        whole_to(43_200),
        "180",
        "Minutes without its owner after which an abandoned cart is reminded of, once, if they have agreed to that. 0: "
        "never. Reminders need SHOP_URL.",
        GROUP,
        live=True,
    ),
)
