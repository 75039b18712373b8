"""Clicks on products that pets showed: facts, since only what was shown to this person counts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from analytics.track import track
from pets.conversation import NoSuchConversation
from pets.models import PetMessage
from zuka.platform.actor import Actor

MOST_ID = 2**63 - 1


def click_recommendation(*, message_id: int, user_id: UUID, product_id: str, actor: Actor, at: datetime) -> None:
    """Track that a person clicked a product of a message of theirs, once. Raises `NoSuchConversation`."""
    message = (
        PetMessage.objects.select_related("conversation")
        .filter(pk=min(message_id, MOST_ID), conversation__pet__user=user_id)
        .first()
    )
    shown = {each.get("id") for each in message.metadata.get("products", ())} if message else set()
    if message is None or product_id not in shown:
        raise NoSuchConversation("Your pet has not shown you that.")
    track(
        "pet.recommendation_clicked",
        actor=actor,
        at=at,
        message_id=f"pet.recommendation_clicked:{message.pk}:{product_id}",
        persona=message.conversation.persona,
        product_id=product_id,
    )
