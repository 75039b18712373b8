"""Mails, push messages, invitations."""

from __future__ import annotations

from analytics.registry.types import EventType, Payload, Text


class Message(Payload):
    """Which message."""

    message_id: Text | None = None
    campaign: Text | None = None
    subject: Text | None = None
    link: Text | None = None


KINDS = (
    ("email.opened", "A mail was opened.", ("Email Opened",)),
    ("email.clicked", "A link in a mail was clicked.", ("Email Link Clicked",)),
    ("email.bounced", "A mail could not be delivered.", ("Email Bounced",)),
    ("email.unsubscribed", "Somebody unsubscribed from mails.", ("Unsubscribed",)),
    ("push.received", "A push message arrived.", ("Push Notification Received", "notification_receive")),
    ("push.tapped", "A push message was tapped.", ("Push Notification Tapped", "notification_open")),
    ("referral.invited", "A friend was invited.", ("Invite Sent",)),
)
TYPES = tuple(
    EventType(
        name=name,
        text=text,
        payload=Message,
        aliases=aliases,
        example={"campaign": "salary-week"},
        broken={"campaign": []},
        is_visit=name not in {"email.bounced", "push.received"},
    )
    for name, text, aliases in KINDS
)
