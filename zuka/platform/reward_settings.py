"""The settings of points, referrals and games, rows of the settings table."""

from __future__ import annotations

from zuka.platform.setting_kinds import Setting, limit, path_with, percent, positive_to, text

GROUP = "Rewards"

REWARD_SETTINGS: tuple[Setting, ...] = (
    Setting(
        "POINTS_VALUE_KOBO",
        positive_to(1_000_000),
        "100",
        "What a point is worth at checkout, in kobo. Points that customers hold are a debt of this much each.",
        GROUP,
        live=True,
    ),
    Setting(
        "POINTS_BACK_PERCENT",
        percent,
        "1",
        "Per cent of what a customer pays for goods that comes back in points, once RETURN_DAYS after the delivery are "
        "over. 0: orders earn nothing.",
        GROUP,
        live=True,
    ),
    Setting(
        "POINTS_MOST_PERCENT",
        percent,
        "50",
        "Most per cent of an order's goods that points pay for, up to 100. 0: points are not taken at checkout.",
        GROUP,
        live=True,
    ),
    Setting("POINTS_VALID_DAYS", positive_to(3_650), "365", "Days after which points lapse.", GROUP, live=True),
    Setting(
        "POINTS_FOUR_EYES",
        limit,
        "",
        "Points above which another member of staff has to approve what a colleague gives or takes. All of a "
        "customer's within 30 days counts. Empty: no approval.",
        GROUP,
    ),
    Setting(
        "REFERRALS_MONTHLY",
        positive_to(10_000),
        "10",
        "Friends within 30 days for whom a customer gets points by themselves; more are held for staff to look at.",
        GROUP,
        live=True,
    ),
    Setting(
        "REFERRAL_LEAST_KOBO",
        positive_to(1_000_000_000),
        "200000",
        "Kobo that a friend's first order has to be worth, in goods that are paid and kept, for both to get points; a "
        "smaller one waits for a later order.",
        GROUP,
        live=True,
    ),
    Setting(
        "REFERRAL_PATH",
        path_with("{code}"),
        "/shop/rewards/?friend={code}",
        "Where a customer's link for friends leads, below SHOP_URL. The default is the demo storefront's.",
        GROUP,
    ),
    Setting(
        "REWARDS_PATH",
        text,
        "/shop/rewards/",
        "A customer's page of points below SHOP_URL, for notices and mails.",
        GROUP,
    ),
)
