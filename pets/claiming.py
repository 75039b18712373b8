"""Whose message is answered: of one pet one at a time, in whichever of its conversations."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import F

from pets.models import PetConversation, UserPet
from zuka.platform.errors import Refused

# What nobody answers any more, should a process die in the middle of a turn.
CLAIMED_FOR = timedelta(seconds=60)


class StillAnswering(Refused):
    """The message before is still being answered."""

    code: ClassVar[str] = "still_answering"


@transaction.atomic
def claim_turn(*, conversation: PetConversation, at: datetime) -> None:
    """Take the next turn of a conversation. Raises `StillAnswering` where the pet answers here or elsewhere.

    A person may begin any number of conversations: what thinking costs is bounded by their one pet.
    """
    # Who claims for the same pet waits here, and then sees this claim.
    UserPet.objects.select_for_update(no_key=True).get(pk=conversation.pet_id)
    if PetConversation.objects.filter(pet_id=conversation.pet_id, answering_until__gte=at).exists():
        raise StillAnswering("Let me answer the last one first.")
    conversation.answering_until = at + CLAIMED_FOR
    PetConversation.objects.filter(pk=conversation.pk).update(
        answering_until=conversation.answering_until, turns=F("turns") + 1, last_message_at=at
    )
    conversation.turns += 1


def release_turn(conversation: PetConversation) -> None:
    """Give a claim back: one's own alone, not that of a turn which began after it had lapsed."""
    own = PetConversation.objects.filter(pk=conversation.pk, answering_until=conversation.answering_until)
    own.update(answering_until=None)
