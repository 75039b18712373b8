"""What a persona is made of."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass

# Every kind of answer, with the facts that its phrases may name in braces.
KINDS: Mapping[str, frozenset[str]] = {
    "greeting": frozenset({"name"}),
    "thanks": frozenset(),
    "bye": frozenset(),
    "help": frozenset(),
    "human": frozenset(),
    "unknown": frozenset(),
    "found": frozenset({"count", "what"}),
    "found_one": frozenset({"what"}),
    "found_near": frozenset({"what"}),
    "found_none": frozenset({"what"}),
    "found_more": frozenset({"what"}),
    "found_no_more": frozenset({"what"}),
    "detail": frozenset({"product", "price"}),
    "compared": frozenset({"count"}),
    "recommended": frozenset(),
    "recommended_none": frozenset(),
    "in_stock": frozenset({"product"}),
    "out_of_stock": frozenset({"product"}),
    "cart": frozenset({"count", "total"}),
    "cart_empty": frozenset(),
    "ask": frozenset({"question"}),
    "added": frozenset({"product", "total"}),
    "removed": frozenset({"product"}),
    "coupon_found": frozenset({"code", "discount"}),
    "coupon_none": frozenset(),
    "coupon_applied": frozenset({"code", "discount"}),
    "order": frozenset({"number", "status"}),
    "order_none": frozenset(),
    "returned": frozenset({"number"}),
    "remembered": frozenset({"what"}),
    "forgot": frozenset({"what"}),
    "memory": frozenset(),
    "memory_empty": frozenset(),
    "points": frozenset({"points", "worth"}),
    "points_none": frozenset(),
    "leaderboard": frozenset({"game"}),
    "leaderboard_you": frozenset({"game", "place"}),
    "leaderboard_none": frozenset({"game"}),
    "which_product": frozenset(),
    "which_choice": frozenset({"product"}),
    "nothing_waits": frozenset(),
    "declined": frozenset(),
    "refused": frozenset({"reason"}),
    "level_up": frozenset({"level"}),
    "again": frozenset(),
}


@dataclass(frozen=True, slots=True)
class Persona:
    """A character: how it is called and drawn, how it speaks, what it never does, and its phrases by kind of answer.

    `avatar` is a file of the storefront's static folder `pets/`; `voice` and `rules` are what a language model is told.
    """

    id: str
    title: str
    text: str
    avatar: str
    voice: str
    rules: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]


# What no persona does, however rude: told to language models with each persona's own rules.
NEVER = (
    "Never mock anybody's ethnicity, tribe, religion, gender, body, age, health, disability, accent or money.",
    "Never be cruel, never swear, never threaten; tease about shopping alone.",
    "Say what a thing is and costs exactly as the tools told you, whatever your mood.",
)


@dataclass(frozen=True, slots=True)
class Voice:
    """A persona in one turn of one talk: the same turn chooses the same phrases each time."""

    persona: Persona
    talk: str
    turn: int

    def phrase(self, kind: str, **facts: object) -> str:
        """Return the persona's phrase for a kind of answer, filled in."""
        variants = self.persona.phrases[kind]
        place = zlib.crc32(f"{self.talk}:{self.turn}:{kind}".encode()) % len(variants)
        said = variants[place].format(**facts)
        return said[:1].upper() + said[1:]
