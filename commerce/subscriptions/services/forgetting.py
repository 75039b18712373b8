"""What happens to the subscription of who closes their account."""

from __future__ import annotations

from datetime import datetime

from commerce.accounts.models import User
from commerce.subscriptions.models import Subscription, SubscriptionStatus
from commerce.subscriptions.services.subscribing import live_subscription
from commerce.subscriptions.services.taking import end_subscription
from commerce.subscriptions.services.timeline import get_locked
from zuka.platform.actor import Actor


def forget_subscriber(*, user: User, at: datetime) -> None:
    """End a closed account's subscription at once, and forget cards and the e-mails that go with them.

    Invoices and charges stay, under an id: they are the shop's books.
    """
    if found := live_subscription(user.pk):
        subscription = get_locked(found.pk)
        end_subscription(
            subscription=subscription,
            to=SubscriptionStatus.CANCELED,
            at=at,
            actor=Actor(user_id=str(user.pk)),
            note="The account was closed.",
        )
    Subscription.objects.filter(user=user).update(authorization="", authorized_email="", card="")
