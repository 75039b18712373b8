"""What customers are told, in one table: each kind's mail, its group, and how. Preferences and docs come from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from commerce.notifications.mails import BACK_IN_STOCK, CART_REMINDER, ORDER_MAILS, REWARD_MAILS, SUBSCRIPTION_MAILS
from commerce.notifications.models import Channel, NoticeGroup
from zuka.platform.mail.templates import MailTemplate


class Rule(Enum):
    """Whether something is told to who has chosen nothing; the words are for the docs."""

    ALWAYS = "always, and cannot be switched off"
    ON = "yes, until they switch it off"
    CONSENT = "only once they have agreed"


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that are chosen together: a title and a sentence for customers, and the rule of each channel it has."""

    title: str
    text: str
    channels: Mapping[Channel, Rule]


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of message: its mail, whose subject is the title of the notice in the account, and its group."""

    mail: MailTemplate
    group: NoticeGroup
    body: str = ""  # of the notice in the account, with {names} of the mail's facts

    @property
    def name(self) -> str:
        """Return its name, that of the mail."""
        return self.mail.name


GROUPS: Mapping[NoticeGroup, Group] = {
    NoticeGroup.ORDERS: Group(
        "Your orders",
        "Each step of what you have ordered, your plan, and your money.",
        {Channel.IN_APP: Rule.ALWAYS, Channel.EMAIL: Rule.ALWAYS},
    ),
    NoticeGroup.REMINDERS: Group(
        "Your cart", "One e-mail when you have left something in your cart.", {Channel.EMAIL: Rule.CONSENT}
    ),
    NoticeGroup.STOCK: Group(
        "Back in stock",
        "What you have asked for is there again.",
        {Channel.IN_APP: Rule.ON, Channel.EMAIL: Rule.ON},
    ),
    NoticeGroup.REWARDS: Group(
        "Points and levels",
        "Points that came for your orders and friends, and levels you have reached.",
        {Channel.IN_APP: Rule.ON, Channel.EMAIL: Rule.CONSENT},
    ),
}

KINDS: Mapping[str, NoticeKind] = {
    kind.name: kind
    for kind in (
        *(NoticeKind(mail, NoticeGroup.ORDERS) for mail in (*ORDER_MAILS, *SUBSCRIPTION_MAILS)),
        NoticeKind(CART_REMINDER, NoticeGroup.REMINDERS),
        NoticeKind(BACK_IN_STOCK, NoticeGroup.STOCK, body="{choice}"),
        *(NoticeKind(mail, NoticeGroup.REWARDS) for mail in REWARD_MAILS),
    )
}
