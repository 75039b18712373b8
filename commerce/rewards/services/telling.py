"""What customers are told of their points and levels: a notice in their account, and a mail to who has agreed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from commerce.accounts.models import User
from commerce.notifications.models import Channel, NoticeGroup
from commerce.notifications.preferences import Reader, wants
from commerce.notifications.services import keep_notice, mail_reader, shop_link
from commerce.rewards.services.rules import RULES, level_at


def tell_level(*, user: User, at: datetime) -> None:
    """Tell a customer of the level they have reached, once."""
    level = level_at(user.total_xp)
    tell(user=user, kind="rewards.level", key=level.name, at=at, level=level.title)


def tell_points(*, user: User, source_type: str, key: str, points: int, at: datetime) -> None:
    """Tell a customer of points that came for what they did some time ago."""
    why = RULES[source_type].title
    tell(user=user, kind="rewards.points", key=f"{source_type}:{key}", at=at, points=f"{points:,}", why=why)


def tell(*, user: User, kind: str, key: str, at: datetime, **facts: str) -> None:
    """Write the notice and queue the mail, as the customer wants them, once a key of theirs."""
    reader = Reader(user.pk, user.email or "", has_agreed=user.accepts_marketing)
    key, path = f"{kind}:{user.pk}:{key}", settings.REWARDS_PATH
    if wants(reader, group=NoticeGroup.REWARDS, channel=Channel.IN_APP):
        keep_notice(kind=kind, key=key, user_id=user.pk, context=facts, path=path, at=at)
    if reader.email and user.is_active and wants(reader, group=NoticeGroup.REWARDS, channel=Channel.EMAIL):
        links = {"link": shop_link(path)}
        mail_reader(kind=kind, key=key, reader=reader, context={**facts, "name": user.name}, links=links, at=at)
