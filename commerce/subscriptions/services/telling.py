"""What customers are told of their subscriptions: a notice and a mail of each step, once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from commerce.notifications.services import greeting_name, keep_notice, shop_link
from commerce.subscriptions.models import Subscription
from zuka.platform.clock import local_day
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.money import format_money


def day_words(at: datetime | None) -> str:
    """Return a moment's day as people read it; empty for none."""
    if at is None:
        return ""
    day = local_day(at)
    return f"{day.day} {day:%B %Y}"


def tell(
    *, subscription: Subscription, kind: str, turn: str, at: datetime, kobo: int | None = None, why: str = ""
) -> None:
    """Write the notice and queue the mail of a step, in the caller's transaction; the same `turn` is told once.

    `kobo` is how much the step is about, `why` what a bank said.
    """
    user, path = subscription.user, settings.SUBSCRIPTION_PATH
    key = f"{kind}:{subscription.pk}:{turn}"
    facts = {
        "plan": subscription.plan.name,
        "amount": format_money(kobo, subscription.currency) if kobo is not None else "",
        "until": day_words(subscription.current_period_end),
        "again": day_words(subscription.next_look_at) if subscription.is_live else "",
        "card": subscription.card,
        "why": why,
    }
    keep_notice(kind=kind, key=key, user_id=user.pk, context=facts, path=path, at=at)
    if user.email and user.is_active:
        context = {**facts, "name": greeting_name(user.name)}
        links = {"link": shop_link(path)}
        queue_mail(key=key, template=kind, recipient=user.email, context=context, links=links, at=at)
