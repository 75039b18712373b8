"""The API of pets, mounted at `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from pets.api.conversations import (
    ActionConfirm,
    ActionDecline,
    ConversationCollection,
    ConversationDetail,
    Messages,
    RecommendationClick,
)
from pets.api.memory import MemoryCollection, MemoryDetail
from pets.api.pets import OwnPet, PersonaList, PetCollection
from pets.api.stream import MessageStream

urlpatterns = [
    path("pets/personas/", PersonaList.as_view(), name="pet-personas"),
    path("pets/", PetCollection.as_view(), name="pets"),
    path("pets/mine/", OwnPet.as_view(), name="own-pet"),
    path("pets/mine/memory/", MemoryCollection.as_view(), name="pet-memory"),
    path("pets/mine/memory/<int:preference_id>/", MemoryDetail.as_view(), name="pet-preference"),
    path("pets/conversations/", ConversationCollection.as_view(), name="pet-conversations"),
    path("pets/conversations/<uuid:conversation_id>/", ConversationDetail.as_view(), name="pet-conversation"),
    path("pets/conversations/<uuid:conversation_id>/messages/", Messages.as_view(), name="pet-messages"),
    path("pets/conversations/<uuid:conversation_id>/stream/", MessageStream.as_view(), name="pet-stream"),
    path("pets/messages/<int:message_id>/clicks/", RecommendationClick.as_view(), name="pet-clicks"),
    path("pets/actions/<uuid:action_id>/confirm/", ActionConfirm.as_view(), name="pet-action-confirm"),
    path("pets/actions/<uuid:action_id>/decline/", ActionDecline.as_view(), name="pet-action-decline"),
]
