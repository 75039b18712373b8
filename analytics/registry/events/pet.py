"""The assistant."""

from __future__ import annotations

from analytics.registry.types import EventType, Payload, Text


class Pet(Payload):
    """Which persona, which product, which action."""

    persona: Text | None = None
    product_id: Text | None = None
    action: Text | None = None


KINDS = (
    ("pet.message_sent", "A message was sent to a pet or by it."),
    ("pet.recommendation_shown", "A pet showed a product."),
    ("pet.recommendation_clicked", "A product that a pet showed was clicked."),
    ("pet.action_taken", "A pet did something for its person."),
)
TYPES = tuple(
    EventType(name, text, Pet, {"persona": "funny", "product_id": "p_ankara_01"}, {"persona": 4})
    for name, text in KINDS
)
